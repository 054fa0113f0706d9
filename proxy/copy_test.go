package proxy_test

import (
	"bufio"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/proxy"
)

// TestCopies: a mirror gets the request with its body under another host, fails,
// and nobody notices.
func TestCopies(t *testing.T) {
	var hosts []string
	host := func(w *world, c net.Conn, in *bufio.Reader) {
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			w.mu.Lock()
			hosts = append(hosts, r.Method+" "+r.Host+r.URL.Path)
			w.mu.Unlock()
			if r.Host != "shop" {
				answer(c, "500 Oh", "")
				continue
			}
			answer(c, "200 OK", "fine")
		}
	}
	inWorld(t, "{mirror: [shadow, nobody]}", host, func(w *world) {
		plan := policy.Resolve([]policy.Rule{decode(t, "retry: {retry_on: [5xx]}")}, "web", "shadow")
		shadow := proxy.New(policy.NewUpstream(&plan, make([]policy.Endpoint, 1), chance.New(1, 0, "web-0/up:shadow", "policy")), w.dial, nil)
		w.proxy.CopyTo(shadow)
		w.want(w.ask("POST", "/cart", "milk"), "200 fine")
		synctest.Wait()
		shadow.Close()
	})
	slices.Sort(hosts)
	if want := []string{"POST shop-shadow/cart", "POST shop/cart"}; !slices.Equal(hosts, want) {
		t.Errorf("the hosts got %q, want %q", hosts, want)
	}
}

// TestTheFilterAnswers, with the status that it is told.
func TestTheFilterAnswers(t *testing.T) {
	inWorld(t, "{fault: {abort: {http_status: 429, percentage: 100%}}}", echo, func(w *world) {
		w.want(w.ask("GET", "/a", ""), "429 fault filter abort")
		w.wantDials(0)
	})
	inWorld(t, "{fault: {abort: {grpc_status: 5, percentage: 100%}}}", echo, func(w *world) {
		r, _ := http.NewRequestWithContext(w.t.Context(), "POST", "http://shop/a.B/C", http.NoBody)
		response, err := w.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 || response.Header.Get("Grpc-Status") != "5" {
			t.Errorf("got %s with %v", response.Status, response.Header)
		}
	})
}
