package proxy_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func answer(c net.Conn, head, body string) {
	fmt.Fprintf(c, "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s", head, len(body), body)
}

// echo answers every request with its path.
func echo(w *world, c net.Conn, in *bufio.Reader) {
	for path := w.hear(in); path != ""; path = w.hear(in) {
		answer(c, "200 OK", path)
	}
}

func TestRequestsShareAConnection(t *testing.T) {
	inWorld(t, "{}", echo, func(w *world) {
		for i := range 5 {
			w.want(w.ask("GET", fmt.Sprintf("/%d", i), ""), fmt.Sprintf("200 /%d", i))
		}
		w.wantDials(1)
	})
}

// TestABodyIsSentAgain: the first attempt is answered 500, the second 200.
func TestABodyIsSentAgain(t *testing.T) {
	moody := func(w *world, c net.Conn, in *bufio.Reader) {
		w.hear(in)
		answer(c, "500 Internal Server Error", "no")
		w.hear(in)
		answer(c, "200 OK", "yes")
	}
	inWorld(t, "retry: {retry_on: [5xx]}", moody, func(w *world) {
		w.want(w.ask("POST", "/cart", "a book"), "200 yes")
		w.want(strings.Join(w.seen, ", "), "POST /cart attempt 1 a book, POST /cart attempt 2 a book")
		w.wantDials(1)
	})
}

// TestHostsAreToldHowLong the caller waits: what is left of the whole time, or a
// try's if that is less (router_test.cc, ExpectedUpstreamTimeoutUpdatedDuringRetries).
func TestHostsAreToldHowLong(t *testing.T) {
	slow := func(w *world, c net.Conn, in *bufio.Reader) {
		for range 2 {
			w.hear(in)
			time.Sleep(50 * time.Millisecond) // the bubble's time
			answer(c, "503 Service Unavailable", "no")
		}
	}
	for policy, want := range map[string]string{
		"":               "[ ]",
		"timeout: 200ms": "[200 150]",
		"timeout: 120ms\nretry: {retry_on: [5xx], per_try_timeout: 100ms, back_off: {base_interval: 0s}}": "[100 70]",
	} {
		if !strings.Contains(policy, "retry") {
			policy += "\nretry: {retry_on: [5xx], back_off: {base_interval: 0s}}"
		}
		inWorld(t, policy, slow, func(w *world) {
			w.ask("GET", "/", "")
			w.want(fmt.Sprint(w.told), want)
		})
	}
}

// TestHostsThatHangUp: whatever ends a connection, the next request opens one.
func TestHostsThatHangUp(t *testing.T) {
	for name, c := range map[string]struct {
		host func(w *world, c net.Conn, in *bufio.Reader)
		want string
	}{
		"when idle": {func(w *world, c net.Conn, in *bufio.Reader) {
			w.hear(in)
			answer(c, "200 OK", "hi")
			time.Sleep(time.Second) // the bubble's time
		}, "200 hi"},
		"with the answer": {func(w *world, c net.Conn, in *bufio.Reader) {
			w.hear(in)
			answer(c, "200 OK\r\nConnection: close", "hi")
			w.hear(in) // waits for the proxy to close
		}, "200 hi"},
		"as HTTP/1.0 does": {func(w *world, c net.Conn, in *bufio.Reader) {
			w.hear(in)
			fmt.Fprint(c, "HTTP/1.0 200 OK\r\n\r\nhi")
		}, "200 hi"},
		"before the answer": {func(w *world, _ net.Conn, in *bufio.Reader) { w.hear(in) }, "503 reset"},
		"without a word":    {func(*world, net.Conn, *bufio.Reader) {}, "503 reset"},
		"within the head":   {func(w *world, c net.Conn, in *bufio.Reader) { w.hear(in); fmt.Fprint(c, "HTTP/1.1 200 OK\r\nConte") }, "503 reset"},
		"within the body": {func(w *world, c net.Conn, in *bufio.Reader) {
			w.hear(in)
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
		}, "503 reset"},
		"by talking nonsense": {func(w *world, c net.Conn, in *bufio.Reader) {
			w.hear(in)
			fmt.Fprint(c, "220 mail.example ESMTP\r\n")
			w.hear(in)
		}, "503 reset"},
		"by talking unasked": {func(w *world, c net.Conn, in *bufio.Reader) {
			w.hear(in)
			answer(c, "200 OK", "hi")
			answer(c, "200 OK", "and another")
			w.hear(in)
		}, "200 hi"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, "{}", c.host, func(w *world) {
				for n := 1; n <= 3; n++ {
					w.want(w.ask("GET", "/", ""), c.want)
					time.Sleep(time.Minute) // the bubble's time
					w.wantDials(n)
				}
			})
		})
	}
}

// TestAnnouncements: answers of 1xx come before the answer.
func TestAnnouncements(t *testing.T) {
	host := func(w *world, c net.Conn, in *bufio.Reader) {
		for w.hear(in) != "" {
			fmt.Fprint(c, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
			answer(c, "404 Not Found", "nothing here")
		}
	}
	inWorld(t, "{}", host, func(w *world) {
		w.want(w.ask("GET", "/", ""), "404 nothing here")
		w.want(w.ask("HEAD", "/", ""), "404 ")
	})
}

// TestTheProxyAnswers: where no host does.
func TestTheProxyAnswers(t *testing.T) {
	deaf := func(w *world, _ net.Conn, in *bufio.Reader) {
		for w.hear(in) != "" {
		}
	}
	inWorld(t, "timeout: 3s\ncircuit_breaker: {max_requests: 1}", deaf, func(w *world) {
		begun := time.Now()
		w.running.Go(func() { w.want(w.ask("GET", "/slow", ""), "504 timeout") })
		time.Sleep(time.Second) // the bubble's time
		w.want(w.ask("GET", "/", ""), "503 overflow")
		if took := time.Since(begun); took != time.Second {
			t.Errorf("shed after %v", took)
		}
		time.Sleep(time.Minute) // the bubble's time
		w.wantDials(2)          // the cap is asked when the connection is there, as in Envoy
	})
}

// TestACallerHangsUp: the host learns of it at once, by the end of the connection.
func TestACallerHangsUp(t *testing.T) {
	var heard time.Time
	host := func(w *world, _ net.Conn, in *bufio.Reader) {
		w.hear(in)
		w.hear(in)
		heard = time.Now()
	}
	inWorld(t, "retry: {retry_on: [5xx], num_retries: 5}", host, func(w *world) {
		ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", "http://shop/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", "")
		begun := time.Now()
		if response, err := w.client.Do(r); err == nil {
			response.Body.Close()
			t.Error("answered ", response.Status)
		}
		synctest.Wait()
		if took := heard.Sub(begun); took != 2*time.Second {
			t.Errorf("the host hears of it after %v", took)
		}
		if !strings.HasSuffix(w.log.Text(), "2s call 1 cancel\n2s call 1 abandon attempt 1 host 0\n2s connection 1 is closed\n") {
			t.Errorf("the log:\n%s", w.log.Text())
		}
	})
}

// TestAnEarlyAnswer: a host may answer, and close, before it has read the body.
func TestAnEarlyAnswer(t *testing.T) {
	host := func(_ *world, c net.Conn, in *bufio.Reader) {
		for line, err := in.ReadString('\n'); err == nil && line != "\r\n"; line, err = in.ReadString('\n') {
		}
		answer(c, "413 Content Too Large\r\nConnection: close", "too long")
	}
	inWorld(t, "{}", host, func(w *world) {
		w.want(w.ask("POST", "/", strings.Repeat("x", 1<<20)), "413 too long")
	})
}
