package scenarios

import (
	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/sim"
)

// timelineFigures names the series of a run. Retries are shown for edges that
// have any.
func timelineFigures(s *Scenario, t *sim.Tally) result.Timeline {
	out := result.Timeline{IntervalS: t.Timeline.Interval.Seconds(), Series: map[string][]float64{}}
	for i := range t.Timeline.Classes {
		l, name := &t.Timeline.Classes[i], "traffic."+s.Traffic[i].Name
		out.Series[name+".offered_rps"] = t.Rates(l.Offered)
		out.Series[name+".goodput_rps"] = t.Rates(l.Succeeded)
		out.Series[name+".failed_rps"] = t.Rates(l.Failed)
		out.Series[name+".p50_ms"] = l.Quantiles(0.5)
		out.Series[name+".p99_ms"] = l.Quantiles(0.99)
	}
	for i := range t.Timeline.Services {
		name := "services." + s.Services[i].Name
		out.Series[name+".busy"] = t.BusySeries(i)
		out.Series[name+".queue"] = t.QueueSeries(i)
		out.Series[name+".in_system"] = t.InSystemSeries(i)
	}
	for i := range t.Timeline.Edges {
		if t.Edges[i].Retries > 0 {
			from, to := t.Edge(i)
			out.Series["edges."+from+"->"+to+".retries_rps"] = t.Rates(t.Timeline.Edges[i].Retries)
		}
	}
	return out
}
