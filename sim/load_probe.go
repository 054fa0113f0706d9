package sim

import (
	"slices"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// inquiry is a question for a replica's load, on its way there or back. It
// crosses the link as requests do, and passes no proxy and no waiting line: the
// replica answers it at once.
type inquiry struct {
	decider int32
	caller  int32 // agent
	replica int32
	host    int32
	sent    mesh.Time
	key     uint64
	answer  policy.LoadAnswer
}

// askLoads sends what questions the balancer of a call's proxy has. A script has
// no replicas that could answer.
func (r *Run) askLoads(c *call) {
	i, first := r.decider(c), r.services[r.edges[c.edge].callee].first
	for {
		host, more := r.deciders[i].NextLoadProbe()
		if !more {
			return
		}
		if r.script != nil {
			continue
		}
		ref, q := r.inquiries.take()
		*q = inquiry{decider: i, caller: c.caller, replica: first + int32(host), host: int32(host), sent: r.now, key: chance.Mix(c.key, uint64(host)<<32|uint64(forProbe))}
		r.at(r.now.Add(nanoseconds(r.link(c.caller, q.replica).travel(q.key, forProbe))), loadAsked, ref)
	}
}

// loadAsked is a question's arrival. Who is down does not answer.
func (r *Run) loadAsked(ref uint64, q *inquiry) {
	p := &r.replicas[q.replica]
	if p.down {
		r.inquiries.put(ref)
		return
	}
	q.answer.RIF = p.inFlight()
	q.answer.Latency = p.answers.latency(q.answer.RIF)
	r.at(r.now.Add(nanoseconds(r.link(q.caller, q.replica).travel(q.key, forProbeAnswer))), loadTold, ref)
}

// loadTold is the arrival of the answer.
func (r *Run) loadTold(ref uint64, q *inquiry) {
	q.answer.Took = r.now.Sub(q.sent)
	r.deciders[q.decider].LoadProbed(r.now, int(q.host), q.answer)
	r.inquiries.put(ref)
}

// inFlight is how many requests a replica has, at work or waiting.
func (p *replica) inFlight() int32 { return p.busy + p.line.waiting }

// answers are a replica's of late: how long each request stayed, and how many
// were there when it came.
type answers struct {
	rifs   [answersKept]int32
	stayed [answersKept]time.Duration
	n      int // so far
	near   []time.Duration
}

// answersKept is of this model; the paper says "recent".
const answersKept = 64

func (a *answers) add(rif int32, stayed time.Duration) {
	a.rifs[a.n%answersKept], a.stayed[a.n%answersKept] = rif, stayed
	a.n++
}

// latency is the median of those answers whose request came at a number as near
// to rif as there is one; 0 when there are none.
func (a *answers) latency(rif int32) time.Duration {
	kept := min(a.n, answersKept)
	if kept == 0 {
		return 0
	}
	nearest := int32(1<<31 - 1)
	for _, other := range a.rifs[:kept] {
		nearest = min(nearest, max(other-rif, rif-other))
	}
	a.near = a.near[:0]
	for i, other := range a.rifs[:kept] {
		if max(other-rif, rif-other) == nearest {
			a.near = append(a.near, a.stayed[i])
		}
	}
	slices.Sort(a.near)
	return a.near[len(a.near)/2]
}

// watchAnswers lets the replicas of those services remember their answers that
// some balancer asks.
func (r *Run) watchAnswers() {
	for i := range r.edges {
		if e := &r.edges[i]; e.probes {
			s := &r.services[e.callee]
			for j := range int32(s.Replicas) {
				r.replicas[s.first+j].answers = &answers{}
			}
		}
	}
}
