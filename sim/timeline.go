package sim

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/stats"
)

// Timeline is how a run went, interval by interval, from the end of the
// warm-up. When runs merge, it stays that of the first: a percentile of an
// interval cannot be averaged over runs.
type Timeline struct {
	Interval time.Duration
	Classes  []ClassLine
	Services []ServiceLine // empty when there are more than timelineServices
	Edges    []EdgeLine    // likewise
}

// ClassLine is one class: rates per second and latencies in ns of what was
// answered in each interval.
type ClassLine struct {
	Offered, Succeeded, Failed, P50, P99 []float64

	latency *stats.Latency
	last    struct{ requests, succeeded, failed uint64 }
}

// ServiceLine is one service: mean levels over each interval.
type ServiceLine struct {
	Busy, Queue, InSystem []float64

	last struct{ busy, queue, inSystem area }
}

// EdgeLine is one edge: retries per second.
type EdgeLine struct {
	Retries []float64

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
		l.Classes[i].latency = stats.NewLatency(3)
	}
	if len(p.services) <= timelineServices {
		l.Services = make([]ServiceLine, len(p.services))
		l.Edges = make([]EdgeLine, len(p.edges))
	}
	return l
}

// startTimeline begins the first interval.
func (r *Run) startTimeline() {
	for i := range r.tally.Timeline.Services {
		s, line := &r.tally.Services[i], &r.tally.Timeline.Services[i]
		line.last.busy, line.last.queue, line.last.inSystem = s.Busy.until(r.now), s.Queue.until(r.now), s.InSystem.until(r.now)
	}
	r.nextTick()
}

// nextTick schedules the end of an interval, or of the run. An interval that the
// run cuts short is not shown.
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
	seconds := t.Timeline.Interval.Seconds()
	for i := range t.Timeline.Classes {
		t.Timeline.Classes[i].tick(&t.Classes[i], seconds)
	}
	for i := range t.Timeline.Services {
		t.Timeline.Services[i].tick(r.now, &t.Services[i], t.Timeline.Interval)
	}
	for i := range t.Timeline.Edges {
		line, retries := &t.Timeline.Edges[i], t.Edges[i].Retries
		line.Retries = append(line.Retries, float64(retries-line.last)/seconds)
		line.last = retries
	}
	r.nextTick()
}

func (l *ClassLine) tick(c *ClassTally, seconds float64) {
	failed := c.Failed.Count()
	l.Offered = append(l.Offered, float64(c.Requests-l.last.requests)/seconds)
	l.Succeeded = append(l.Succeeded, float64(c.Outcomes[mesh.OK]-l.last.succeeded)/seconds)
	l.Failed = append(l.Failed, float64(failed-l.last.failed)/seconds)
	l.P50 = append(l.P50, quantile(l.latency, 0.5))
	l.P99 = append(l.P99, quantile(l.latency, 0.99))
	l.last.requests, l.last.succeeded, l.last.failed = c.Requests, c.Outcomes[mesh.OK], failed
	l.latency.Reset()
}

// quantile of an interval in which nothing was answered is 0.
func quantile(l *stats.Latency, q float64) float64 {
	if l.Count() == 0 {
		return 0
	}
	return float64(l.Quantile(q))
}

func (l *ServiceLine) tick(now mesh.Time, s *ServiceTally, interval time.Duration) {
	busy, queue, inSystem := s.Busy.until(now), s.Queue.until(now), s.InSystem.until(now)
	l.Busy = append(l.Busy, busy.minus(l.last.busy).over(interval))
	l.Queue = append(l.Queue, queue.minus(l.last.queue).over(interval))
	l.InSystem = append(l.InSystem, inSystem.minus(l.last.inSystem).over(interval))
	l.last.busy, l.last.queue, l.last.inSystem = busy, queue, inSystem
}
