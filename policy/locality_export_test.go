package policy

import "fmt"

// LocalityPicks are the zones that Envoy chooses among zones of these weights
// and so many hosts, of which so many are in; -1 where it chooses none.
func LocalityPicks(weights []uint32, all, in []int, factor int, seed uint32, n int) (zones []int) {
	s := &spread{plan: &Plan{Balancer: &RoundRobin{}}, common: CommonLB{OverprovisioningFactor: factor}}
	var hosts []Host
	for z := range weights {
		for i := range all[z] {
			s.endpoints = append(s.endpoints, Endpoint{Zone: fmt.Sprint(z), ZoneWeight: weights[z]})
			hosts = append(hosts, Host{Ejected: i >= in[z]})
		}
	}
	l := s.newLocalities(0)
	l.look(s, NewSet(s.endpoints, hosts), (*Host).healthy)
	l.turns.begin(l.shares, seed)
	l.stale = false
	for range n {
		zone := -1
		if g := l.choose(false, nil); g != nil {
			fmt.Sscan(s.endpoints[g.members[0]].Zone, &zone)
		}
		zones = append(zones, zone)
	}
	return zones
}
