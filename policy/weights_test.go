package policy_test

import (
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// weighing are the kinds whose idle hosts are asked in proportion to weight.
var weighing = []string{"round_robin", "least_request", "client_side_weighted_round_robin", "weighted_random"}

// shares is what each host gets of so many picks by fresh balancers, each of
// which makes a few.
func shares(settings policy.BalancerSettings, set *policy.Set, picks, each int) []float64 {
	got := make([]float64, len(set.Hosts))
	for n := 0; n < picks; n += each {
		b, d := settings.New(), dice(uint64(n))
		for range each {
			got[b.Pick(0, set, &policy.Ask{}, &d)]++
		}
	}
	for i := range got {
		got[i] /= float64(picks)
	}
	return got
}

func weighted(weights []uint32, active ...int32) *policy.Set {
	endpoints, hosts := make([]policy.Endpoint, len(weights)), make([]policy.Host, len(weights))
	for i, w := range weights {
		endpoints[i].Weight = w
	}
	for i, n := range active {
		hosts[i].Active = n
	}
	return policy.NewSet(endpoints, hosts)
}

func within(t *testing.T, name string, got, want []float64, picks float64) {
	t.Helper()
	for i, p := range want {
		if deviation := math.Sqrt(p * (1 - p) / picks); math.Abs(got[i]-p) > 4*deviation {
			t.Errorf("%s: host %d gets %.4f, want %.4f +- %.4f", name, i, got[i], p, 4*deviation)
		}
	}
}

// TestWeightsAreShares: over the picks of one balancer and over the first picks
// of many, hosts are asked in proportion to their weights; equal weights of any
// size are equal shares, and one that is 0 is 1.
func TestWeightsAreShares(t *testing.T) {
	const picks = 20_000
	for _, name := range weighing {
		settings := policy.Balancers.Must(name)
		for _, weights := range [][]uint32{{1, 2}, {1, 2, 3, 4, 10}, {7, 7, 7}, {0, 3}, {1, 1000}, {4_000_000_000, 3_999_999_999, 1_000_000_001}} {
			sum, want := 0.0, make([]float64, len(weights))
			for _, w := range weights {
				sum += float64(max(w, 1))
			}
			for i, w := range weights {
				want[i] = float64(max(w, 1)) / sum
			}
			within(t, name+", one", shares(settings, weighted(weights), picks, picks), want, picks)
			within(t, name+", many", shares(settings, weighted(weights), picks, 1), want, picks)
		}
	}
}

// TestLeastRequestWeight is Weight of Envoy's load_balancer_simulation_test.cc:
// the first host has the weight and the requests, the others 1 and none.
func TestLeastRequestWeight(t *testing.T) {
	const picks = 100_000
	settings := policy.Balancers.Must("least_request")
	for _, c := range []struct {
		weight uint32
		active int32
		want   []float64
	}{
		{1, 0, []float64{1. / 3, 1. / 3, 1. / 3}},
		{1, 10, []float64{.111, .4445, .4445}},
		{1, 10, []float64{.25, .75}},
		{2, 0, []float64{.6666, .3333}},
		{2, 1, []float64{.50, .50}},
		{2, 1, []float64{.333, .333, .333}},
	} {
		weights := make([]uint32, len(c.want))
		weights[0] = c.weight
		got := shares(settings, weighted(weights, c.active), picks, picks)
		for i, p := range c.want {
			if math.Abs(got[i]-p) > .01 { // the test's own tolerance
				t.Errorf("weight %d, %d under way: %.4f, want %v", c.weight, c.active, got, c.want)
				break
			}
		}
	}
}

// TestFullScanIsFairAmongEquals is FullScanMultipleHostsWithLeastRequests of
// Envoy's least_request_lb_test.cc: the three least busy get a third each.
func TestFullScanIsFairAmongEquals(t *testing.T) {
	const picks = 300_000
	for name, settings := range map[string]policy.BalancerSettings{
		"full_scan":                  &policy.LeastRequest{SelectionMethod: "full_scan"},
		"least_outstanding_requests": &policy.LeastOutstanding{},
	} {
		set := policy.NewSet(nil, []policy.Host{{Active: 3}, {Active: 3}, {Active: 1}, {Active: 1}, {Active: 1}})
		within(t, name, shares(settings, set, picks, picks), []float64{0, 0, 1. / 3, 1. / 3, 1. / 3}, picks)
	}
}

// TestTenBeginningsReachAll is WeightedInitializationPicksAllHosts of Envoy's
// round_robin_lb_test.cc: of ten balancers with consecutive seeds, six begin
// with the host of weight 6, three with that of 3, one with that of 1.
func TestTenBeginningsReachAll(t *testing.T) {
	weights, first := []uint32{6, 3, 1}, make([]uint32, 3)
	for seed := range uint64(10) {
		d := dice(1)
		first[policy.Seeded(&policy.RoundRobin{}, seed).Pick(0, weighted(weights), &policy.Ask{}, &d)]++
	}
	for i, n := range first {
		if n != weights[i] {
			t.Errorf("%v begin with each host, want %v", first, weights)
		}
	}
}

// TestRebuildsAllocateNothing: another set of no more hosts is scheduled in the
// memory of the one before.
func TestRebuildsAllocateNothing(t *testing.T) {
	for _, name := range weighing {
		b, d, set, ask := policy.Balancers.Must(name).New(), dice(1), weighted([]uint32{1, 2, 3, 4, 5}), &policy.Ask{}
		b.Pick(0, set, ask, &d)
		if n := testing.AllocsPerRun(100, func() { set.Version++; b.Pick(0, set, ask, &d) }); n != 0 {
			t.Errorf("%s: %v allocations a rebuild", name, n)
		}
	}
}

// BenchmarkWeightedPick is a pick among 1,000 hosts of unequal weight.
func BenchmarkWeightedPick(b *testing.B) {
	weights := make([]uint32, 1000)
	for i := range weights {
		weights[i] = uint32(1 + i%7)
	}
	for _, name := range weighing {
		b.Run(name, func(b *testing.B) {
			balancer, d, set, ask := policy.Balancers.Must(name).New(), dice(1), weighted(weights), &policy.Ask{}
			b.ReportAllocs()
			for b.Loop() {
				balancer.Pick(0, set, ask, &d)
			}
		})
	}
}
