package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// FuzzHedges lets any order of events come over calls that have several attempts
// in flight, and holds them to what they promise whatever comes:
//
//   - each answers once, unless it was cancelled, and says nothing afterwards
//   - attempts are numbered 1, 2, ..., no more than the policy allows; those are
//     given up that are under way, the lowest number first
//   - an answer that is passed on is the one that came last
//   - what the upstream counts is what the driver sees under way, and neither
//     max_requests nor max_retries is exceeded
//   - in the end nothing is in flight
func FuzzHedges(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 3, 2, 0, 0, 0, 3, 10, 3, 10, 3, 10, 1, 1, 0, 4})
	f.Add([]byte{6, 3, 4, 0, 0, 0, 3, 40, 1, 0, 9, 3, 10, 2, 1, 1})
	f.Fuzz(hedging)
}

// TestHedgesInAnyOrder plays the same with random tapes.
func TestHedgesInAnyOrder(t *testing.T) {
	d := dice(2)
	for range 5000 {
		data := make([]byte, d.IntN(200))
		for i := range data {
			data[i] = byte(d.Uint64())
		}
		hedging(t, data)
	}
}

// hedger is a driver with the books that it needs to judge.
type hedger struct {
	t     *testing.T
	tape  *tape
	plan  policy.Plan
	up    *policy.Upstream
	now   mesh.Time
	calls []*hedged
	most  int // attempts of one call
}

type hedged struct {
	policy.Call
	live      map[int16]int32 // the host of each attempt under way
	sent      int16
	last      int16 // the attempt whose end is being told
	answers   int
	cancelled bool
}

func hedging(t *testing.T, data []byte) {
	h := newHedger(t, &tape{data})
	for h.tape.more() && len(h.calls) < 20 {
		h.event()
		h.audit()
	}
	h.finish()
}

func newHedger(t *testing.T, p *tape) *hedger {
	h := &hedger{t: t, tape: p, most: 1}
	flags := p.next(256)
	h.plan.Balancer, h.plan.Multiplexed = &policy.RoundRobin{}, flags&1 != 0
	h.plan.Dialect = []string{"envoy", "grpc"}[flags>>1&1]
	h.plan.GRPC = flags&2 != 0
	n := 1 + p.next(6)
	if flags&4 == 0 {
		limit := unit.Duration(1+p.next(20)) * unit.Millisecond
		h.plan.Retry = &policy.Retry{RetryOn: []string{"gateway-error", "unavailable", "envoy-ratelimited"}, NumRetries: n, PerTryTimeout: &limit}
		h.plan.Retry.BackOff.SetDefaults()
		h.plan.Retry.RateLimited = &policy.RateLimitedBackOff{ResetHeaders: []policy.ResetHeader{{Name: "retry-after"}}, MaxInterval: unit.Second}
		h.plan.HedgePolicy = &policy.HedgePolicy{HedgeOnPerTryTimeout: true}
		if h.most = 1 + n; h.plan.Dialect == "grpc" {
			h.most = min(h.most, 5)
		}
	} else {
		h.plan.Hedging = &policy.Hedging{MaxAttempts: 1 + n, HedgingDelay: unit.Duration(p.next(20)) * unit.Millisecond, NonFatalStatusCodes: []string{"unavailable"}, Tied: flags&32 != 0}
		h.most = min(1+n, 5)
	}
	if flags&8 != 0 {
		h.plan.Timeout = time.Duration(1+p.next(100)) * time.Millisecond
	}
	if flags&16 != 0 {
		h.plan.Breaker = &policy.CircuitBreaker{}
		h.plan.Breaker.SetDefaults()
		h.plan.Breaker.MaxRequests, h.plan.Breaker.MaxRetries = p.next(8), p.next(4)
	}
	h.up = policy.NewUpstream(&h.plan, make([]policy.Endpoint, p.next(4)), dice(uint64(flags)))
	return h
}

func (h *hedger) event() {
	switch h.tape.next(7) {
	case 0:
		c := &hedged{live: map[int16]int32{}}
		h.calls = append(h.calls, c)
		c.Begin(h.now, h.up, nil)
		h.act(c)
	case 1, 2:
		if c := h.anyone(); c != nil {
			h.end(c, int16(1+h.tape.next(8)))
		}
	case 3:
		h.pass(mesh.Time(h.tape.next(64)) * mesh.Time(time.Millisecond))
	case 4:
		if c := h.anyone(); c != nil {
			c.Cancel(h.now)
			c.cancelled = c.answers == 0
			h.act(c)
		}
	case 6:
		if c := h.anyone(); c != nil {
			h.start(c, int16(1+h.tape.next(8)))
		}
	case 5: // the driver is late
		h.now += mesh.Time(h.tape.next(64)) * mesh.Time(time.Millisecond)
	}
}

func (h *hedger) anyone() *hedged {
	if len(h.calls) == 0 {
		return nil
	}
	return h.calls[h.tape.next(len(h.calls))]
}

// end ends an attempt, whether or not it is under way.
func (h *hedger) end(c *hedged, attempt int16) {
	delete(c.live, attempt)
	c.last = attempt
	c.Done(h.now, attempt, h.reply())
	h.act(c)
	c.last = 0
}

// start tells that an attempt is worked on, whether or not it is under way; then it
// is alone, where attempts are tied.
func (h *hedger) start(c *hedged, attempt int16) {
	_, under := c.live[attempt]
	c.Started(h.now, attempt)
	h.act(c)
	if _, left := c.live[attempt]; under && (!left || c.Tied() && len(c.live) > 1) {
		h.t.Fatalf("attempt %d is worked on, and under way are %v", attempt, c.live)
	}
}

func (h *hedger) reply() policy.Reply {
	r := policy.ReplyOf(outcomes[h.tape.next(len(outcomes))], h.plan.GRPC)
	switch h.tape.next(4) {
	case 1:
		r.Headers = lines{"retry-after": "1"}
	case 2:
		r.Headers = lines{"grpc-retry-pushback-ms": []string{"-1", "20", "x"}[h.tape.next(3)]}
	case 3:
		r.Headers = lines{"x-envoy-ratelimited": "true"}
	}
	return r
}

// lines are the headers of an answer, each with one value.
type lines map[string]string

func (l lines) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	text, has := l[name]
	return append(dst, text...), has && n == 0
}

func (h *hedger) pass(by mesh.Time) {
	end := h.now + by
	for c := h.next(); c != nil && c.WakeAt() <= end; c = h.next() {
		h.now = max(h.now, c.WakeAt())
		c.Wake(h.now)
		h.act(c)
	}
	h.now = end
}

func (h *hedger) next() (first *hedged) {
	for _, c := range h.calls {
		if first == nil || c.WakeAt() < first.WakeAt() {
			first = c
		}
	}
	if first == nil || first.WakeAt() == mesh.Never {
		return nil
	}
	return first
}

// act takes down what a call wants done.
func (h *hedger) act(c *hedged) {
	stage, before := policy.Nothing, int16(0)
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if c.answers > 0 || c.cancelled && a.Kind != policy.Abandon {
			h.t.Fatalf("%+v after the end", a)
		}
		switch a.Kind {
		case policy.Send, policy.Connect:
			if c.sent++; a.Attempt != c.sent || int(c.sent) > h.most || stage == policy.Send {
				h.t.Fatalf("%+v: attempt %d of at most %d", a, c.sent, h.most)
			}
			c.live[a.Attempt], stage = a.Host, policy.Send
		case policy.Abandon:
			if host, under := c.live[a.Attempt]; !under || host != a.Host || a.Attempt <= before || stage == policy.Send {
				h.t.Fatalf("%+v, while under way are %v, after %d", a, c.live, before)
			}
			delete(c.live, a.Attempt)
			before = a.Attempt
		case policy.Answer:
			if c.answers++; len(c.live) > 0 || a.Attempt != 0 && a.Attempt != c.last {
				h.t.Fatalf("%+v after the end of %d, while under way are %v", a, c.last, c.live)
			}
		}
	}
	if c.Over() != (c.answers > 0 || c.cancelled) {
		h.t.Fatalf("over is %v after %d answers, cancelled %v", c.Over(), c.answers, c.cancelled)
	}
	if c.WakeAt() == mesh.Never && !c.Over() && len(c.live) == 0 {
		h.t.Fatal("nothing is under way, and nothing is to come")
	}
}

// audit compares the upstream's books with the driver's, and both with the caps.
func (h *hedger) audit() {
	requests, active := 0, make([]int32, len(h.up.Hosts()))
	for _, c := range h.calls {
		for number, host := range c.live {
			requests++
			active[host]++
			if !c.Wants(number) {
				h.t.Fatalf("attempt %d is under way, and its answer not wanted", number)
			}
		}
	}
	for i, host := range h.up.Hosts() {
		if host.Active != active[i] {
			h.t.Fatalf("host %d has %d active, the driver sees %d", i, host.Active, active[i])
		}
	}
	if h.up.Requests() != requests || h.up.Retries() < 0 {
		h.t.Fatalf("the upstream counts %d requests and %d retries, the driver %d", h.up.Requests(), h.up.Retries(), requests)
	}
	if b := h.plan.Breaker; b != nil && (requests > b.MaxRequests || h.up.Retries() > b.MaxRetries) {
		h.t.Fatalf("%d requests of at most %d, %d retries of at most %d", requests, b.MaxRequests, h.up.Retries(), b.MaxRetries)
	}
}

// finish answers whatever is under way, until every call is over.
func (h *hedger) finish() {
	for range 100 {
		for _, c := range h.calls {
			for number := range int16(10) {
				if _, under := c.live[number]; under {
					h.end(c, number)
				}
			}
		}
		h.pass(mesh.Time(2 * time.Second))
	}
	if slices.ContainsFunc(h.calls, func(c *hedged) bool { return !c.Over() || c.answers != 1 && !c.cancelled }) {
		h.t.Fatal("a call is not over, or was not answered once")
	}
	h.audit()
	if h.up.Requests() != 0 || h.up.Retries() != 0 {
		h.t.Fatalf("in flight in the end: %d, and %d retries", h.up.Requests(), h.up.Retries())
	}
}
