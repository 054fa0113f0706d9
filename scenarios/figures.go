package scenarios

import (
	"fmt"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/sim"
	"github.com/meshdyno/meshdyno/stats"
)

// result turns what the replications counted into the figures of a result: the
// intervals from the replications side by side, all else from their sum.
func (r *runner) result(tallies []*sim.Tally) *result.Result {
	s, first := r.scenario, tallies[0]
	out := &result.Result{
		Meshdyno: Version, Scenario: s.Scenario, About: s.About, Mode: "sim", Seed: s.Seed, Replications: len(tallies),
		WarmupS: r.model.Warmup.Seconds(), WarmupNote: r.warmupNote(), MeasuredS: first.Measured.Seconds(),
		Traffic: map[string]*result.Traffic{}, Services: map[string]*result.Service{}, Edges: []*result.Edge{},
		Faults: r.faults(), Expect: []result.Verdict{}, Warnings: append([]string{}, s.Warnings...),
	}
	out.Interrupted = r.interrupted(tallies)
	intervals := r.intervals(tallies)
	for _, t := range tallies[1:] {
		first.Merge(t)
	}
	out.Events, out.Fingerprint = first.Events, fmt.Sprintf("%016x", first.Fingerprint)
	for i := range first.Services {
		out.Services[s.Services[i].Name] = serviceFigures(first, i, s.Services[i].Replicas)
	}
	for i := range first.Edges {
		out.Edges = append(out.Edges, edgeFigures(first, i))
	}
	grew := unsteady(out)
	for _, e := range out.Edges {
		e.Latency.Unsteady(grew[e.To])
	}
	for i := range s.Traffic {
		t := classFigures(first, i)
		t.NoSteady = t.NoSteady || grew[s.Traffic[i].Name]
		t.Latency.Unsteady(t.NoSteady)
		intervals[i].into(t)
		out.Traffic[s.Traffic[i].Name] = t
	}
	out.Timeline = timelineFigures(s, first)
	out.Warnings = append(out.Warnings, r.warnings(out, first)...)
	s.judge(out)
	return out
}

func classFigures(t *sim.Tally, i int) *result.Traffic {
	c, seconds := &t.Classes[i], t.Measured.Seconds()
	ok := c.Outcomes[mesh.OK]
	f := &result.Traffic{
		Requests: c.Requests, Succeeded: ok, Failed: c.Failed.Count(), Outcomes: outcomeCounts(c.Outcomes, c.Unfinished()),
		OfferedRPS: float64(c.Requests) / seconds, GoodputRPS: float64(ok) / seconds,
		Latency: c.OK.Summary(), FailedMS: c.Failed.Summary(), NoSteady: stats.Growing(inFlight(&t.Timeline.Classes[i])),
	}
	if done := f.Succeeded + f.Failed; done > 0 {
		f.SuccessRate = float64(ok) / float64(done)
	}
	return f
}

// inFlight is how many requests of a class had no answer at the end of each
// interval.
func inFlight(l *sim.ClassLine) []float64 {
	series, n := make([]float64, len(l.Offered)), 0.0
	for i := range series {
		n += float64(l.Offered[i]) - float64(l.Succeeded[i]) - float64(l.Failed[i])
		series[i] = n
	}
	return series
}

func serviceFigures(t *sim.Tally, i, replicas int) *result.Service {
	s := &t.Services[i]
	f := &result.Service{
		Requests: s.Requests, Succeeded: s.Outcomes[mesh.OK], Outcomes: outcomeCounts(s.Outcomes, s.Unfinished()), Replicas: replicas,
		Utilization: t.Utilization(i), ProxyUtilization: t.ProxyUtilization(i),
		QueueMean: t.QueueMean(i), QueueMax: s.QueueMax, InSystemMean: t.InSystemMean(i), Latency: s.Latency.Summary(),
	}
	f.NoSteady = len(t.Timeline.Services) > 0 && stats.Growing(t.InSystemSeries(i)) || t.Overloaded(i)
	f.Latency.Unsteady(f.NoSteady)
	return f
}

func outcomeCounts(counts [mesh.Outcomes]uint64, unfinished uint64) map[string]uint64 {
	m := map[string]uint64{}
	counts[mesh.Unfinished] = unfinished
	for o, n := range counts {
		if n > 0 {
			m[mesh.Outcome(o).String()] = n
		}
	}
	return m
}

func edgeFigures(t *sim.Tally, i int) *result.Edge {
	e := &t.Edges[i]
	from, to := t.Edge(i)
	f := &result.Edge{From: from, To: to, Requests: e.Requests, Succeeded: e.Succeeded, Attempts: e.Attempts,
		Retries: e.Retries, Overflows: e.Overflows, Ejections: e.Ejections, Probes: e.Probes, Unhealthy: e.Unhealthy, Picks: map[string]uint64{}, Latency: e.Latency.Summary()}
	f.Copies = t.Copies(i)
	for replica, n := range e.Picks {
		f.Picks[t.Host(i, replica)] = n
	}
	for i, n := range e.Flags {
		if n > 0 {
			if f.Flags == nil {
				f.Flags = map[string]uint64{}
			}
			f.Flags[policy.FlagName(i)] = n
		}
	}
	part := func(p sim.Part) float64 { return e.CostMean(p) / 1e6 }
	f.Cost = result.Cost{App: part(sim.App), Downstream: part(sim.Downstream), Queue: part(sim.Queue), Proxy: part(sim.Proxy),
		Network: part(sim.Network), TLS: part(sim.TLS), Retry: part(sim.Retry)}
	return f
}

func (r *runner) faults() []result.Fault {
	all := []result.Fault{}
	for i, f := range r.scenario.Faults {
		begin, end := r.model.Span(i)
		all = append(all, result.Fault{Kind: f.Name, Target: f.Kind.Target(),
			AtS: begin.Seconds() - r.model.Warmup.Seconds(), UntilS: min(end.Seconds()-r.model.Warmup.Seconds(), r.model.Duration.Seconds())})
	}
	return all
}

// interrupted says what is missing.
func (r *runner) interrupted(tallies []*sim.Tally) string {
	switch {
	case r.partial:
		return fmt.Sprintf("%v of %v measured", tallies[0].Measured.Round(time.Millisecond), r.model.Duration)
	case len(tallies) < r.options.Replications:
		return fmt.Sprintf("%d of %d replications", len(tallies), r.options.Replications)
	}
	return ""
}

func (r *runner) warmupNote() string {
	if r.transient == nil {
		return ""
	}
	return r.transient.Note
}

// unsteady are the services without a steady state, and all services and classes
// that call one, by whatever way: they have none either.
func unsteady(out *result.Result) map[string]bool {
	callers, grew, queue := map[string][]string{}, map[string]bool{}, []string{}
	for _, e := range out.Edges {
		if e.Requests > 0 {
			callers[e.To] = append(callers[e.To], e.From)
		}
	}
	for name, s := range out.Services {
		if s.NoSteady {
			grew[name], queue = true, append(queue, name)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, from := range callers[queue[0]] {
			if !grew[from] {
				grew[from], queue = true, append(queue, from)
			}
		}
	}
	return grew
}
