package scenarios

import (
	"fmt"
	"slices"
	"time"

	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/sim"
	"github.com/meshdyno/meshdyno/stats"
)

// warnings are the doubts that a run leaves about its own figures.
func (r *runner) warnings(out *result.Result, tally *sim.Tally) []string {
	all := []string{r.warmupWarning(out), stats.WarnFew(out.Replications)}
	all = append(all, r.beginnings(&tally.Timeline)...)
	for i := range r.scenario.Traffic {
		name := r.scenario.Traffic[i].Name
		for _, why := range classWarnings(out.Traffic[name]) {
			all = append(all, prefixed(name, why))
		}
	}
	for _, name := range grown(out) {
		all = append(all, stats.WarnNoSteadyState(name, true))
	}
	return slices.DeleteFunc(all, func(text string) bool { return text == "" })
}

func (r *runner) warmupWarning(out *result.Result) string {
	if t := r.transient; t != nil && !t.OK {
		return fmt.Sprintf("warm-up: %s; nothing was cut", t.Note)
	}
	return stats.WarnShort(r.model.Warmup, time.Duration(out.MeasuredS*1e9))
}

func classWarnings(t *result.Traffic) []string {
	all := []string{stats.WarnUnfinished(t.Outcomes["unfinished"], t.Requests)}
	if t.NoSteady {
		all = append(all, "no steady state: requests in flight grew to the end of the run")
	}
	if t.LatencyCI95 != nil {
		for _, why := range t.LatencyCI95.CannotTell {
			all = append(all, "cannot tell "+why)
		}
	}
	return all
}

func prefixed(name, why string) string {
	if why == "" {
		return ""
	}
	return name + ": " + why
}

// grown are the services whose queues grew to the end.
func grown(out *result.Result) []string {
	var names []string
	for name, s := range out.Services {
		if s.NoSteady {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
