package proxy

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// ended is how an attempt came to its end.
type ended struct {
	attempt  int16
	host     int
	outcome  mesh.Outcome
	response *http.Response // nil unless a whole one came
	over     *conn          // the connection
	last     bool           // it is of no further use
}

// reply is what the policy is told.
func (e *ended) reply() policy.Reply {
	if e.response == nil {
		return policy.Reply{Outcome: e.outcome}
	}
	return policy.Reply{Outcome: e.outcome, Last: e.last, Status: uint16(e.response.StatusCode), Headers: headers(e.response.Header)}
}

// drop is for an attempt that nobody waits for any more. To close is all that
// HTTP/1 can do about an answer.
func (e ended) drop() {
	e.over.Close()
}

// send starts an attempt over a connection that carries nothing else.
func (c *call) send(a policy.Action, over *conn) {
	ctx, stop := context.WithCancel(context.WithoutCancel(c.request.Context()))
	c.stop[a.Attempt], over.used = stop, true
	request := c.outgoing(ctx, a.Attempt)
	go func() {
		e := over.attempt(ctx, request)
		e.attempt, e.host = a.Attempt, int(a.Host)
		select {
		case c.ended <- e:
		case <-ctx.Done():
			e.drop()
		}
	}()
}

// attempt makes an attempt, from the request to the answer.
func (c *conn) attempt(ctx context.Context, r *http.Request) ended {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	a, ok := c.ask(r)
	if !ok {
		return ended{outcome: mesh.Reset, over: c}
	}
	return ended{outcome: outcomeOf(a.response.StatusCode), response: a.response, over: c, last: a.last}
}

// outcomeOf reads a status as the simulator's services give it.
func outcomeOf(status int) mesh.Outcome {
	switch {
	case status < 400:
		return mesh.OK
	case status == http.StatusServiceUnavailable:
		return mesh.Refused
	}
	return mesh.Error
}

// attemptCount is the header in which Envoy tells a host the number of the
// attempt (include_request_attempt_count, route_components.proto).
const attemptCount = "X-Envoy-Attempt-Count"

// hopByHop are the headers that end at a proxy (RFC 9110, section 7.6.1).
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// outgoing is the request as one attempt sends it.
func (c *call) outgoing(ctx context.Context, attempt int16) *http.Request {
	r := c.request.Clone(ctx)
	r.Body, r.ContentLength, r.TransferEncoding = http.NoBody, int64(len(c.body)), nil
	r.Close = false
	if len(c.body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(c.body))
	}
	for _, name := range hopByHop {
		r.Header.Del(name)
	}
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "") // or Go would make one up
	}
	r.Header.Set(attemptCount, strconv.Itoa(int(attempt)))
	if until := c.policy.Until(); until != mesh.Never {
		left := max(until.Sub(c.clock.now()).Milliseconds(), 1) // 0 would be for ever
		r.Header.Set(policy.ExpectedTimeout, strconv.FormatInt(left, 10))
	}
	return r
}
