package sim

import "github.com/meshdyno/meshdyno/mesh"

// knot is where the attempts of a tied call are: their visits, by number from 1.
type knot [mostTied]uint64

// mostTied is as many as hedges are (gRFC A6).
const mostTied = 5

// tie remembers an attempt of a tied call as it is sent.
func (r *Run) tie(ref uint64, c *call, vref uint64, v *visit) {
	if r.ties == nil {
		r.ties = map[uint64]knot{}
	}
	k := r.ties[ref]
	k[v.attempt-1] = vref
	r.ties[ref] = k
	c.tied, v.tied = true, true
}

// tellBegun lets the caller know that its attempt is worked on. The word crosses the
// link, and passes no proxy.
func (r *Run) tellBegun(ref uint64, v *visit) {
	if c := r.wanted(v); c != nil {
		r.at(r.now.Add(nanoseconds(r.link(c.caller, v.replica).travel(v.key, forBegun))), begun, ref)
	}
}

// withdraw lets a replica know that an attempt is not wanted any more.
func (r *Run) withdraw(ref uint64, c *call, attempt int16) {
	if vref := r.ties[ref][attempt-1]; vref != 0 {
		if v := r.visits.get(vref); v != nil {
			r.at(r.now.Add(nanoseconds(r.link(c.caller, v.replica).travel(v.key, forWithdrawn))), withdrawn, vref)
		}
	}
}

// tied is the arrival of such words. One that finds the attempt at work, or has
// overtaken it, changes nothing: what has begun is done to its end.
func (r *Run) tied(k kind, ref uint64, v *visit) {
	switch c := r.wanted(v); {
	case k == withdrawn && v.state == waiting:
		r.unqueue(v, &r.replicas[v.replica])
		r.finish(ref, v, mesh.Reset)
	case k == begun && c != nil:
		if r.logs(c) {
			r.log.Started(r.now, c.waiter, &c.policy, v.attempt)
		}
		c.policy.Started(r.now, v.attempt)
		r.act(v.call, c)
	}
}
