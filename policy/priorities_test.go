package policy_test

import (
	"fmt"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

type levels = []policy.Level

// The vectors are those of Envoy's load_balancer_impl_base_test.cc, by the name
// of the test and in its order. A level is {hosts, healthy, degraded, excluded}.
var priorityVectors = []struct {
	name              string
	levels            levels
	factor, threshold int
	want              string // load, load of degraded hosts, panics
}{
	{"PrioritySelection", levels{{Hosts: 1}, {Hosts: 1}}, 140, 50, "[50 50] [0 0] [true true]"},
	{"PrioritySelection", levels{{Hosts: 1}, {Hosts: 2}}, 140, 50, "[34 66] [0 0] [true true]"},
	{"PrioritySelection", levels{{Hosts: 1}, {Hosts: 2}, {1, 1, 0, 0, w}}, 140, 50, "[0 0 100] [0 0 0] [false false false]"},
	{"PrioritySelection", levels{{1, 1, 0, 0, w}, {Hosts: 2}, {1, 1, 0, 0, w}}, 140, 50, "[100 0 0] [0 0 0] [false false false]"},
	{"OverProvisioningFactor", levels{{4, 2, 0, 0, w}, {4, 2, 0, 0, w}}, 140, 50, "[70 30] [0 0] [false false]"},
	{"OverProvisioningFactor", levels{{4, 2, 0, 0, w}, {4, 2, 0, 0, w}}, 100, 50, "[50 50] [0 0] [false false]"},
	// Of round_robin_lb_test.cc; the first has no excluded host there either.
	{"PrioritiesWithNotAllWarmedHosts", levels{{2, 1, 0, 0, w}, {1, 1, 0, 0, w}}, 140, 50, "[70 30] [0 0] [false false]"},
	{"PrioritiesWithNotAllWarmedHosts, as its comment has it", levels{{2, 1, 0, 1, w}, {1, 1, 0, 0, w}}, 140, 50, "[100 0] [0 0] [false false]"},
	{"PrioritiesWithZeroWarmedHosts", levels{{2, 0, 0, 0, w}, {1, 1, 0, 0, w}}, 140, 50, "[0 100] [0 0] [false false]"},
	{"BasicFailoverDegradedHosts", levels{{1, 0, 1, 0, w}, {1, 1, 0, 0, w}}, 140, 50, "[0 100] [0 0] [false false]"},
	{"DegradedLocality", levels{{3, 1, 2, 0, w}}, 140, 50, "[46] [54] [false]"},
	{"MaxUnhealthyPanic", levels{{6, 2, 0, 0, w}}, 140, 50, "[100] [0] [true]"},
	{"MaxUnhealthyPanic, above the threshold", levels{{6, 4, 0, 0, w}}, 140, 50, "[100] [0] [false]"},

	{"WeightedPriorityHealth", levels{{4, 2, 0, 0, [3]int{6, 0, 10}}, {1, 1, 0, 0, w}}, 100, 50, "[60 40] [0 0] [false false]"},
	{"WeightedPriorityHealthExcluded", levels{{3, 1, 0, 1, [3]int{4, 0, 10}}, {1, 1, 0, 0, w}}, 100, 50, "[40 60] [0 0] [false false]"},
	{"WeightedPriorityHealthDegraded", levels{{4, 1, 1, 0, [3]int{4, 3, 10}}, {2, 1, 1, 0, [3]int{1, 9, 10}}}, 100, 50, "[40 10] [30 20] [false false]"},

	{"GentleFailover", levels{{1, 1, 0, 0, w}, {1, 1, 0, 0, w}}, 140, 50, "[100 0] [0 0] [false false]"},
	{"GentleFailover", levels{{2, 1, 0, 0, w}, {2, 1, 0, 0, w}}, 140, 50, "[70 30] [0 0] [false false]"},
	{"GentleFailover", levels{{4, 1, 0, 0, w}, {2, 2, 0, 0, w}}, 140, 50, "[35 65] [0 0] [false false]"},
	{"GentleFailover", levels{{4, 1, 0, 0, w}, {4, 1, 0, 0, w}}, 140, 50, "[50 50] [0 0] [true true]"},
	{"GentleFailover", levels{{4, 1, 0, 3, w}, {5, 1, 0, 0, w}}, 140, 50, "[100 0] [0 0] [false false]"},
	{"GentleFailover", levels{{4, 0, 0, 4, w}, {4, 1, 0, 0, w}}, 140, 50, "[50 50] [0 0] [true true]"},
	{"GentleFailover", levels{{4, 0, 0, 1, w}, {6, 1, 0, 2, w}}, 140, 50, "[40 60] [0 0] [true true]"},

	{"WithExtraLevels", levels{{1, 1, 0, 0, w}, {1, 1, 0, 0, w}, {1, 1, 0, 0, w}}, 140, 50, "[100 0 0] [0 0 0] [false false false]"},
	{"WithExtraLevels", levels{{2, 1, 0, 0, w}, {2, 1, 0, 0, w}, {2, 1, 0, 0, w}}, 140, 50, "[70 30 0] [0 0 0] [false false false]"},
	{"WithExtraLevels", levels{{4, 1, 0, 0, w}, {2, 2, 0, 0, w}, {2, 1, 0, 0, w}}, 140, 50, "[35 65 0] [0 0 0] [false false false]"},
	{"WithExtraLevels", levels{{4, 1, 0, 0, w}, {4, 1, 0, 0, w}, {4, 1, 0, 0, w}}, 140, 50, "[35 35 30] [0 0 0] [false false false]"},
	{"WithExtraLevels", levels{{5, 1, 0, 0, w}, {5, 1, 0, 0, w}, {5, 1, 0, 0, w}}, 140, 50, "[34 33 33] [0 0 0] [true true true]"},
	{"WithExtraLevels", levels{{Hosts: 5}, {Hosts: 5}, {5, 5, 0, 0, w}}, 140, 50, "[0 0 100] [0 0 0] [false false false]"},
	{"WithExtraLevels", levels{{Hosts: 5}, {Hosts: 5}, {5, 4, 0, 0, w}}, 140, 50, "[0 0 100] [0 0 0] [false false false]"},
	{"WithExtraLevels", levels{{Hosts: 5}, {Hosts: 5}, {5, 2, 0, 0, w}}, 140, 50, "[34 33 33] [0 0 0] [true true true]"},
	{"WithExtraLevels", levels{{5, 0, 5, 0, w}, {5, 2, 2, 0, w}, {5, 2, 0, 0, w}}, 140, 50, "[0 56 44] [0 0 0] [false false false]"},
	{"WithExtraLevels", levels{{Hosts: 5}, {Hosts: 3}, {Hosts: 2}}, 140, 50, "[50 30 20] [0 0 0] [true true true]"},
	{"WithExtraLevels", levels{{Hosts: 5}, {6, 2, 0, 0, w}, {3, 1, 0, 0, w}}, 140, 50, "[37 42 21] [0 0 0] [true true true]"},
	{"WithExtraLevels", levels{{5, 0, 1, 0, w}, {5, 0, 5, 0, w}, {5, 1, 0, 0, w}}, 140, 50, "[0 0 28] [28 44 0] [false false false]"},
	{"WithExtraLevels", levels{{Hosts: 5}, {5, 0, 2, 0, w}, {5, 0, 1, 0, w}}, 140, 0, "[0 0 0] [0 67 33] [false false false]"},
	{"WithExtraLevels", levels{{Hosts: 5}, {5, 0, 2, 0, w}, {5, 0, 1, 0, w}}, 140, 50, "[34 33 33] [0 0 0] [true true true]"},
	{"WithExtraLevels", levels{{Hosts: 3}, {Hosts: 3}, {Hosts: 3}}, 140, 50, "[34 33 33] [0 0 0] [true true true]"},
	{"WithExtraLevels", levels{{}, {Hosts: 6}, {Hosts: 3}}, 140, 50, "[0 67 33] [0 0 0] [true true true]"},

	// What Envoy's documentation rounds otherwise: priority.rst says 36/36/28,
	// panic_threshold.rst 7/93.
	{"three that carry 35, 35 and 28", levels{{100, 25, 0, 0, w}, {100, 25, 0, 0, w}, {100, 20, 0, 0, w}}, 140, 0, "[37 35 28] [0 0 0] [false false false]"},
	{"the same in panic", levels{{100, 25, 0, 0, w}, {100, 25, 0, 0, w}, {100, 20, 0, 0, w}}, 140, 50, "[34 33 33] [0 0 0] [true true true]"},
	{"5% and 65% are in", levels{{100, 5, 0, 0, w}, {100, 65, 0, 0, w}}, 140, 50, "[8 92] [0 0] [true false]"},
	{"nobody is in, and no panic", levels{{Hosts: 3}, {Hosts: 3}}, 140, 0, "[100 0] [0 0] [false false]"},
	{"nobody is there", levels{{}, {}}, 140, 50, "[100 0] [0 0] [true true]"},
}

var w [3]int // every host counts alike

func TestPriorityLoads(t *testing.T) {
	for _, c := range priorityVectors {
		load, degraded, panics := policy.SpreadOver(c.levels, c.factor, c.threshold)
		if got := fmt.Sprint(load, degraded, panics); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.name, c.levels, got, c.want)
		}
	}
}

// Whatever is in, the shares sum to 100 and none is below 0; and a priority that
// gets any has a host to take it (load_balancer_impl_base_test.cc,
// BoundaryConditions: up to 9 priorities of up to 99 hosts).
func TestPriorityLoadsSum(t *testing.T) {
	d := dice(1)
	for range 20_000 {
		all := make(levels, 1+d.IntN(9))
		for i := range all {
			all[i].Hosts = d.IntN(100)
			all[i].Healthy = d.IntN(all[i].Hosts + 1)
			all[i].Degraded = d.IntN(all[i].Hosts - all[i].Healthy + 1)
		}
		load, degraded, panics := policy.SpreadOver(all, 100+d.IntN(200), 1+d.IntN(100))
		sum := 0
		for i, l := range all {
			sum += load[i] + degraded[i]
			if load[i] < 0 || degraded[i] < 0 || load[i] > 0 && l.Healthy == 0 && !panics[i] || degraded[i] > 0 && l.Degraded == 0 {
				t.Fatalf("%v: %v %v %v", all, load, degraded, panics)
			}
		}
		if sum != 100 {
			t.Fatalf("%v: %v and %v sum to %d", all, load, degraded, sum)
		}
	}
}

// The hundred numbers that a request can draw fall on the priorities in the
// shares they have, on healthy hosts first.
func TestPriorityOf(t *testing.T) {
	load, degraded := []int{40, 10}, []int{30, 20}
	var got [4]int
	for hash := uint64(100); hash < 200; hash++ {
		level, limping := policy.PriorityOf(load, degraded, hash)
		if limping {
			level += 2
		}
		got[level]++
	}
	if got != [4]int{40, 10, 30, 20} {
		t.Errorf("of a hundred: %v", got)
	}
}
