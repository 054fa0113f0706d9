package policy_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestDegradedZones: what degraded hosts get stays in the zone as well
// (hostSourceToUse, LocalityDegradedHosts), by the shares that the healthy hosts of
// zones make. With one of six hosts in each zone degraded, and an overprovisioning
// factor of 100, that is a sixth of all.
func TestDegradedZones(t *testing.T) {
	p := plan(t, "common_lb_config: {overprovisioning_factor: 100, zone_aware_lb_config: {}}")
	var endpoints []policy.Endpoint
	for i := range 12 {
		endpoints = append(endpoints, policy.Endpoint{Zone: []string{"a", "b"}[i%2]})
	}
	up := policy.NewUpstream(&p, endpoints, dice(1))
	up.Locate("a", []policy.ZoneCallers{{Zone: "a", Count: 1}, {Zone: "b", Count: 1}})
	up.Hosts()[4].Limp()
	up.Hosts()[5].Limp()
	up.Refresh()
	var picked [12]int
	for range 6000 {
		picked[call(up, mesh.OK)]++
	}
	for host, n := range picked {
		want := 1000
		if host%2 == 1 {
			want = 0 // the other zone's
		}
		if n < want*9/10 || n > want*11/10 {
			t.Errorf("host %d was asked %d times, want about %d", host, n, want)
		}
	}
}
