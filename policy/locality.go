package policy

import (
	"errors"

	"github.com/meshdyno/meshdyno/chance"
)

// LocalityWeighted spreads the requests of a priority over its zones by the
// weights that the service has for them (cluster.proto,
// LocalityWeightedLbConfig). It has no knobs. A zone of whose hosts some are out
// loses weight: it has weight * min(1, overprovisioning_factor * in / all). So
// Envoy; gRPC (wrr_locality) leaves a zone its whole weight while it has a host,
// and draws where Envoy takes turns. Balancers that hash give each host its part
// of its zone's weight, and look at no one's health.
type LocalityWeighted struct{}

// Check holds c to one way of looking at zones.
func (c *CommonLB) Check() error {
	if c.ZoneAware != nil && c.LocalityWeighted != nil {
		return errors.New("zone_aware_lb_config and locality_weighted_lb_config are two ways of looking at zones; leave one out")
	}
	return nil
}

// weighsZones says whether the weights of zones count.
func (p *Plan) weighsZones() bool { return p.CommonLB != nil && p.CommonLB.LocalityWeighted != nil }

// localities are the zones of one priority (upstream_impl.cc,
// rebuildLocalityScheduler).
type localities struct {
	zones  []group
	weight []uint32 // by zone
	shares []float64
	places []int32 // zones that may be chosen
	turns  edf
	sum    float64 // of shares
	stale  bool    // hosts came or went since the turns were dealt
}

// newLocalities makes the zones of a priority, in the order of its hosts.
func (s *spread) newLocalities(priority int) (l localities) {
	for i := range s.endpoints {
		e := &s.endpoints[i]
		if s.within != nil && !s.within[i] || int(e.Priority) != priority || l.has(s.endpoints, e.Zone) {
			continue
		}
		l.zones = append(l.zones, s.group(func(other *Endpoint) bool {
			return int(other.Priority) == priority && other.Zone == e.Zone
		}))
		l.weight = append(l.weight, e.ZoneWeight)
	}
	return l
}

func (l *localities) has(endpoints []Endpoint, zone string) bool {
	for i := range l.zones {
		if endpoints[l.zones[i].members[0]].Zone == zone {
			return true
		}
	}
	return false
}

// look weighs the zones anew.
func (l *localities) look(s *spread, set *Set, fits func(*Host) bool) {
	l.shares, l.places, l.sum, l.stale = l.shares[:0], l.places[:0], 0, true
	for z := range l.zones {
		g := &l.zones[z]
		in := g.offer(set, fits)
		hosts, excluded := g.count(set)
		share := float64(l.weight[z])
		if !s.grpc && in > 0 {
			share = float64(share * min(1, float64(s.common.OverprovisioningFactor)/100*float64(in)/float64(hosts-excluded)))
		}
		if in > 0 && share > 0 {
			l.shares, l.places = append(l.shares, share), append(l.places, int32(z))
			l.sum += share
		}
	}
}

// choose is the zone whose turn it is; nil where none has weight.
func (l *localities) choose(drawn bool, dice *chance.Stream) *group {
	switch {
	case len(l.places) == 0:
		return nil
	case drawn:
		return &l.zones[l.places[l.draw(dice)]]
	case l.stale:
		l.turns.begin(l.shares, uint32(dice.Uint64()))
		l.stale = false
	}
	place := l.turns.soonest()
	l.turns.again(l.shares[place])
	return &l.zones[l.places[place]]
}

func (l *localities) draw(dice *chance.Stream) (place int) {
	for at := float64(dice.Float64() * l.sum); place < len(l.shares)-1 && at >= l.shares[place]; place++ {
		at -= l.shares[place]
	}
	return place
}

// zoneShares gives each of the hosts its part of its zone's part of all weights,
// by index of host; the zones are those of all members of the set
// (thread_aware_lb_impl.cc, normalizeLocalityWeights). Where no zone has weight
// all are 0.
func (s *Set) zoneShares(hosts []int32) (shares []float64) {
	shares = make([]float64, len(s.Hosts))
	zones, all := map[string]float64{}, 0.0
	count := func(host int) {
		e := &s.Endpoints[host]
		if _, counted := zones[e.Zone]; !counted {
			zones[e.Zone] = 0
			all += float64(e.ZoneWeight)
		}
	}
	for _, host := range s.appendMembers(nil) {
		count(int(host))
	}
	for _, host := range hosts {
		zones[s.Endpoints[host].Zone] += float64(s.weight(int(host)))
	}
	for _, host := range hosts {
		if e := &s.Endpoints[host]; e.ZoneWeight > 0 {
			shares[host] = float64(s.weight(int(host))) * (float64(e.ZoneWeight) / all) / zones[e.Zone]
		}
	}
	return shares
}
