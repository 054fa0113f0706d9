package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"

	"github.com/meshdyno/meshdyno/policy"
)

// conn is one HTTP/1.1 connection to a host, for one request at a time. One
// goroutine reads it as long as it is open, so that a host which closes it while
// it is idle is noticed then, and not by the next request.
type conn struct {
	net.Conn
	host    int
	name    policy.Conn // none: it is for health checks
	in      *bufio.Reader
	asked   chan *http.Request // what is to be answered next
	answers chan answer        // closed with the connection
	used    bool               // by an attempt; under the proxy's lock, as the next
	gone    bool               // no longer open
}

// answer is one whole answer.
type answer struct {
	response *http.Response
	last     bool // none can follow on this connection
}

func newConn(c net.Conn, host int, name policy.Conn) *conn {
	return &conn{Conn: c, host: host, name: name, in: bufio.NewReader(c), asked: make(chan *http.Request, 1), answers: make(chan answer, 1)}
}

// ask sends a request and waits for the answer; false when the connection
// breaks before that is whole. An answer that is here already counts, though the
// request could not be written to its end.
func (c *conn) ask(r *http.Request) (answer, bool) {
	c.asked <- r
	if err := r.Write(c); err != nil {
		c.Close()
	}
	a, ok := <-c.answers
	return a, ok
}

// read hands out answers until the connection ends, and then tells gone.
func (c *conn) read(gone func(*conn)) {
	defer gone(c)
	defer close(c.answers)
	defer c.Close()
	for last := false; !last; {
		if _, err := c.in.Peek(1); err != nil || len(c.asked) == 0 {
			return // closed by either side, or it speaks unasked
		}
		response, err := readResponse(c.in, <-c.asked)
		if err != nil {
			return
		}
		last = response.Close
		c.answers <- answer{response, last}
	}
}

// readResponse reads a whole answer, past those that only announce one (RFC
// 9110, section 15.2).
func readResponse(in *bufio.Reader, r *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(in, r)
		if err != nil {
			return nil, err
		}
		if response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols {
			body, err := io.ReadAll(response.Body)
			response.Body = io.NopCloser(bytes.NewReader(body))
			return response, err
		}
	}
}
