package policy_test

import (
	"fmt"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// zonePick is a decision: the number below 10000 that says whether the request stays,
// the number that says where it goes if not, and the zone.
type zonePick struct{ stays, across, zone int }

// The vectors are those of Envoy's round_robin_lb_test.cc. Zones with hosts come
// first, the caller's own before all; -1 is a choice among all hosts. Left out:
// NoZoneAwareRoutingLocalEmptyFailTrafficOnPanic (callers that are all gone, and route
// all the same: here the caller is always one of them, and none is unhealthy).
var zoneVectors = []struct {
	name  string
	zones policy.Zones
	least int // min_cluster_size
	force int // force_local_zone.min_size; 0: off
	want  []zonePick
}{
	{"ZoneAwareSmallCluster, too small", policy.Zones{[]int{1, 1, 1}, []int{1, 1, 1}, true, 1, 0, 3}, 7, 0, []zonePick{{0, 0, -1}}},
	{"ZoneAwareSmallCluster, not too small", policy.Zones{[]int{1, 1, 1}, []int{1, 1, 1}, true, 1, 0, 3}, 1, 0, []zonePick{{9999, 0, 0}}},
	{"ZoneAwareZonesMismatched, in A", policy.Zones{[]int{1, 1}, []int{1, 0}, true, 1, 1, 2}, 2, 0, []zonePick{{9999, 0, 0}}},
	{"ZoneAwareZonesMismatched, in B", policy.Zones{[]int{1, 1}, []int{1, 0}, false, 1, 0, 2}, 2, 0, []zonePick{{0, 0, 1}, {0, 4999, 1}}},
	{"ZoneAwareResidualsMismatched", policy.Zones{[]int{1, 3, 3, 1}, []int{2, 1, 1, 0}, true, 2, 2, 4}, 6, 0,
		[]zonePick{{0, 0, 0}, {3749, 0, 0}, {3750, 0, 1}, {3750, 2083, 1}, {9999, 2084, 2}, {9999, 4167, 2}, {9999, 4168, 3}, {9999, 5417, 3}, {9999, 5418, 1}}},
	{"ZoneAwareDifferentZoneSize", policy.Zones{[]int{1, 1, 1}, []int{1, 1, 0}, true, 1, 0, 2}, 3, 0,
		[]zonePick{{0, 0, 0}, {6665, 0, 0}, {6666, 0, 2}, {9999, 3333, 2}}},
	{"ZoneAwareRoutingLargeZoneSwitchOnOff", policy.Zones{[]int{1, 1, 1}, []int{1, 1, 1}, true, 1, 0, 3}, 3, 0, []zonePick{{9999, 0, 0}}},
	{"ZoneAwareRoutingSmallZone", policy.Zones{[]int{1, 2, 2}, []int{1, 1, 1}, true, 1, 0, 3}, 5, 0, []zonePick{{100, 0, 0}, {9999, 2, 1}}},
	{"ZoneAwareNoMatchingZones", policy.Zones{[]int{1, 1, 1}, []int{0, 0, 0}, false, 1, 2, 3}, 3, 0,
		[]zonePick{{0, 3332, 0}, {0, 3333, 1}, {0, 6665, 1}, {0, 6666, 2}, {0, 9998, 2}}},
	{"NoZoneAwareNotEnoughLocalZones", policy.Zones{[]int{1, 1}, []int{1, 0}, true, 1, 0, 1}, 2, 0, []zonePick{{0, 0, -1}}},
	{"NoZoneAwareNotEnoughUpstreamZones", policy.Zones{[]int{1}, []int{1}, true, 1, 1, 2}, 1, 0, []zonePick{{0, 0, -1}}},
	{"ZoneAwareForceLocalityDirect, off", policy.Zones{[]int{1, 1, 1}, []int{1, 1, 0}, true, 1, 0, 2}, 3, 0, []zonePick{{0, 0, 0}, {9999, 0, 2}}},
	{"ZoneAwareForceLocalityDirect, zone too small", policy.Zones{[]int{1, 1, 1}, []int{1, 1, 0}, true, 1, 0, 2}, 3, 2, []zonePick{{0, 0, 0}, {9999, 0, 2}}},
	{"ZoneAwareForceLocalityDirect", policy.Zones{[]int{1, 1, 1}, []int{1, 1, 0}, true, 1, 0, 2}, 3, 1, []zonePick{{0, 0, 0}, {9999, 3333, 0}}},
	{"ZoneAwareEmptyLocalities", policy.Zones{[]int{0, 0, 2, 1, 2, 0, 1, 0}, []int{1, 0, 1, 0, 1, 0, 0, 0}, true, 1, 1, 4}, 3, 0,
		[]zonePick{{0, 0, 2}, {0, 832, 2}, {0, 833, 3}, {0, 2498, 3}, {0, 2499, 4}, {0, 3331, 4}, {0, 3332, 6}, {0, 4997, 6}, {0, 4998, 2}}},
	{"LowPrecisionForDistribution", policy.Zones{[]int{44999, 55001}, []int{45000, 55000}, true, 45000, 0, 2}, 1, 0, []zonePick{{9999, 2, 0}, {9999, 3, 1}}},
	{"NoZoneAwareRoutingOneZone", policy.Zones{[]int{1}, []int{1}, true, 1, 0, 1}, 6, 0, []zonePick{{0, 0, -1}}},
	{"NoZoneAwareRoutingNotHealthy", policy.Zones{[]int{2}, []int{2}, false, 0, 0, 1}, 6, 0, []zonePick{{0, 0, -1}}},
	{"NoZoneAwareRoutingLocalEmpty", policy.Zones{[]int{1, 1}, []int{0, 0}, true, 0, 0, 0}, 1, 0, []zonePick{{0, 0, -1}}},
	{"NoZoneAwareRoutingNoLocalLocality", policy.Zones{[]int{1, 1}, []int{0, 0}, false, 0, 0, 0}, 1, 0, []zonePick{{0, 0, -1}}},
}

func TestZoneAware(t *testing.T) {
	for _, c := range zoneVectors {
		s := &policy.ZoneAware{MinClusterSize: c.least}
		if c.force > 0 {
			s.ForceLocalZone = &policy.ForceLocalZone{MinSize: c.force}
		}
		zone, _ := policy.Route(s, c.zones)
		for _, w := range c.want {
			if got := zone(w.stays, w.across); got != w.zone {
				t.Errorf("%s: at %d and %d zone %d, want %d", c.name, w.stays, w.across, got, w.zone)
			}
		}
	}
}

// The example of Envoy's own comment: 40, 40 and 20% of the callers, 25, 50 and
// 25% of the hosts. 62.5% stay, and two zones have room, 10% and 5%.
func TestZoneResiduals(t *testing.T) {
	_, shares := policy.Route(&policy.ZoneAware{}, policy.Zones{[]int{1, 2, 1}, []int{2, 2, 1}, true, 2, 0, 3})
	if got := fmt.Sprint(shares); got != "[6250 0 1000 1500]" {
		t.Errorf("shares and residuals are %s", got)
	}
}

// When all callers in all zones route so, each host gets as much as any other:
// what stays and what comes from elsewhere add up to the zone's share. The zones
// are those that Envoy's load_balancer_simulation_test.cc prints the shares of,
// with the hosts that are healthy, and one that is more unlike.
func TestZonesAreFair(t *testing.T) {
	for _, c := range []struct {
		name           string
		callers, hosts []int
	}{
		{"StrictlyEqualDistribution", []int{1, 1, 1}, []int{3, 3, 3}},
		{"UnequalZoneDistribution", []int{1, 1, 1}, []int{2, 5, 5}},
		{"UnequalZoneDistribution2", []int{1, 1, 1}, []int{5, 5, 6}},
		{"UnequalZoneDistribution3", []int{1, 1, 1}, []int{10, 8, 8}},
		{"UnequalZoneDistribution4", []int{20, 20, 21}, []int{4, 5, 5}},
		{"UnequalZoneDistribution5", []int{3, 2, 5}, []int{4, 5, 5}},
		{"UnequalZoneDistribution6", []int{3, 2, 5}, []int{3, 4, 5}},
		{"the fewer hosts, the more callers", []int{6, 3, 2, 1}, []int{1, 2, 3, 6}},
	} {
		for z, share := range zoneShares(c.callers, c.hosts) {
			if want := float64(c.hosts[z]) / float64(sum(c.hosts)); share < want-.005 || share > want+.005 {
				t.Errorf("%s: zone %d gets %.4f of the requests and has %.4f of the hosts", c.name, z, share, want)
			}
		}
	}
}

// zoneShares is what the hosts of each zone get from all callers together.
func zoneShares(callers, hosts []int) []float64 {
	got := make([]float64, len(hosts))
	for own := range hosts {
		order := append([]int{own}, without(own, len(hosts))...)
		n := policy.Zones{Own: true, Peers: callers[own], Place: len(hosts)}
		for _, z := range order {
			n.Healthy, n.Callers = append(n.Healthy, hosts[z]), append(n.Callers, callers[z])
		}
		zone, shares := policy.Route(&policy.ZoneAware{}, n)
		room := shares[len(shares)-1]
		for i := range 10_000 {
			got[order[zone(i, i*7919%max(room, 1))]] += float64(callers[own]) / float64(sum(callers)) / 10_000
		}
	}
	return got
}

func sum(counts []int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

func without(own, n int) (others []int) {
	for z := range n {
		if z != own {
			others = append(others, z)
		}
	}
	return others
}
