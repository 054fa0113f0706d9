package policy_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestLocalities holds the choice of zones to Envoy's (upstream_impl_test.cc,
// HostSetImplLocalityTest). NotWarmedHostsLocality needs hosts that wait for
// their first health check.
func TestLocalities(t *testing.T) {
	one := []int{1, 1, 1}
	for _, c := range []struct {
		name    string
		weights []uint32
		all, in []int
		want    []int
	}{
		{"Empty", nil, nil, nil, []int{-1}},
		{"AllUnhealthy", []uint32{1, 1, 1}, one, []int{0, 0, 0}, []int{-1}},
		{"EmptyLocality", []uint32{1, 1}, []int{3, 0}, []int{3, 0}, []int{0, 0}},
		{"AllZeroWeights", []uint32{0, 0}, one, one, []int{-1}},
		{"Unweighted", []uint32{1, 1, 1}, one, one, []int{0, 1, 2, 0, 1, 2}},
		{"Weighted", []uint32{1, 2}, one, one, []int{1, 0, 1, 1, 0, 1}},
		{"MissingWeight", []uint32{1, 0, 1}, one, one, []int{0, 2, 0, 2, 0, 2}},
	} {
		if got := policy.LocalityPicks(c.weights, c.all, c.in, 140, 0, len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestLocalitiesAllChosen: proxies begin at different places, so that the first
// picks of many are as the weights (upstream_impl_test.cc, WeightedAllChosen).
func TestLocalitiesAllChosen(t *testing.T) {
	var counts [3]int
	for seed := range uint32(10) {
		counts[policy.LocalityPicks([]uint32{1, 6, 3}, []int{1, 1, 1}, []int{1, 1, 1}, 140, seed, 1)[0]]++
	}
	if counts != [3]int{1, 6, 3} {
		t.Errorf("first picks: %v", counts)
	}
}

// TestLocalityFailover: a zone loses weight gently as its hosts go
// (upstream_impl_test.cc, UnhealthyFailover; OverProvisioningFactorTest,
// LocalityPickChanges).
func TestLocalityFailover(t *testing.T) {
	for _, c := range []struct {
		weights []uint32
		all, in []int
		factor  int
		first   int // of a hundred
	}{
		{[]uint32{1, 2}, []int{5, 1}, []int{5, 1}, 140, 33},
		{[]uint32{1, 2}, []int{5, 1}, []int{4, 1}, 140, 33},
		{[]uint32{1, 2}, []int{5, 1}, []int{3, 1}, 140, 29},
		{[]uint32{1, 2}, []int{5, 1}, []int{2, 1}, 140, 22},
		{[]uint32{1, 2}, []int{5, 1}, []int{1, 1}, 140, 12},
		{[]uint32{1, 2}, []int{5, 1}, []int{0, 1}, 140, 0},
		{[]uint32{1, 1}, []int{2, 1}, []int{1, 1}, 100, 33},
		{[]uint32{1, 1}, []int{2, 1}, []int{1, 1}, 200, 50},
	} {
		first := 0
		for _, zone := range policy.LocalityPicks(c.weights, c.all, c.in, c.factor, 0, 100) {
			if zone == 0 {
				first++
			}
		}
		if first != c.first {
			t.Errorf("%v of %v are in, factor %d: %d of 100 picks are the first zone's, want %d", c.in, c.all, c.factor, first, c.first)
		}
	}
}

const zonesWeighed = "common_lb_config: {locality_weighted_lb_config: {}}\n"

// twoZones is an upstream with hosts in zones a (weight 3) and b (weight 1), in
// these numbers.
func twoZones(t testing.TB, text string, a, b int) *policy.Upstream {
	t.Helper()
	p := plan(t, text)
	var endpoints []policy.Endpoint
	for i := range a + b {
		e := policy.Endpoint{Address: fmt.Sprint("payments-", i), Zone: "a", ZoneWeight: 3}
		if i >= a {
			e.Zone, e.ZoneWeight = "b", 1
		}
		endpoints = append(endpoints, e)
	}
	up := policy.NewUpstream(&p, endpoints, dice(1))
	up.Locate("b", []policy.ZoneCallers{{Zone: "b", Count: 1}})
	return up
}

// TestEveryBalancerWeighsZones: with each row of the menu that spreads requests,
// zone a gets three quarters of them, with one host as with four.
func TestEveryBalancerWeighsZones(t *testing.T) {
	for _, row := range policy.Balancers.Rows() {
		if row.Name == "source_hash" || row.Name == "pick_first" || row.Name == "first" {
			continue
		}
		for _, a := range []int{1, 4} {
			up, counts := twoZones(t, zonesWeighed+"load_balancer: "+row.Name, a, 2), make([]int, 6)
			for range 20_000 {
				counts[call(up, mesh.OK)]++
			}
			inA := 0
			for _, n := range counts[:a] {
				inA += n
			}
			if share := float64(inA) / 20_000; math.Abs(share-.75) > .025 {
				t.Errorf("%s, %d and 2 hosts: zone a gets %.3f", row.Name, a, share)
			}
			if n := testing.AllocsPerRun(200, func() { call(up, mesh.OK) }); n > 0 {
				t.Errorf("%s: %v allocations a call", row.Name, n)
			}
		}
	}
}

// TestWeightedZonesPanic: in panic all hosts are asked, and no zone counts; with
// no host in and no panic nobody is.
func TestWeightedZonesPanic(t *testing.T) {
	up := twoZones(t, zonesWeighed+ejecting, 1, 3)
	for host := range 4 {
		up.Hosts()[host].Ejected = true
	}
	up.Refresh()
	if got := tally(up, 4000); slices.Min(got) < 900 {
		t.Errorf("panic: %v", got)
	}
}

// TestGRPCWeighsZones: a zone keeps its weight while it has a host, and what it
// gets is drawn (gRPC's wrr_locality over weighted_target).
func TestGRPCWeighsZones(t *testing.T) {
	up := twoZones(t, zonesWeighed+"dialect: grpc", 4, 2)
	for host := range 3 {
		up.Hosts()[host].Ejected = true
	}
	up.Refresh()
	if got := tally(up, 10_000); got[3] < 7300 || got[3] > 7700 {
		t.Errorf("three of four are out: %v", got)
	}
	up.Hosts()[3].Ejected = true
	up.Refresh()
	if got := tally(up, 1000); got[4]+got[5] != 1000 {
		t.Errorf("all of zone a are out: %v", got)
	}
}

// TestHashedZones: tables with weighed zones (maglev_lb_test.cc and
// ring_hash_lb_test.cc, LocalityWeightedSameLocalityWeights,
// LocalityWeightedDifferentLocalityWeights, LocalityWeightedAllZeroLocalityWeights,
// LocalityWeightedLopsided, LocalityWeightedTinyRing, ZeroLocalityWeights).
func TestHashedZones(t *testing.T) {
	maglev := func(size int) string {
		return fmt.Sprintf("load_balancer: {policy: maglev, table_size: %d}\n", size)
	}
	const tiny = "load_balancer: {policy: ring_hash, minimum_ring_size: 6, maximum_ring_size: 6}\n"
	for _, c := range []struct {
		name, text string
		weights    []uint32 // of zones of one host each
		want       []int    // how many places each host has
	}{
		{"LocalityWeightedSameLocalityWeights", maglev(17), []uint32{1, 1}, []int{9, 8}},
		{"LocalityWeightedDifferentLocalityWeights", maglev(17), []uint32{8, 0, 2}, []int{13, 0, 4}},
		{"LocalityWeightedTinyRing", tiny, []uint32{1, 2, 3, 0}, []int{1, 2, 3, 0}},
	} {
		p := plan(t, zonesWeighed+c.text)
		up := policy.NewUpstream(&p, zonesOfOne(c.weights...), dice(1))
		up.PickHash(0)
		got := make([]int, len(c.weights))
		for _, host := range policy.HashedHosts(up) {
			got[host]++
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for _, text := range []string{maglev(17), tiny} {
		p := plan(t, zonesWeighed+text)
		up := policy.NewUpstream(&p, []policy.Endpoint{{Zone: "a"}, {Zone: "b"}}, dice(1))
		if got := up.PickHash(0); got != -1 {
			t.Errorf("no zone has weight, and host %d is asked", got)
		}
	}
}

// TestLargeRingOfZones: where evenly spread hashes go (ring_hash_lb_test.cc,
// LocalityWeightedLargeRing).
func TestLargeRingOfZones(t *testing.T) {
	p := plan(t, zonesWeighed+"load_balancer: {policy: ring_hash, minimum_ring_size: 6144}")
	up := policy.NewUpstream(&p, zonesOfOne(1, 2, 3, 0), dice(1))
	counts := make([]int, 4)
	for i := range uint64(6000) {
		counts[up.PickHash(i*(math.MaxUint64/6000))]++
	}
	if want := []int{987, 1932, 3081, 0}; !slices.Equal(counts, want) {
		t.Errorf("the hashes go to %v, want %v", counts, want)
	}
}

// TestHashedZonesPanic: with nobody in, all have places, and zones their weights
// (maglev_lb_test.cc, LocalityWeightedGlobalPanic).
func TestHashedZonesPanic(t *testing.T) {
	p := plan(t, zonesWeighed+"load_balancer: {policy: maglev, table_size: 17}")
	endpoints := zonesOfOne(1, 1)
	endpoints[0].Weight, endpoints[1].Weight = 1, 2
	up := policy.NewUpstream(&p, endpoints, dice(1))
	up.Hosts()[0].Ejected, up.Hosts()[1].Ejected = true, true
	up.Refresh()
	want := []int{1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1}
	for hash := range 3 * len(want) {
		if got := up.PickHash(uint64(hash)); got != want[hash%len(want)] {
			t.Errorf("hash %d goes to host %d", hash, got)
		}
	}
}

// zonesOfOne are zones of these weights with one host each.
func zonesOfOne(weights ...uint32) []policy.Endpoint {
	endpoints := make([]policy.Endpoint, len(weights))
	for i, w := range weights {
		endpoints[i] = policy.Endpoint{Address: fmt.Sprintf("127.0.0.1:%d", 90+i), Zone: fmt.Sprint(i), ZoneWeight: w}
	}
	return endpoints
}

// TestLopsidedZones: a zone of one host has nearly all the weight, one of 1023
// hosts the rest: each has a place, the one has all others (maglev_lb_test.cc,
// LocalityWeightedLopsided).
func TestLopsidedZones(t *testing.T) {
	p := plan(t, zonesWeighed+"load_balancer: maglev")
	endpoints := make([]policy.Endpoint, 1024)
	for i := range endpoints {
		endpoints[i] = policy.Endpoint{Address: fmt.Sprintf("127.0.0.1:%d", i), Zone: "b", ZoneWeight: 1}
	}
	endpoints[0].Zone, endpoints[0].ZoneWeight = "a", 127
	up := policy.NewUpstream(&p, endpoints, dice(1))
	up.PickHash(0)
	counts := make([]int, 1024)
	for _, host := range policy.HashedHosts(up) {
		counts[host]++
	}
	if rest := counts[1:]; counts[0] != 65537-1023 || slices.Min(rest) != 1 || slices.Max(rest) != 1 {
		t.Errorf("%d places for the one, %d to %d for the others", counts[0], slices.Min(rest), slices.Max(rest))
	}
}

// BenchmarkWeighedZones is a pick behind three zones of weights.
func BenchmarkWeighedZones(b *testing.B) {
	up := twoZones(b, zonesWeighed+"load_balancer: least_request", 50, 50)
	b.ReportAllocs()
	for b.Loop() {
		up.PickHash(0)
	}
}
