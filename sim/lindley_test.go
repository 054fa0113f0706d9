package sim

import (
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
)

// A second engine, of a few lines, for one queue: it draws what the simulator
// draws and adds up the waits. Both must agree to the nanosecond.

// lindley is the sum of the waits, and the number, of the requests that are
// answered by the end, when they meet c servers first come first served:
// Lindley 1952 for one, Kiefer and Wolfowitz 1955 for more.
func lindley(m *Model, seed uint64, c int) (waits, stays mesh.Time, n uint64) {
	class := &m.Traffic[0]
	until := mesh.Time(m.Duration)
	pacer := class.Arrivals.Pacer.New(loadgen.Profile(class.Rate), chance.New(seed, 0, "traffic."+class.Name, "arrivals"))
	requests := chance.Key(seed, 0, "traffic."+class.Name, "requests")
	law := m.Services[0].Endpoints[0].Steps[0].Work.Dist
	free := make([]mesh.Time, c)
	for count := uint64(1); ; count++ {
		at := pacer.Next()
		if at >= until {
			return waits, stays, n
		}
		dice := chance.Keyed(chance.Mix(chance.Mix(requests, count), 1<<8)) // its first attempt
		slices.Sort(free)
		begin := max(at, free[0])
		free[0] = begin + mesh.Time(law.Draw(&dice))
		if free[0] < until { // at the very end the answer is still on its way
			waits, stays, n = waits+begin-at, stays+free[0]-at, n+1
		}
	}
}

func TestQueuesAgreeWithLindley(t *testing.T) {
	if raceDetector {
		t.Skip("slow under the race detector")
	}
	for _, gaps := range []string{"exp(1s)", "1s", "gamma(1s, cv=2)", "lognormal(1s, cv=1)"} {
		for _, law := range []string{"exp(10ms)", "10ms", "lognormal(10ms, cv=2)", "pareto(min=4ms, alpha=1.5, max=1s)", "uniform(0ms, 20ms)"} {
			for _, c := range []int{1, 2, 5} {
				m := stationOf(t, c, .8, law)
				m.Traffic[0].Arrivals.Pacer = &loadgen.Renewal{Gaps: dur(t, gaps)}
				m.Duration = 8 * time.Second
				waits, stays, n := lindley(&m, 7, c)
				tally := run(t, m, 7)
				e := &tally.Edges[0]
				if got := mesh.Time(e.Cost[Queue]); got != waits || e.Succeeded != n || mesh.Time(total(e.Cost[:])) != stays || n < 400 {
					t.Errorf("%s gaps, %s, %d servers: %d requests waited %v in all, not %d who waited %v", gaps, law, c, e.Succeeded, got, n, waits)
				}
			}
		}
	}
}
