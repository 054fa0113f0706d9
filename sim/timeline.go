package sim

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/stats"
)

// Timeline is how a run went, interval by interval, from the end of the
// warm-up. It holds counts, areas and histograms, so that the timelines of
// several runs merge into one that is as right as each of them.
type Timeline struct {
	Interval time.Duration
	Classes  []ClassLine
	Services []ServiceLine // empty when there are more than timelineServices
	Edges    []EdgeLine    // likewise
}

// ClassLine is one class: how many requests came and were answered in each
// interval, and how fast those were that succeeded.
type ClassLine struct {
	Offered, Succeeded, Failed []uint64
	Latency                    []*stats.Latency // the last one is filling

	last struct{ requests, succeeded, failed uint64 }
}

// ServiceLine is one service: the area of its levels in each interval.
type ServiceLine struct {
	Busy, Queue, InSystem []stats.Area

	last struct{ busy, queue, inSystem stats.Area }
}

// EdgeLine is one edge.
type EdgeLine struct {
	Retries []uint64

	last uint64
}

// Timelines have at most timelinePoints intervals, and speak of single services
// and edges in meshes of at most timelineServices.
const (
	timelinePoints   = 200
	timelineServices = 50
)

// niceInterval is the shortest of 1, 2, 5, 10, 20, 50, ... ms that cuts d into
// at most timelinePoints.
func niceInterval(d time.Duration) time.Duration {
	for unit := time.Millisecond; ; unit *= 10 {
		for _, n := range []time.Duration{1, 2, 5} {
			if n*unit*timelinePoints >= d {
				return n * unit
			}
		}
	}
}

func newTimeline(p *Plan) Timeline {
	l := Timeline{Interval: niceInterval(p.model.Duration), Classes: make([]ClassLine, len(p.classes))}
	for i := range l.Classes {
		l.Classes[i].Latency = []*stats.Latency{stats.NewLatency(2)}
	}
	if len(p.services) <= timelineServices {
		l.Services = make([]ServiceLine, len(p.services))
		l.Edges = make([]EdgeLine, len(p.edges))
	}
	return l
}

// nextTick schedules the end of an interval, or of the run. An interval that
// the run cuts short is not shown.
func (r *Run) nextTick() {
	at := r.now.Add(r.tally.Timeline.Interval)
	if at > r.until {
		r.at(r.until, horizon, 0)
		return
	}
	r.at(at, tick, 0)
}

// tick closes an interval.
func (r *Run) tick() {
	t := r.tally
	for i := range t.Timeline.Classes {
		t.Timeline.Classes[i].tick(&t.Classes[i])
	}
	for i := range t.Services {
		t.Services[i].fold(r.now)
	}
	for i := range t.Timeline.Services {
		t.Timeline.Services[i].tick(r.now, &t.Services[i])
	}
	for i := range t.Timeline.Edges {
		line, retries := &t.Timeline.Edges[i], t.Edges[i].Retries
		line.Retries = append(line.Retries, retries-line.last)
		line.last = retries
	}
	r.nextTick()
}

func (l *ClassLine) tick(c *ClassTally) {
	failed := c.Failed.Count()
	l.Offered = append(l.Offered, c.Requests-l.last.requests)
	l.Succeeded = append(l.Succeeded, c.Outcomes[mesh.OK]-l.last.succeeded)
	l.Failed = append(l.Failed, failed-l.last.failed)
	l.Latency = append(l.Latency, stats.NewLatency(2))
	l.last.requests, l.last.succeeded, l.last.failed = c.Requests, c.Outcomes[mesh.OK], failed
}

// record takes the latency of a request that succeeded.
func (l *ClassLine) record(latency int64) { l.Latency[len(l.Latency)-1].Record(latency) }

func (l *ServiceLine) tick(now mesh.Time, s *ServiceTally) {
	busy, queue, inSystem := s.places.Area(now), s.waiting.Area(now), s.inside.Area(now)
	l.Busy = append(l.Busy, busy.Minus(l.last.busy))
	l.Queue = append(l.Queue, queue.Minus(l.last.queue))
	l.InSystem = append(l.InSystem, inSystem.Minus(l.last.inSystem))
	l.last.busy, l.last.queue, l.last.inSystem = busy, queue, inSystem
}

// merge adds the timeline of another run of the same plan. A run that was cut
// short is as long as the shorter.
func (l *Timeline) merge(o *Timeline) {
	for i := range l.Classes {
		a, b := &l.Classes[i], &o.Classes[i]
		a.Offered, a.Succeeded, a.Failed = addUp(a.Offered, b.Offered), addUp(a.Succeeded, b.Succeeded), addUp(a.Failed, b.Failed)
		a.Latency = a.Latency[:min(len(a.Latency), len(b.Latency))]
		for j := range a.Latency {
			a.Latency[j].Merge(b.Latency[j])
		}
	}
	for i := range l.Services {
		a, b := &l.Services[i], &o.Services[i]
		a.Busy, a.Queue, a.InSystem = sumUp(a.Busy, b.Busy), sumUp(a.Queue, b.Queue), sumUp(a.InSystem, b.InSystem)
	}
	for i := range l.Edges {
		l.Edges[i].Retries = addUp(l.Edges[i].Retries, o.Edges[i].Retries)
	}
}

func addUp(a, b []uint64) []uint64 {
	a = a[:min(len(a), len(b))]
	addAll(a, b[:len(a)])
	return a
}

func sumUp(a, b []stats.Area) []stats.Area {
	a = a[:min(len(a), len(b))]
	for i := range a {
		a[i] = a[i].Plus(b[i])
	}
	return a
}
