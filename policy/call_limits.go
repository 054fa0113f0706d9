package policy

import (
	"slices"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// limits are how far one call may go: as the rules say, or as its request does
// where they let it.
type limits struct {
	whole   time.Duration   // all attempts together; 0: no end
	perTry  time.Duration   // one attempt; 0: no end
	on      retryOn         // what is worth another attempt
	more    int16           // attempts after the first
	hedges  bool            // an attempt whose time is up goes on
	retries bool            // there is something to try again, though it may not be for this request
	codes   []int           // that retriable-status-codes means
	headers []headerMatcher // that retriable-headers means, one of them
	asks    []headerMatcher // of which a request has to meet one; nil: any will do
}

// ruled are the limits that the rules set.
func (p *Plan) ruled() (l limits) {
	l.whole = p.Timeout
	l.hedges = p.HedgePolicy != nil && p.HedgePolicy.HedgeOnPerTryTimeout
	if r := p.Retry; r != nil {
		l.on, l.more, l.perTry = retryOnOf(r.RetryOn), int16(r.NumRetries), r.perTry()
		l.codes, l.headers, l.asks = slices.Clip(r.StatusCodes), compileAll(r.RetriableHeaders), compileAll(r.RetriableRequestHeaders)
		if p.Dialect == "grpc" {
			l.more = min(l.more, grpcAttempts-1)
		}
	}
	if h := p.Hedging; h != nil {
		l.more = int16(min(h.MaxAttempts, grpcAttempts) - 1)
	}
	if p.MaxStreamDuration != nil {
		l.whole = 0 // then Envoy's router knows no timeout (usingNewTimeouts)
	}
	l.retries = l.on != 0
	l.square()
	return l
}

func compileAll(all []HeaderMatch) (ready []headerMatcher) {
	for i := range all {
		ready = append(ready, all[i].compile())
	}
	return slices.Clip(ready)
}

// square drops a try's timeout that has no say beside the whole one (router.cc,
// finalTimeout).
func (l *limits) square() {
	if l.whole > 0 && l.perTry >= l.whole {
		l.perTry = 0
	}
}

// limits are those of this call.
func (c *Call) limits() *limits {
	if c.also != nil && c.also.own {
		return &c.also.limits
	}
	return &c.route.limits
}

// lateness is which time is up when the deadline of a call passes.
type lateness uint8

const (
	lateRoute lateness = iota // its timeout, or what the caller has left
	lateIdle                  // nothing moved
	lateLong                  // the stream lasted too long; Envoy has no flag for it
)

var latenessFlags = [...]Flags{UpstreamRequestTimeout, StreamIdleTimeout, 0}

// limit lets the call end by then, unless it ends before.
func (c *Call) limit(now mesh.Time, d time.Duration, why lateness) {
	if d > 0 && now.Add(d) < c.deadline {
		c.deadline, c.late = now.Add(d), why
	}
}

// Until is how long the caller waits for the attempt that was sent last: what
// Envoy tells a callee in x-envoy-expected-rq-timeout-ms, and gRPC in
// grpc-timeout. A hedge leaves every attempt the whole time.
func (c *Call) Until() mesh.Time {
	if l := c.limits(); l.perTry > 0 && !l.hedges {
		return min(c.deadline, c.try.wake)
	}
	return c.deadline
}
