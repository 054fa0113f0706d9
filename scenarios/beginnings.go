package scenarios

import (
	"fmt"
	"time"

	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/sim"
	"github.com/meshdyno/meshdyno/stats"
)

// beginnings speaks up when a scenario without a warm-up begins visibly unlike it
// goes on, and that moves its figures. Where a fault or a rate that changes is part
// of the scenario, what begins unlike is meant to.
func (r *runner) beginnings(timeline *sim.Timeline) (all []string) {
	if r.scenario.Warmup != (Warmup{}) || len(r.scenario.Faults) > 0 {
		return nil
	}
	for i := range r.scenario.Traffic {
		t := &r.scenario.Traffic[i]
		if cut, what := beginningOf(&timeline.Classes[i]); cut > 0 && isLevel(t) {
			span := time.Duration(cut) * timeline.Interval
			all = append(all, fmt.Sprintf("%s: its %s in the first %v is unlike that behind it, for the mesh is empty at first; `warmup: %v` or `warmup: auto` leaves that out", t.Name, what, span, span))
		}
	}
	return all
}

// isLevel says whether requests of a class come at one rate throughout, as far as
// it is up to them.
func isLevel(t *loadgen.Traffic) bool {
	if _, paced := t.Arrivals.Pacer.(loadgen.SelfPaced); paced {
		return false
	}
	for _, phase := range t.Rate {
		if phase.Rate != t.Rate[0].Rate || phase.Rate.From != phase.Rate.To {
			return false
		}
	}
	return true
}

// beginningOf looks at the answers of each interval: how many, and how late. An
// interval without any shows in the first.
func beginningOf(l *sim.ClassLine) (cut int, what string) {
	goodput, latency := make([]float64, len(l.Succeeded)), make([]float64, 0, len(l.Succeeded))
	for i, n := range l.Succeeded {
		if goodput[i] = float64(n); n > 0 {
			latency = append(latency, l.Latency[i].Mean())
		}
	}
	if cut, ok := stats.Beginning(goodput); ok {
		return cut, "goodput"
	}
	if cut, ok := stats.Beginning(latency); ok && len(latency) == len(goodput) {
		return cut, "latency"
	}
	return 0, ""
}
