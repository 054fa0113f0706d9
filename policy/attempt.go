package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
)

// attempt is one try of a call at one host.
type attempt struct {
	began  mesh.Time
	wake   mesh.Time // when its own time is up
	host   int32     // -1 before the first
	place  int32     // of its connection; while it waits for one, of its wait
	ticket uint32    // of the breaker
	number int16     // 1, 2, ...
	live   bool      // under way
	marks  marks
}

func (a attempt) lost() bool { return !a.live }

// marks are what else is to be known of an attempt.
type marks uint8

const (
	waits   marks = 1 << iota // for a connection
	untold                    // and the driver has not heard of it
	due                       // it has its connection, and is to be sent
	fresh                     // it is the first on its connection
	retried                   // another is due or was sent in its place, though it goes on
	blamed                    // outlier detection has its timeout already
	waited                    // for a connection, before
)

// company is what few calls need: attempts beside the newest, and what is to be
// remembered from one to the next. Upstreams lend it, so that no call allocates
// one in steady state.
type company struct {
	older  []attempt // beside the newest: under way, or lost and not told yet
	paused pauses
	memory memory
	limits limits // if own
	own    bool   // the request has set them
	harm   harm   // of the fault filter
}

// company borrows it when it is first needed.
func (c *Call) company() *company {
	if c.also == nil {
		c.also = c.route.up.lend()
	}
	return c.also
}

func (u *Upstream) lend() *company {
	n := len(u.spare)
	if n == 0 {
		return &company{}
	}
	lent := u.spare[n-1]
	u.spare = u.spare[:n-1]
	return lent
}

// giveBack does so when the call is over and everything told.
func (c *Call) giveBack() {
	if c.also != nil {
		m := c.also.memory
		m.clear()
		*c.also = company{older: c.also.older[:0], memory: m}
		c.route.up.spare = append(c.route.up.spare, c.also)
		c.also = nil
	}
}

// find is an attempt under way; nil when it is not.
func (c *Call) find(number int16) *attempt {
	if number == c.try.number && c.try.live {
		return &c.try
	}
	return c.findOlder(number)
}

func (c *Call) findOlder(number int16) *attempt {
	if c.also == nil {
		return nil
	}
	for i := range c.also.older {
		if a := &c.also.older[i]; a.number == number && a.live {
			return a
		}
	}
	return nil
}

// drop takes an attempt that ended by itself off the books of the call.
func (c *Call) drop(a *attempt) {
	if a == &c.try {
		a.live, a.wake = false, mesh.Never
		return
	}
	c.also.older = slices.DeleteFunc(c.also.older, func(b attempt) bool { return b.number == a.number })
}

// others says whether something may still bring a better answer: an attempt
// under way, or one that is due.
func (c *Call) others() bool {
	return c.try.live || c.next != mesh.Never || c.also != nil && len(c.also.older) > 0
}

// book takes the end of an attempt down. A time that is up while it waits for a
// connection is nobody's fault: Envoy's router does not know the host before the
// pool tells it (UpstreamRequest::upstreamHost).
func (c *Call) book(now mesh.Time, a *attempt, abandoned bool, r *Reply) {
	u, w, host := c.route.up, c.worker(), int(a.host)
	if a.place != none {
		u.leave(now, w, a, u.parts(r, abandoned))
	}
	if u.learns {
		u.learn(now, host, a.ticket, r)
		if r.Outcome != mesh.Timeout || a.marks&(blamed|waits) == 0 {
			u.blame(now, host, r)
		}
		w.observe(now, host, now.Sub(a.began), r.Outcome)
	}
}

// giveUp ends all attempts under way.
func (c *Call) giveUp(now mesh.Time, o mesh.Outcome) { c.giveUpBut(now, o, 0) }

// giveUpBut ends all but one, of which the driver has heard.
func (c *Call) giveUpBut(now mesh.Time, o mesh.Outcome, but int16) {
	if c.also != nil {
		c.giveUpOlder(now, o, but)
	}
	if c.try.live && c.try.number != but {
		c.book(now, &c.try, true, &Reply{Outcome: o})
		c.try.live, c.try.wake, c.try.marks = false, mesh.Never, 0
		c.todo |= toAbandon
	}
	c.todo &^= toWait | toSend
}

func (c *Call) giveUpOlder(now mesh.Time, o mesh.Outcome, but int16) {
	for i := range c.also.older {
		if a := &c.also.older[i]; a.live && a.number != but {
			c.book(now, a, true, &Reply{Outcome: o})
			a.live = false
			c.todo |= toAbandonOlder
		}
	}
}
