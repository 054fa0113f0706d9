package sim

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// script plays the callees, and the patience of the callers, in place of the
// model. It is there for the twin: what the live proxy's peers do to the
// nanosecond can be done here too, and everything else is the journey itself.
type script interface {
	// Visit says how long attempt n of a call stays at the replica that it has
	// reached, and how it ends; Unfinished when it never does.
	Visit(number uint64, attempt int16, fresh bool) (stay time.Duration, o mesh.Outcome)
	// Reply is what the proxy sees of attempt n of a call, which ended so.
	Reply(number uint64, attempt int16, o mesh.Outcome) policy.Reply
	// Probe says the same of health check number n of a host.
	Probe(host int32, number uint32, fresh bool) (stay time.Duration, o mesh.Outcome)
	// Dial says how long it takes to make connection n, 1, 2, ..., and whether that
	// fails then.
	Dial(n uint64) (stay time.Duration, fails bool)
	// Patience is how long the caller of a call waits before it hangs up; 0 is
	// for ever.
	Patience(number uint64) time.Duration
}

// play takes the place of a visit to a replica.
func (r *Run) play(ref uint64, v *visit) {
	stay, o := time.Duration(0), mesh.OK // what copies meet matters to nobody
	if c := r.calls.get(v.call); !c.copied {
		stay, o = r.script.Visit(c.waiter, v.attempt, v.connect)
	}
	if v.outcome = o; o != mesh.Unfinished {
		r.at(r.now.Add(stay), played, ref)
	}
}

// playProbe takes the place of a probe's visit.
func (r *Run) playProbe(ref uint64, v *visit) {
	p := r.probeOf(v)
	if r.log != nil {
		r.log.Probe(r.now, p)
	}
	stay, o := r.script.Probe(p.Host, p.Number, v.connect)
	if v.outcome = o; o != mesh.Unfinished {
		r.at(r.now.Add(stay), probeBack, ref)
	}
}

// await lets the script's caller hang up in time.
func (r *Run) await(ref uint64, c *call) {
	if wait := r.script.Patience(c.waiter); wait > 0 {
		r.at(r.now.Add(wait), hangUp, ref)
	}
}

// scripted takes the events that a script causes.
func (r *Run) scripted(k kind, ref uint64) {
	if k == hangUp {
		if c := r.calls.get(ref); c != nil {
			r.hangUp(ref, c)
		}
	} else if v := r.visits.get(ref); v != nil {
		r.finish(ref, v, v.outcome)
	}
}
