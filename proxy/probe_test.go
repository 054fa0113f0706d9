package proxy_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// TestHealthChecksDecideWhoIsAsked: a host that fails its checks gets no request,
// and gets them again when it passes; its checks go over one connection of their
// own, which is opened anew after it broke.
func TestHealthChecksDecideWhoIsAsked(t *testing.T) {
	rule := `{common_lb_config: {healthy_panic_threshold: 0%, update_merge_window: 0s},
		health_check: {kind: http, path: /ready, timeout: 10ms, interval: 100ms, no_traffic_interval: 100ms, unhealthy_threshold: 2, healthy_threshold: 1}}`
	var ill, checks, connections atomic.Int64
	host := func(w *world, c net.Conn, in *bufio.Reader) {
		for first := true; ; first = false {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			status := 200
			if r.Header.Get("User-Agent") == "Envoy/HC" {
				if checks.Add(1); first {
					connections.Add(1)
				}
				if r.URL.Path != "/ready" || r.Method != "GET" {
					t.Errorf("a check asks %s %s", r.Method, r.URL)
				}
				switch ill.Load() {
				case 1:
					status = 503
				case 2:
					return
				}
			}
			fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nContent-Length: 2\r\n\r\nhi", status, http.StatusText(status))
		}
	}
	inWorld(t, rule, host, func(w *world) {
		w.proxy.Start()
		for i, c := range []struct {
			ill  int64
			want string
		}{{0, "200 hi"}, {1, "503 unavailable"}, {0, "200 hi"}, {2, "503 unavailable"}, {0, "200 hi"}} {
			ill.Store(c.ill)
			time.Sleep(345 * time.Millisecond) // the bubble's time, for three checks
			if got := w.ask("GET", "/", ""); got != c.want {
				t.Errorf("ask %d: %s, want %s", i, got, c.want)
			}
		}
	})
	if n := checks.Load(); n < 17 || n > 19 {
		t.Errorf("%d checks in 1.75 s, want one each 100 ms", n)
	}
	if n := connections.Load(); n != 4 {
		t.Errorf("%d connections for checks, want one, and one more after each of three that broke", n)
	}
}
