package sim

import (
	"math"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/mesh"
)

// startTroubles schedules the faults; their moments count from the end of the
// warm-up.
func (r *Run) startTroubles() {
	for i := range r.model.Faults {
		begin, end := r.model.Span(i)
		if begin < r.until {
			r.at(begin, trouble, uint64(i))
		}
		if end < r.until {
			r.at(end, relief, uint64(i))
		}
	}
}

// Span is when a fault begins and ends; mesh.Never if it stays.
func (m *Model) Span(i int) (begin, end mesh.Time) {
	f := &m.Faults[i]
	begin, end = mesh.Time(m.Warmup).Add(f.At.Std()), mesh.Never
	if f.For != nil {
		end = begin.Add(f.For.Std())
	}
	if f.Restart != nil {
		end = begin.Add(f.Restart.Std())
	}
	return begin, end
}

// strike makes a fault begin.
func (r *Run) strike(i int) {
	r.troubled[i] = true
	switch k := r.model.Faults[i].Kind.(type) {
	case *fault.Slow:
		r.eachVictim(k.Service, k.Replicas, func(v int32) { r.replicas[v].slow += int64(k.By) })
	case *fault.Errors:
		r.eachVictim(k.Service, k.Replicas, r.spoil)
	case *fault.Health:
		r.eachVictim(k.Service, k.Replicas, r.examine)
	case *fault.Crash:
		r.eachVictim(k.Service, k.Replicas, r.crash)
	}
}

// relieve makes a fault end.
func (r *Run) relieve(i int) {
	r.troubled[i] = false
	switch k := r.model.Faults[i].Kind.(type) {
	case *fault.Slow:
		r.eachVictim(k.Service, k.Replicas, func(v int32) { r.replicas[v].slow -= int64(k.By) })
	case *fault.Errors:
		r.eachVictim(k.Service, k.Replicas, r.spoil)
	case *fault.Health:
		r.eachVictim(k.Service, k.Replicas, r.examine)
	case *fault.Crash:
		r.eachVictim(k.Service, k.Replicas, r.restart)
	}
}

func (r *Run) serviceNamed(name string) int32 {
	for i := range r.services {
		if r.services[i].Name == name {
			return int32(i)
		}
	}
	return none
}

// eachVictim finds the first n replicas of a service, or all where n is 0.
func (r *Run) eachVictim(service string, n int, do func(replica int32)) {
	s := &r.services[r.serviceNamed(service)]
	if n == 0 {
		n = s.Replicas
	}
	for i := range min(n, s.Replicas) {
		do(s.first + int32(i))
	}
}

// spoil reckons anew, from the faults that last, how much a replica fails: so
// that when all are over it is nothing, to the last bit.
func (r *Run) spoil(replica int32) {
	p := &r.replicas[replica]
	p.errors, p.spoiler = 0, 0
	for i, lasts := range r.troubled {
		if k, ok := r.model.Faults[i].Kind.(*fault.Errors); ok && lasts {
			r.eachVictim(k.Service, k.Replicas, func(v int32) {
				if v == replica {
					if p.spoiler == 0 {
						p.spoiler = uint16(min(i+1, math.MaxUint16))
					}
					p.errors = either(p.errors, float64(k.Rate))
				}
			})
		}
	}
}

// examine finds, from the faults that last, how a replica answers health checks;
// of several the last one in the file.
func (r *Run) examine(replica int32) {
	p := &r.replicas[replica]
	p.says = says{}
	for i, lasts := range r.troubled {
		if k, ok := r.model.Faults[i].Kind.(*fault.Health); ok && lasts {
			r.eachVictim(k.Service, k.Replicas, func(v int32) {
				if v == replica {
					p.says = says{uint16(k.Answer()), k.Degraded, k.ImmediateFail}
				}
			})
		}
	}
}

// crash ends a replica with all it holds: callers see their connections reset,
// and open new ones when it is back.
func (r *Run) crash(replica int32) {
	p := &r.replicas[replica]
	if p.crashes++; !p.down {
		p.down = true
		r.announce(replica)
	}
	var doomed []uint64
	r.visits.each(func(ref uint64, v *visit) {
		if v.replica == replica && (v.state == waiting || v.state == serving) {
			doomed = append(doomed, ref)
		}
	})
	r.endTasks(replica)
	r.endCalls(replica)
	for _, ref := range doomed {
		v := r.visits.get(ref)
		if v.state == waiting {
			r.unqueue(v, p)
		} else if v.running > 0 {
			v.app += int64(r.now - v.mark)
		}
		r.finish(ref, v, mesh.Reset)
	}
	r.loseConnections(replica)
}

// restart brings a replica back, unless another crash still holds it down.
func (r *Run) restart(replica int32) {
	p := &r.replicas[replica]
	if p.crashes--; p.crashes == 0 {
		p.down = false
		r.announce(replica)
	}
}

// endCalls hangs up every call that a replica has made: with the caller its proxy
// is gone, or, on a node, sees that it is. What is tried no more is still worked on
// where it has arrived.
func (r *Run) endCalls(replica int32) {
	r.calls.each(func(ref uint64, c *call) {
		switch {
		case c.caller != replica:
		case c.first == mesh.Never: // its proxy has not looked at it yet
			r.calls.put(ref)
		default:
			r.hangUp(ref, c)
		}
	})
}

// hangUp is the caller's leaving: nobody waits for the answer any more.
func (r *Run) hangUp(ref uint64, c *call) {
	if r.log != nil {
		r.log.Cancel(r.now, c.waiter, &c.policy)
	}
	c.policy.Cancel(r.now)
	r.act(ref, c)
	delete(r.ties, ref)
	r.calls.put(ref)
}

// endTasks stops every program that runs at a replica.
func (r *Run) endTasks(replica int32) {
	r.tasks.each(func(ref uint64, t *task) {
		if v := r.visits.get(t.visit); v != nil && v.replica == replica {
			r.tasks.put(ref)
		}
	})
	if c := r.replicas[replica].cpu; c != nil {
		c.advance(r.now)
		c.jobs, c.attained = c.jobs[:0], 0
		c.version++
	}
}

// loseConnections tells every proxy that calls the replica's service.
func (r *Run) loseConnections(replica int32) {
	s := &r.services[r.replicas[replica].service]
	r.eachDecider(s, func(i int) {
		r.deciders[i].Lost(r.now, int(replica-s.first))
		r.wire(int32(i))
	})
}
