package sim

import (
	"github.com/meshdyno/meshdyno/mesh"
)

// Policies set no timers: they say when they want to be woken, and here that is
// done.

// wake is the moment that a call asked for.
func (r *Run) wake(ref uint64, c *call) {
	if c.armed != r.now {
		return
	}
	c.armed = mesh.Never
	if r.now < c.policy.WakeAt() { // the alarm of a try that is over
		r.arm(ref, c)
		return
	}
	if r.logs(c) {
		r.log.Wake(r.now, c.waiter, &c.policy)
	}
	c.policy.Wake(r.now)
	r.act(ref, c)
}

// stir looks after what goes on between the calls of an upstream.
func (r *Run) stir(c *call) {
	if c.policy.UpstreamWakeAt() != mesh.Never {
		r.rouseLater(int(r.decider(c)))
	}
	if r.edges[c.edge].probes {
		r.askLoads(c)
	}
}

// arm sets the call's alarm.
func (r *Run) arm(ref uint64, c *call) {
	if at := c.policy.WakeAt(); at < c.armed {
		c.armed = at
		r.at(max(at, r.now), wake, ref)
	}
}

// rouse is the moment that an upstream asked for, unless it has asked for
// another since.
func (r *Run) rouse(decider int) {
	if r.roused[decider] != r.now {
		return
	}
	r.roused[decider] = mesh.Never
	r.deciders[decider].Wake(r.now)
	r.tend(decider)
}

// rouseLater wakes an upstream when it asks for it, if that is not seen to.
func (r *Run) rouseLater(decider int) {
	if at := max(r.deciders[decider].WakeAt(), r.now); at < r.roused[decider] {
		r.roused[decider] = at
		r.at(at, rouse, uint64(decider))
	}
}
