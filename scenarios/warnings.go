package scenarios

import (
	"fmt"
	"slices"

	"github.com/meshdyno/meshdyno/result"
)

// warnings are the doubts that a run leaves about its own figures.
func (r *runner) warnings(out *result.Result) []string {
	var all []string
	add := func(format string, a ...any) { all = append(all, fmt.Sprintf(format, a...)) }
	if t := r.transient; t != nil && !t.OK {
		add("warm-up: %s; nothing was cut", t.Note)
	}
	if warm := r.model.Warmup.Seconds(); warm > 0 && out.MeasuredS < 10*warm && r.scenario.Warmup.Auto {
		add("the run is shorter than ten times its warm-up of %.3gs: make it longer", warm)
	}
	for i := range r.scenario.Traffic {
		name := r.scenario.Traffic[i].Name
		t := out.Traffic[name]
		if t.NoSteady {
			add("%s: no steady state: requests in flight grew to the end of the run", name)
		}
		if n := t.Outcomes["unfinished"]; n*100 > t.Requests && n > 10 {
			add("%s: %d of %d requests were still in flight at the end; their latencies are not in the figures", name, n, t.Requests)
		}
		if t.LatencyCI95 != nil {
			for _, why := range t.LatencyCI95.CannotTell {
				add("%s: cannot tell %s", name, why)
			}
		}
	}
	for _, name := range grown(out) {
		add("%s: no steady state: its queue grew to the end of the run", name)
	}
	return all
}

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
