package policy_test

import (
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// The cases of Envoy's edf_scheduler_test.cc. Those of peeking and of expired
// entries have no counterpart: nothing here looks ahead, and a schedule is made
// anew when a host goes.

func counting(n int) []float64 {
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = float64(i + 1)
	}
	return weights
}

// TestEDFUnweighted is Unweighted: equal weights take turns in their order.
func TestEDFUnweighted(t *testing.T) {
	weights := make([]float64, 128)
	for i := range weights {
		weights[i] = 1
	}
	e := policy.EDF(weights, 0)
	for n := range 128 * 128 {
		if got := e.Next(weights); got != n%128 {
			t.Fatalf("pick %d is %d", n, got)
		}
	}
}

// TestEDFWeighted is Weighted: in as many picks as all weights together, each
// place is picked exactly as often as it weighs.
func TestEDFWeighted(t *testing.T) {
	weights, picked := counting(128), make([]float64, 128)
	e := policy.EDF(weights, 0)
	for range 128 * 129 / 2 {
		picked[e.Next(weights)]++
	}
	for i, n := range picked {
		if n != weights[i] {
			t.Errorf("place %d of weight %v was picked %v times", i, weights[i], n)
		}
	}
}

// naive is a schedule without a heap, into which places are put one by one.
type naive struct {
	deadlines []float64
	order     []int
	added     int
}

func newNaive(weights []float64, augment float64) *naive {
	n := &naive{}
	for i, w := range weights {
		n.deadlines, n.order = append(n.deadlines, 1/(w+augment)), append(n.order, i)
	}
	n.added = len(weights)
	return n
}

func (n *naive) next(weights []float64) int {
	best := 0
	for i, d := range n.deadlines {
		if d < n.deadlines[best] || d == n.deadlines[best] && n.order[i] < n.order[best] {
			best = i
		}
	}
	n.deadlines[best] += 1 / weights[best]
	n.order[best] = n.added
	n.added++
	return best
}

// TestEDFAfterPicks is SchedulerWithZeroPicksEqualToEmptyWithAddedEntries and
// SchedulerWithSomePicksEqualToEmptyWithAddedEntries: a schedule that begins
// after so many picks is the one that has made them, to 1e-5.
func TestEDFAfterPicks(t *testing.T) {
	spread := make([]float64, 128)
	for i := range spread {
		spread[i] = (100.5-0.01)/128*float64(i) + 0.01
	}
	for _, c := range []struct {
		weights []float64
		picks   int
	}{{counting(128), 0}, {spread, 5}, {spread, 140}, {spread, 501}, {spread, 123456}, {spread, 894571}} {
		slow := newNaive(c.weights, 0)
		for range c.picks {
			slow.next(c.weights)
		}
		places, deadlines := policy.EDF(c.weights, uint32(c.picks)).Turns()
		for i, place := range places {
			if i > 0 && deadlines[i] < deadlines[i-1] || math.Abs(deadlines[i]-slow.deadlines[place]) > 1e-5 {
				t.Fatalf("after %d picks, turn %d is place %d at %v; its deadline is %v", c.picks, i, place, deadlines[i], slow.deadlines[place])
			}
		}
	}
}

// TestEDFPicksAsTheNaiveOne: the same places in the same order, ties included.
func TestEDFPicksAsTheNaiveOne(t *testing.T) {
	d := dice(1)
	for range 200 {
		weights := make([]float64, 1+d.IntN(20))
		for i := range weights {
			weights[i] = float64(1 + d.IntN(4))
		}
		fast, slow := policy.EDF(weights, 0), newNaive(weights, 1e-13)
		for n := range 5 * len(weights) {
			at := d.IntN(len(weights))
			weights[at] = float64(1 + d.IntN(4)) // in force at the place's next turn
			got := fast.Next(weights)
			if want := slow.next(weights); got != want {
				_, deadlines := fast.Turns()
				t.Fatalf("pick %d is %d, want %d; %v", n, got, want, deadlines)
			}
		}
	}
}

// TestEDFEmpty is Empty and SchedulerWithSomePicksEmptyEntries.
func TestEDFEmpty(t *testing.T) {
	if places, _ := policy.EDF(nil, 123).Turns(); len(places) != 0 {
		t.Errorf("a schedule of nothing has %v", places)
	}
}

// TestEDFFirstPicks is SchedulerWithRandomPicksFirstPickDistribution: of many
// proxies that begin at random, as many pick a place first as it weighs.
func TestEDFFirstPicks(t *testing.T) {
	const proxies = 100_000
	d := dice(1)
	for _, weights := range [][]float64{{25, 75}, {1, 99}, {50, 50}, {1, 20, 79}} {
		first := make([]float64, len(weights))
		for range proxies {
			first[policy.EDF(weights, uint32(d.Uint64())).Next(weights)]++
		}
		for i, w := range weights {
			if p, got := w/100, first[i]/proxies; math.Abs(got-p) > 4*math.Sqrt(p*(1-p)/proxies) {
				t.Errorf("weights %v: %.4f begin with %d", weights, got, i)
			}
		}
	}
}
