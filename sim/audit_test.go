package sim

import (
	"math"
	"math/big"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

// The audit of a run: what must hold at any moment, whatever the model.

// audit holds the tally of a run that is over to what the run still holds.
func audit(t testing.TB, r *Run) {
	t.Helper()
	inFlight := count(r)
	for i := range r.tally.Classes {
		auditClass(t, r, i, inFlight)
	}
	for i := range r.tally.Services {
		auditService(t, r, i, inFlight)
	}
	for i := range r.tally.Edges {
		auditEdge(t, r, i)
	}
	auditAttempts(t, r, inFlight)
	auditReplicas(t, r, inFlight)
	auditTasks(t, r)
}

// census is what a run holds, counted one by one and not by its own counters.
type census struct {
	calls      []uint64               // of each class, from outside, that are measured
	inside     []uint64               // visits at each service that are measured
	travelling []uint64               // attempts on their way to each service
	places     [][returning + 1]int32 // visits of each replica, by where they are
	levels     [][returning + 1]int64 // the same of each service
}

func count(r *Run) *census {
	c := &census{make([]uint64, len(r.classes)), make([]uint64, len(r.services)), make([]uint64, len(r.services)),
		make([][returning + 1]int32, len(r.replicas)), make([][returning + 1]int64, len(r.services))}
	r.calls.each(func(_ uint64, call *call) {
		if call.root && call.asked >= r.from {
			c.calls[call.class]++
		}
	})
	r.visits.each(func(_ uint64, v *visit) {
		service := r.replicas[v.replica].service
		if c.places[v.replica][v.state]++; v.probe() {
			return
		}
		c.levels[service][v.state]++
		switch {
		case v.state == travelling:
			c.travelling[service]++
		case v.state != returning && v.came >= r.from:
			c.inside[service]++
		}
	})
	return c
}

// auditClass: every request ends once, in exactly one outcome, or is in flight.
func auditClass(t testing.TB, r *Run, i int, c *census) {
	t.Helper()
	class := &r.tally.Classes[i]
	ended := total(class.Outcomes[:])
	equal(t, "class requests = outcomes + in flight", class.Requests, ended+c.calls[i])
	equal(t, "class unfinished", class.Unfinished(), c.calls[i])
	equal(t, "class latencies of OK", class.OK.Count(), class.Outcomes[mesh.OK])
	equal(t, "class latencies of failures", class.Failed.Count(), ended-class.Outcomes[mesh.OK])
	equal(t, "outcome unfinished is never an end", class.Outcomes[mesh.Unfinished], 0)
}

// auditService: conservation and Little's law, to the last integer: the area
// under the number inside is the sum of the times spent inside.
func auditService(t testing.TB, r *Run, i int, c *census) {
	t.Helper()
	s := &r.tally.Services[i]
	equal(t, "service requests = outcomes + inside", s.Requests, total(s.Outcomes[:])+c.inside[i])
	equal(t, "number inside", s.inside.Level(), c.levels[i][waiting]+c.levels[i][serving])
	equal(t, "number waiting", s.waiting.Level(), c.levels[i][waiting])
	equal(t, "places taken", s.places.Level(), c.levels[i][serving])
	equal(t, "Little's law: area of the number inside = time spent inside", s.InSystem, s.Residence)
	equal(t, "inside = waiting + serving, over time", s.InSystem, s.Queue.Plus(s.Busy))
	for name, share := range map[string]float64{"places or cores": r.tally.Utilization(i), "proxy": r.tally.ProxyUtilization(i)} {
		if share < 0 || share > 1 {
			t.Errorf("%s: the share of %s in use is %v", r.services[i].Name, name, share)
		}
	}
}

// auditEdge: the parts of a latency are not negative and sum to it exactly.
func auditEdge(t testing.TB, r *Run, i int) {
	t.Helper()
	e := &r.tally.Edges[i]
	equal(t, "picks sum to attempts", total(e.Picks), e.Attempts)
	equal(t, "latencies of an edge", e.Latency.Count(), e.Succeeded)
	if e.Succeeded > e.Requests || e.Retries > e.Attempts || e.Overflows+e.Succeeded > e.Requests {
		t.Errorf("edge %d counts more ends than beginnings: %+v", i, e)
	}
	for p, cost := range e.Cost {
		if cost > math.MaxInt64 {
			t.Errorf("edge %d: part %d of the cost is below zero", i, p)
		}
	}
	if e.Succeeded == 0 {
		equal(t, "cost of no call", total(e.Cost[:]), 0)
		return
	}
	mean, _ := new(big.Rat).SetFrac(new(big.Int).SetUint64(total(e.Cost[:])), new(big.Int).SetUint64(e.Succeeded)).Float64()
	equal(t, "cost parts sum to the latencies", mean, e.Latency.Mean())
}

// auditAttempts: what was sent has arrived, or is on its way, or found the
// replica down. A warm-up cuts both ends at different moments.
func auditAttempts(t testing.TB, r *Run, c *census) {
	t.Helper()
	if r.from > 0 {
		return
	}
	for i := range r.services {
		sent := uint64(0)
		for e := range r.edges {
			if int(r.edges[e].callee) == i {
				sent += r.tally.Edges[e].Attempts
			}
		}
		came := r.tally.Services[i].Requests + c.travelling[i]
		if len(r.model.Faults) == 0 && r.proxies == 0 && r.links[0].free() && r.links[1].free() { // nobody gives up while it waits for a connection
			equal(t, "attempts = visits + travelling", sent, came)
		} else if came > sent {
			t.Errorf("%s: %d came of %d that were sent", r.services[i].Name, came, sent)
		}
	}
}

// auditReplicas: places and lines hold whom they say, in either direction.
func auditReplicas(t testing.TB, r *Run, c *census) {
	t.Helper()
	for i := range r.replicas {
		p := &r.replicas[i]
		s := &r.services[p.service]
		equal(t, "places of a replica", p.busy, c.places[i][serving])
		equal(t, "line of a replica", p.line.waiting, c.places[i][waiting])
		if p.busy > s.places || p.line.waiting > s.limit || p.line.waiting > 0 && p.busy < s.places && !p.down {
			t.Errorf("%s: %d at work in %d places, %d waiting for at most %d", s.Name, p.busy, s.places, p.line.waiting, s.limit)
		}
		if p.ranks == nil {
			auditLine(t, r, &p.line)
			continue
		}
		sum := int32(0)
		for j := range p.ranks {
			sum += p.ranks[j].waiting
			auditLine(t, r, &p.ranks[j])
		}
		equal(t, "ranks sum to the line", sum, p.line.waiting)
	}
}

func auditLine(t testing.TB, r *Run, l *line) {
	t.Helper()
	n, last := int32(0), uint64(0)
	for ref := l.oldest; ref != 0; ref = r.visits.get(ref).newer {
		equal(t, "older neighbour", r.visits.get(ref).older, last)
		n, last = n+1, ref
	}
	equal(t, "newest of a line", l.newest, last)
	equal(t, "length of a line", l.waiting, n)
}

// auditTasks: every program belongs to a visit that has a place.
func auditTasks(t testing.TB, r *Run) {
	t.Helper()
	running := map[uint64]int{}
	r.tasks.each(func(_ uint64, task *task) {
		running[task.visit]++
		if v := r.visits.get(task.visit); v == nil || v.state != serving {
			t.Errorf("a task without a visit at work: %+v", task)
		}
	})
	r.visits.each(func(ref uint64, v *visit) {
		if v.state == serving && running[ref] == 0 {
			t.Errorf("a visit holds a place and does nothing: %+v", v)
		}
	})
}

// drain lets what is in flight come to its end, without new requests from
// outside, and expects nothing to be left: no call, no visit, no task.
func drain(t testing.TB, r *Run) {
	t.Helper()
	r.tally = newTally(r.Plan) // the caller keeps the old one
	for i := range r.sources {
		r.sources[i].users = nil // they do not come back
	}
	for {
		k, ref, ok := r.next()
		if !ok {
			break
		}
		r.drainEvent(k, ref)
	}
	equal(t, "calls left", r.calls.taken(), 0)
	equal(t, "visits left", r.visits.taken(), 0)
	equal(t, "tasks left", r.tasks.taken(), 0)
	for i := range r.replicas {
		equal(t, "places left", r.replicas[i].busy, 0)
		equal(t, "waiting left", r.replicas[i].line.waiting, 0)
	}
}

func (r *Run) drainEvent(k kind, ref uint64) {
	switch k {
	case arrival, thought, publish, rouse, measure, tick, horizon: // nothing new comes, nothing is counted
	default:
		r.dispatch(k, ref)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v is not %v", what, got, want)
	}
}
