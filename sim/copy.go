package sim

import "github.com/meshdyno/meshdyno/chance"

// copy sends a copy of a call to a mirror, through the same proxy. Its chance is
// its own, so that the call goes on as it would without.
func (r *Run) copy(c *call, number int32) {
	e := &r.edges[c.edge]
	m := &e.mirrors[number]
	ref, copied := r.call(m.edge, m.endpoints[c.endpoint-r.services[e.callee].endpoint], c.caller)
	copied.key, copied.bytes = chance.Mix(chance.Mix(c.key, uint64(forCopies)), uint64(number)), c.bytes
	copied.origin, copied.class, copied.root, copied.copied = c.origin, c.class, false, true
	copied.first = r.now
	r.tally.asked(r, copied)
	r.reading.call = copied
	copied.policy.BeginCopy(r.now, r.upstream(copied), &r.reading, c.policy.Timeout())
	r.act(ref, copied)
}

// logs says whether a call's decisions are written down; those of copies are
// their mirror's affair.
func (r *Run) logs(c *call) bool { return r.log != nil && !c.copied }
