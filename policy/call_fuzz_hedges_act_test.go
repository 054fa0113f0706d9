package policy_test

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

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

// pass wakes whoever wants to be woken on the way.
func (h *hedger) pass(by mesh.Time) {
	end := h.now + by
	for {
		c, at := h.next()
		if at > end {
			break
		}
		if h.now = max(h.now, at); c == nil {
			h.wakeUpstream()
		} else {
			c.Wake(h.now)
			h.act(c)
		}
	}
	h.now = end
}

// next is the call that wants to be woken first, and when; nil is the upstream.
func (h *hedger) next() (first *hedged, at mesh.Time) {
	at = h.up.WakeAt()
	for _, c := range h.calls {
		if c.WakeAt() < at {
			first, at = c, c.WakeAt()
		}
	}
	return first, at
}

// rouse tells a call that waits are over. Those that came to nothing are not told
// of, only what follows from it.
func (h *hedger) rouse(c *hedged) {
	if len(c.waits) == 0 {
		h.t.Fatal("roused, and it does not wait")
	}
	c.Rouse(h.now)
	h.act(c)
}

// act takes down what a call wants done.
func (h *hedger) act(c *hedged) {
	begun, before := false, int16(0)
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if c.answers > 0 || c.cancelled && a.Kind != policy.Abandon {
			h.t.Fatalf("%+v after the end", a)
		}
		switch a.Kind {
		case policy.Wait:
			begun = true
			h.newcomer(c, a)
			c.waits[a.Attempt] = true
			c.Await(a.Attempt, uint64(slices.Index(h.calls, c)))
		case policy.Send, policy.Connect:
			if begun = true; !c.waits[a.Attempt] {
				h.newcomer(c, a)
			}
			delete(c.waits, a.Attempt)
			c.conns[a.Attempt] = c.Conn(a.Attempt)
			h.over(a, c.conns[a.Attempt])
		case policy.Copy:
			c.copied++
			h.copies = append(h.copies, c.Timeout())
		case policy.Abandon:
			if host, under := c.live[a.Attempt]; !under || host != a.Host || a.Attempt <= before || begun {
				h.t.Fatalf("%+v, while under way are %v, after %d", a, c.live, before)
			}
			delete(c.live, a.Attempt)
			delete(c.waits, a.Attempt)
			before = a.Attempt
		case policy.Answer:
			h.forget(c)
			if c.answers++; len(c.live) > 0 || a.Attempt != 0 && a.Attempt != c.last || a.Outcome == mesh.Unfinished {
				h.t.Fatalf("%+v after the end of %d, while under way are %v", a, c.last, c.live)
			}
		}
	}
	h.forget(c)
	h.told(c)
	h.follow()
}

// newcomer books an attempt that begins.
func (h *hedger) newcomer(c *hedged, a policy.Action) {
	if c.sent++; a.Attempt != c.sent || int(c.sent) > h.most {
		h.t.Fatalf("%+v: attempt %d of at most %d", a, c.sent, h.most)
	}
	only := ""
	if len(h.rules) == 1 && h.rules[0].Subset != nil {
		only = h.rules[0].Subset[0].Value
	}
	h.mayAsk(int(a.Host), only)
	c.live[a.Attempt] = a.Host
}

// forget drops the attempts whose waits came to nothing.
func (h *hedger) forget(c *hedged) {
	for number := range c.waits {
		if !c.Wants(number) {
			delete(c.waits, number)
			delete(c.live, number)
		}
	}
}

// told holds what a call says of itself to what was seen of it.
func (h *hedger) told(c *hedged) {
	if c.Over() != (c.answers > 0 || c.cancelled) {
		h.t.Fatalf("over is %v after %d answers, cancelled %v", c.Over(), c.answers, c.cancelled)
	}
	if c.WakeAt() == mesh.Never && !c.Over() && len(c.live) == 0 {
		h.t.Fatal("nothing is under way, and nothing is to come")
	}
	if c.copied > len(h.plan.Mirrors) {
		h.t.Fatalf("%d copies, and there are %d mirrors", c.copied, len(h.plan.Mirrors))
	}
}

// follow does what follows beside the call.
func (h *hedger) follow() {
	h.tend()
	h.settle()
	for len(h.copies) > 0 {
		timeout := h.copies[0]
		h.copies = h.copies[1:]
		h.begin(func(c *hedged) { c.BeginCopy(h.now, h.up, h.request(), timeout) })
	}
}

// audit compares the upstream's books with the driver's, and both with the caps.
func (h *hedger) audit() {
	var seen books
	active, loads := make([]int32, h.hosts), map[policy.Conn]int{}
	for _, c := range h.calls {
		for number, host := range c.live {
			if !c.Wants(number) {
				h.t.Fatalf("attempt %d is under way, and its answer not wanted", number)
			}
			if c.waits[number] {
				seen.waiting++
				continue
			}
			seen.requests++
			active[host]++
			loads[c.conns[number]]++
		}
	}
	for at := range policy.Priority(2) {
		var own books
		own.requests, own.waiting, own.retries = h.up.Under(at)
		h.caps(at, own)
		seen.requests, seen.waiting = seen.requests-own.requests, seen.waiting-own.waiting
	}
	if seen != (books{}) || h.up.Retries() < 0 {
		h.t.Fatalf("the upstream counts other than the driver: %+v remain, and %d retries", seen, h.up.Retries())
	}
	h.busy(active)
	h.carried(loads)
}
