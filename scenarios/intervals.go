package scenarios

import (
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/sim"
	"github.com/meshdyno/meshdyno/stats"
)

// interval is what several replications tell about the doubt in the figures of
// one class; with a single one, nothing.
type interval struct {
	latency          *result.LatencyCI
	success, goodput *[2]float64
}

func (r *runner) intervals(tallies []*sim.Tally) []interval {
	all := make([]interval, len(r.scenario.Traffic))
	if len(tallies) < 2 {
		return all
	}
	for i := range all {
		all[i] = classIntervals(tallies, i)
	}
	return all
}

func classIntervals(tallies []*sim.Tally, class int) (ci interval) {
	var latencies []*stats.Latency
	var succeeded, ended []uint64
	var goodput []float64
	for _, t := range tallies {
		c := &t.Classes[class]
		ok := c.Outcomes[mesh.OK]
		latencies = append(latencies, c.OK)
		succeeded, ended = append(succeeded, ok), append(ended, ok+c.Failed.Count())
		goodput = append(goodput, float64(ok)/t.Measured.Seconds())
	}
	ci.latency = stats.LatencyCI(latencies)
	if both, ok := stats.ProportionCI(succeeded, ended); ok {
		ci.success = &both
	}
	if both, ok := stats.MeanCI(goodput); ok {
		ci.goodput = &both
	}
	return ci
}

// into writes the intervals; where there is no steady state, none has a meaning.
func (ci interval) into(t *result.Traffic) {
	if !t.NoSteady {
		t.LatencyCI95, t.SuccessRateCI95, t.GoodputCI95 = ci.latency, ci.success, ci.goodput
	}
}
