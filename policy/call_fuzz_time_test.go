package policy_test

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// pass lets time pass. A late driver wakes nobody on the way.
func (g *game) pass(by time.Duration, late bool) {
	end := g.now.Add(by)
	for !late {
		c, at := g.next()
		if at > end {
			break
		}
		if c == nil {
			g.now = max(g.now, at)
			g.wakeUpstream()
		} else {
			g.wake(c)
		}
	}
	if g.now = max(g.now, end); !late {
		g.wakeUpstream()
	}
	for _, c := range g.players {
		c.late = c.late || c.WakeAt() < g.now
	}
}

// wakeUpstream wakes what goes on beside the calls.
func (g *ground) wakeUpstream() {
	g.up.Wake(g.now)
	if g.up.WakeAt() <= g.now {
		g.t.Fatalf("the upstream wants to be woken at %v, and it is %v", g.up.WakeAt(), g.now)
	}
	g.tend()
	g.settle()
}

// next is the player that wants to be woken first, and when; nil is the upstream.
func (g *game) next() (first *player, at mesh.Time) {
	at = g.up.WakeAt()
	for _, c := range g.players {
		if c.WakeAt() < at {
			first, at = c, c.WakeAt()
		}
	}
	return first, at
}

// wake comes once too early, which must not matter, and then in time.
func (g *game) wake(c *player) {
	at := c.WakeAt()
	before := c.Call
	if g.now < at {
		c.Wake(g.now)
	}
	if c.Call != before {
		g.t.Fatalf("woken at %v and not before %v, it did something", g.now, at)
	}
	g.now = max(g.now, at)
	if c.live && g.now < c.deadline() { // the try's own time is up
		c.live = false
		again := g.retries(c, mesh.Timeout)
		c.live = true
		c.Wake(g.now)
		g.decided(c, mesh.Timeout, again)
	} else {
		c.Wake(g.now)
	}
	g.act(c)
	g.audit()
}

// bounded says that some alarm must be set while the call is not over: it has a
// deadline, or its try has, or it pauses.
func (c *player) bounded() bool {
	return c.timeout > 0 || !c.live || !c.waits && c.retry != nil && c.retry.PerTryTimeout != nil && *c.retry.PerTryTimeout > 0
}

func (c *player) deadline() mesh.Time {
	if c.timeout == 0 {
		return mesh.Never
	}
	return c.released.Add(c.timeout)
}

// delayed says that the fault filter holds the call back.
func (c *player) delayed() bool {
	return !c.Over() && c.sent == 0 && c.Flags()&policy.DelayInjected != 0
}
