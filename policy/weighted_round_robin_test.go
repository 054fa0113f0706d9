package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// told is a gRPC weighted round robin whose hosts have reported these weights
// for long enough, at the beginning of its turns.
func told(weights ...float64) (policy.Balancer, *policy.Set) {
	b := policy.Seeded(policy.Balancers.Must("weighted_round_robin"), 0)
	set, d := policy.NewSet(nil, make([]policy.Host, len(weights))), dice(1)
	b.Pick(0, set, &policy.Ask{}, &d)
	for i, w := range weights {
		b.(policy.Reporter).Report(0, i, policy.Report{QPS: w, CPU: 1})
	}
	return policy.Rewind(b), set
}

func pickAt(b policy.Balancer, now time.Duration, set *policy.Set, picks int) (order []int, counts []int) {
	d := dice(1)
	counts = make([]int, len(set.Hosts))
	for range picks {
		host := b.Pick(mesh.Time(now), set, &policy.Ask{}, &d)
		order = append(order, host)
		counts[host]++
	}
	return order, counts
}

const later = 15 * time.Second // past the blackout, and the next look

// TestStaticStride: the cases of gRPC's static_stride_scheduler_test.cc that
// hold in every language. Only C++ and Java keep weights within a ratio of the
// mean; grpc-go, which this is, does not.
func TestStaticStride(t *testing.T) {
	for _, c := range []struct {
		name    string
		weights []float64
		want    []int
	}{
		{"PicksAreWeightedExactly", []float64{1, 2, 3}, []int{1, 2, 3}},
		{"ZeroWeightUsesMean", []float64{3, 0, 1}, []int{3, 2, 1}},
		{"AllWeightsEqualIsRoundRobin", []float64{300, 300, 0}, []int{2, 2, 2}},
		{"OneWeightsIsNullopt: round robin", []float64{0, 5}, []int{3, 3}},
		{"AllZeroWeightsIsNullopt: round robin", []float64{0, 0, 0}, []int{2, 2, 2}},
	} {
		b, set := told(c.weights...)
		if order, counts := pickAt(b, later, set, 6); !slices.Equal(counts, c.want) {
			t.Errorf("%s: %v of weights %v are %v, want %v", c.name, order, c.weights, counts, c.want)
		}
	}
}

// TestLargestIsPickedEveryGeneration, of the same file: in 65535 generations,
// which are 65535 times the mean of picks, the largest weight has every turn.
func TestLargestIsPickedEveryGeneration(t *testing.T) {
	b, set := told(1, 2, 3)
	if _, counts := pickAt(b, later, set, 2*65535); counts[2] != 65535 {
		t.Errorf("the largest was picked %d times", counts[2])
	}
}

// TestStrideWeights: scaled to 16 bits by the largest, as grpc-go's
// newScheduler does; plain round robin has none.
func TestStrideWeights(t *testing.T) {
	for _, c := range []struct {
		weights []float64
		want    []uint16
	}{
		{[]float64{1, 2, 3}, []uint16{21845, 43690, 65535}},
		{[]float64{10, 100}, []uint16{6554, 65535}},
		{[]float64{3, 0, 1}, []uint16{65535, 43690, 21845}}, // the mean of 3 and 1
		{[]float64{5, 5, 0}, nil},
		{[]float64{5, 0, 0}, nil},
	} {
		b, set := told(c.weights...)
		pickAt(b, later, set, 1)
		if got := policy.Stride(b); !slices.Equal(got, c.want) {
			t.Errorf("weights %v are %v, want %v", c.weights, got, c.want)
		}
	}
}

// TestErrorPenalty is TestBalancer_TwoAddresses_ErrorPenalty of grpc-go's
// balancer_test.go: 10 to 1 while errors do not count, and equal when they do.
func TestErrorPenalty(t *testing.T) {
	for penalty, want := range map[float64][]uint16{0: {6554, 65535}, 0.9: nil} {
		settings := policy.Balancers.Must("weighted_round_robin").(*policy.WeightedRoundRobin)
		settings.ErrorUtilizationPenalty = penalty
		b, set, d := settings.New(), policy.NewSet(nil, make([]policy.Host, 2)), dice(1)
		b.Pick(0, set, &policy.Ask{}, &d)
		b.(policy.Reporter).Report(0, 0, policy.Report{QPS: 10, CPU: 1})
		b.(policy.Reporter).Report(0, 1, policy.Report{QPS: 10, CPU: .1, EPS: 10})
		pickAt(b, later, set, 1)
		if got := policy.Stride(b); !slices.Equal(got, want) {
			t.Errorf("penalty %v: weights %v, want %v", penalty, got, want)
		}
	}
}

// TestReportsCountAtTheLook: weights are computed once a second, with what was
// reported by then, however seldom a host is picked.
func TestReportsCountAtTheLook(t *testing.T) {
	for _, kind := range []string{"client_side_weighted_round_robin", "weighted_round_robin"} {
		b, set, d := policy.Balancers.Must(kind).New(), policy.NewSet(nil, make([]policy.Host, 2)), dice(1)
		pick := func(now time.Duration) { b.Pick(mesh.Time(now), set, &policy.Ask{}, &d) }
		report := func(now time.Duration, qps float64) {
			b.(policy.Reporter).Report(mesh.Time(now), 0, policy.Report{QPS: qps, CPU: 1})
			b.(policy.Reporter).Report(mesh.Time(now), 1, policy.Report{QPS: 10, CPU: 1})
		}
		third := func(now time.Duration, want float64) {
			t.Helper()
			_, counts := pickAt(b, now, set, 3000)
			if got := float64(counts[0]) / 3000; got < want-.01 || got > want+.01 {
				t.Errorf("%s at %v: host 0 gets %.3f, want %.3f", kind, now, got, want)
			}
		}
		pick(0)
		report(time.Second, 20)
		report(20*time.Second+1, 90) // after the look at 20 s
		third(20*time.Second+2, 2./3)
		third(20*time.Second+999*msec, 2./3)
		third(21*time.Second, .9)
	}
}

// TestUpstreamsHandOnReports: to balancers that take them; others do not mind.
func TestUpstreamsHandOnReports(t *testing.T) {
	upstream(t, 2, "load_balancer: round_robin").Report(0, 1, policy.Report{QPS: 1, CPU: 1})
	up := upstream(t, 2, "load_balancer: {policy: weighted_round_robin, blackout_period: 0s}")
	var c policy.Call
	picks := func(now mesh.Time) (counts [2]int) {
		for range 1100 {
			c.Begin(now, up, nil)
			for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
				if a.Kind == policy.Send || a.Kind == policy.Connect {
					counts[a.Host]++
				}
			}
			c.Done(now, 1, replied(mesh.OK))
			c.Next()
		}
		return counts
	}
	picks(0)
	up.Report(1, 0, policy.Report{QPS: 100, CPU: 1})
	up.Report(1, 1, policy.Report{QPS: 10, CPU: 1})
	if got := picks(2e9); got[0] < 990 || got[0] > 1010 {
		t.Errorf("hosts that report 10 to 1 are asked %v", got)
	}
}
