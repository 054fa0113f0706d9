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
// in flight, under all that FuzzCall has, and holds them to what they promise
// whatever comes. It has no twin that knows what is tried again:
//
//   - each answers once, unless it was cancelled, and says nothing afterwards
//   - attempts are numbered 1, 2, ..., no more than the policy allows; those are
//     given up that are under way, the lowest number first, before others begin
//   - an answer that is passed on is the one that came last
//   - it sends to members, over connections that are made; who waits for one hears
//     how that ended
//   - what the upstream counts is what the driver sees under way, and no cap is
//     exceeded
//   - in the end nothing is in flight
func FuzzHedges(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 3, 2, 0, 0, 0, 3, 10, 3, 10, 3, 10, 1, 1, 0, 4})
	f.Add([]byte{6, 3, 4, 0, 0, 0, 3, 40, 1, 0, 9, 3, 10, 2, 1, 1})
	f.Fuzz(hedging)
}

// TestHedgesInAnyOrder plays the same with random tapes.
func TestHedgesInAnyOrder(t *testing.T) { playTapes(t, 2, 250, hedging) }

// hedger is a driver with the books that it needs to judge.
type hedger struct {
	ground
	rules  []policy.Rule
	calls  []*hedged
	copies []time.Duration // to be begun: their timeouts
	most   int             // attempts of one call
}

type hedged struct {
	policy.Call
	live      map[int16]int32       // the host of each attempt under way
	waits     map[int16]bool        // those that wait for a connection
	conns     map[int16]policy.Conn // of the others
	sent      int16
	last      int16 // the attempt whose end is being told
	answers   int
	copied    int
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
	h := &hedger{ground: ground{t: t, tape: p, hosts: p.next(5)}, most: 1}
	flags, balancers := p.next(256), policy.Balancers.Rows()
	if flags&1 != 0 {
		some := unit.Ratio(0.5)
		h.rules = append(h.rules, h.rule())
		h.rules[0].Match = &policy.Match{Condition: policy.Condition{RuntimeFraction: &some}}
	}
	h.rules = append(h.rules, h.rule())
	h.plan = policy.Resolve(h.rules, "web", "payments")
	h.plan.Balancer = balancers[p.next(len(balancers))].New()
	h.plan.Multiplexed, h.plan.GRPC = flags&2 != 0, flags&4 != 0
	h.plan.Dialect = []string{"envoy", "grpc"}[flags>>2&1]
	if flags&8 != 0 {
		h.drawCaps()
	}
	if flags&16 != 0 {
		h.plan.Outlier = quick(p.next(len(policy.Outliers.Rows())))
	}
	if flags&32 != 0 {
		h.plan.FailureBreaker = h.drawBreaker()
	}
	endpoints := h.endpoints()
	h.pool(p.next(128))
	if flags&64 != 0 {
		h.doctor()
	}
	h.left = func(int) {}
	h.roused = func(owner uint64) { h.rouse(h.calls[owner]) }
	h.build(endpoints, uint64(flags))
	return h
}

// rule reads a rule with hedges of one kind or the other off the tape.
func (h *hedger) rule() (r policy.Rule) {
	p, flags := h.tape, h.tape.next(256)
	h.drawRoute(&r, flags)
	n := 1 + p.next(6)
	if flags&2 == 0 {
		limit := unit.Duration(1+p.next(20)) * unit.Millisecond
		r.Retry = h.drawRetry(flags)
		r.Retry.NumRetries, r.Retry.PerTryTimeout = n, &limit
		r.Retry.RetryOn = []string{"gateway-error", "unavailable", "envoy-ratelimited"}
		r.Retry.RateLimited = &policy.RateLimitedBackOff{ResetHeaders: []policy.ResetHeader{{Name: "retry-after"}}, MaxInterval: unit.Second}
		r.HedgePolicy = &policy.HedgePolicy{HedgeOnPerTryTimeout: true}
		h.most = max(h.most, 1+n)
	} else {
		r.Hedging = &policy.Hedging{MaxAttempts: 1 + n, HedgingDelay: unit.Duration(p.next(20)) * unit.Millisecond, NonFatalStatusCodes: []string{"unavailable"}, Tied: flags&4 != 0}
		h.most = max(h.most, min(1+n, 5))
	}
	return r
}

func (h *hedger) event() {
	switch h.tape.next(10) {
	case 0:
		h.begin(func(c *hedged) { c.BeginOn(h.now, h.up, len(h.calls)%max(h.plan.Workers, 1), h.request()) })
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
	case 5: // the driver is late
		h.now += mesh.Time(h.tape.next(64)) * mesh.Time(time.Millisecond)
	case 6, 7:
		h.wired()
	case 8:
		h.moved()
	case 9:
		if c := h.anyone(); c != nil {
			h.start(c, int16(1+h.tape.next(8)))
		}
	}
}

func (h *hedger) request() policy.Request {
	return &letter{path: "/", method: "GET", headers: map[string][]string{"x-host": {h.session}}}
}

func (h *hedger) begin(how func(c *hedged)) {
	c := &hedged{live: map[int16]int32{}, waits: map[int16]bool{}, conns: map[int16]policy.Conn{}}
	h.calls = append(h.calls, c)
	how(c)
	h.act(c)
}

func (h *hedger) anyone() *hedged {
	if len(h.calls) == 0 {
		return nil
	}
	return h.calls[h.tape.next(len(h.calls))]
}

// end ends an attempt, whether or not it is under way, unless it waits.
func (h *hedger) end(c *hedged, attempt int16) {
	if c.waits[attempt] {
		return
	}
	delete(c.live, attempt)
	c.last = attempt
	c.Done(h.now, attempt, h.reply())
	h.act(c)
	c.last = 0
}

// start tells that an attempt is worked on, whether or not it is under way, unless
// it waits; then it is alone, where attempts are tied.
func (h *hedger) start(c *hedged, attempt int16) {
	if c.waits[attempt] {
		return
	}
	_, under := c.live[attempt]
	c.Started(h.now, attempt)
	h.act(c)
	if _, left := c.live[attempt]; under && (!left || c.Tied() && len(c.live) > 1) {
		h.t.Fatalf("attempt %d is worked on, and under way are %v", attempt, c.live)
	}
}

// finish answers whatever is under way, until every call is over.
func (h *hedger) finish() {
	for range 100 {
		for i := 0; i < len(h.wires); i++ {
			h.wire(i, true)
		}
		for i := 0; i < len(h.calls); i++ {
			for number := range int16(10) {
				if _, under := h.calls[i].live[number]; under {
					h.end(h.calls[i], number)
				}
			}
		}
		h.pass(mesh.Time(2 * time.Second))
	}
	if slices.ContainsFunc(h.calls, func(c *hedged) bool { return !c.Over() || c.answers != 1 && !c.cancelled }) {
		h.t.Fatal("a call is not over, or was not answered once")
	}
	h.audit()
	if h.up.Requests() != 0 || h.up.Retries() != 0 || h.up.Harmed() != 0 {
		h.t.Fatalf("in flight in the end: %d, and %d retries, and %d delayed", h.up.Requests(), h.up.Retries(), h.up.Harmed())
	}
}
