package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/proxy"
)

// world is one host, a proxy before it, and an HTTP server around that; all in
// a bubble, and all connected by pipes in memory.
type world struct {
	t       *testing.T
	host    func(c net.Conn, in *bufio.Reader) // what the host does with a connection
	proxy   *proxy.Proxy
	log     policy.Log
	dials   int
	client  http.Client
	seen    []string // by the host: the first lines of what came
	told    []string // how long the caller waits, of each
	mu      sync.Mutex
	running sync.WaitGroup
}

// inWorld tells a story in a world, and waits until all that runs in it ends.
func inWorld(t *testing.T, rule string, host func(w *world, c net.Conn, in *bufio.Reader), story func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t}
		w.host = func(c net.Conn, in *bufio.Reader) { host(w, c, in) }
		plan := policy.Resolve([]policy.Rule{decode(t, rule)}, "web", "shop")
		up := policy.NewUpstream(&plan, make([]policy.Endpoint, 1), chance.New(1, 0, "web-0/up:shop", "policy"))
		w.proxy = proxy.New(up, w.dial, &w.log)
		entrance := make(door)
		server := http.Server{Handler: w.proxy}
		w.running.Go(func() { server.Serve(entrance) })
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			entrance <- theirs
			return ours, nil
		}}
		w.client.Transport = transport
		story(w)
		transport.CloseIdleConnections()
		server.Close()
		w.proxy.Close()
		w.running.Wait()
	})
}

func decode(t *testing.T, text string) (r policy.Rule) {
	t.Helper()
	if _, err := strict.Decode("policy.yaml", []byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) dial(context.Context, int) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dials++
	ours, theirs := net.Pipe()
	w.running.Go(func() {
		defer theirs.Close()
		w.host(theirs, bufio.NewReader(theirs))
	})
	return ours, nil
}

// hear reads one request, and notes it; "" when the connection is closed.
func (w *world) hear(in *bufio.Reader) string {
	r, err := http.ReadRequest(in)
	if err != nil {
		return ""
	}
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, r.Header.Get("X-Envoy-Expected-Rq-Timeout-Ms"))
	w.seen = append(w.seen, fmt.Sprintf("%s %s attempt %s %s", r.Method, r.URL, r.Header.Get("X-Envoy-Attempt-Count"), body))
	for _, name := range []string{"Connection", "User-Agent", "Te"} {
		if r.Header.Get(name) != "" {
			w.t.Errorf("the host gets %s: %s", name, r.Header.Get(name))
		}
	}
	return r.URL.Path
}

// ask asks through the front door and returns status and body.
func (w *world) ask(method, path, body string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, "http://shop"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "")
	r.Header.Set("Te", "trailers")
	response, err := w.client.Do(r)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", response.StatusCode, strings.TrimSpace(string(text)))
}

// want compares one answer.
func (w *world) want(got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("got %q, want %q\n%s", got, want, w.log.Text())
	}
}

func (w *world) wantDials(n int) {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if told := strings.Count(w.log.Text(), " opens to host "); w.dials != n || told != n {
		w.t.Errorf("%d connections opened, %d in the log, want %d\n%s", w.dials, told, n, w.log.Text())
	}
}

// door is a listener in memory.
type door chan net.Conn

func (d door) Accept() (net.Conn, error) {
	if c, ok := <-d; ok {
		return c, nil
	}
	return nil, errors.New("closed")
}

func (d door) Close() error   { close(d); return nil }
func (d door) Addr() net.Addr { return &net.UnixAddr{Name: "door"} }
