package policy

import (
	"math"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// spread chooses which hosts a balancer gets to choose from: a priority, and in
// the first priority perhaps a zone (load_balancer_impl.cc, hostSourceToUse).
// It stands before one balancer for each such group, as Envoy keeps one
// scheduler for each, and looks at the hosts again when the set has changed.
type spread struct {
	plan              *Plan
	common            CommonLB
	zoneAware         ZoneAware
	hashes            bool // the balancer; then the hash chooses the priority, and no zone counts
	grpc              bool
	threshold         int // whole percents
	endpoints         []Endpoint
	within            []bool // the endpoints that count, by index; nil: all
	levels            []priorityLevel
	groups            []group      // by priority
	limping           []group      // the degraded hosts of each; nil before there are any
	failOpen          *FailOpen    // nil: Envoy's panic
	zoneOrder         []string     // the zones of the first priority, the caller's own first if it has hosts
	zones             []group      // the hosts of each
	limpingZones      []group      // the degraded hosts of each; nil before there are any
	localities        []localities // by priority; nil: zones are not weighed
	limpingLocalities []localities // by priority, of degraded hosts; nil before there are any
	routing           zoneRouting
	sizes             zoneSizes
	version           uint32  // of the set looked at
	tables            *Tables // nil: each balancer has its own
}

// spreader chooses first which hosts a balancer gets to choose from, and looks
// for itself who is ejected.
type spreader interface {
	locate(zone string, callers []ZoneCallers)
	look(set *Set) // settles everything that follows from which hosts are in
}

// group is some of the hosts and the balancer that chooses among them.
type group struct {
	members  []int32 // indexes into the upstream's hosts
	set      Set     // its Eligible are those members that may be chosen
	balancer Balancer
}

// Pick returns -1 where nobody is left to choose.
func (s *spread) Pick(now mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	if s.version != set.Version {
		s.look(set)
	}
	g := s.choose(ask, dice)
	if g == nil || len(g.set.Eligible) == 0 {
		return -1
	}
	return g.balancer.Pick(now, &g.set, ask, dice)
}

func (s *spread) choose(ask *Ask, dice *chance.Stream) *group {
	level, limping := 0, false
	if len(s.levels) > 1 || s.levels[0].degradedLoad > 0 {
		levels := s.levels
		if ask.priorities != nil {
			levels = ask.memory.spread(ask.priorities, s.endpoints, levels)
		}
		level, limping = priorityOf(levels, s.number(ask, dice))
	}
	switch {
	case s.levels[level].panics && s.zoneAware.FailTrafficOnPanic:
		return nil
	case limping && !s.hashes && !s.levels[level].panics:
		return s.chooseLimping(level, dice)
	case s.localities != nil && !s.levels[level].panics:
		if g := s.localities[level].choose(s.grpc, dice); g != nil {
			return g
		}
	case !s.levels[level].panics && s.byZone(level, dice):
		return &s.zones[s.zone(dice)]
	}
	return &s.groups[level]
}

// chooseLimping chooses among the degraded hosts of a priority.
func (s *spread) chooseLimping(level int, dice *chance.Stream) *group {
	if s.limpingLocalities != nil {
		if g := s.limpingLocalities[level].choose(s.grpc, dice); g != nil {
			return g
		}
	}
	if s.byZone(level, dice) {
		return &s.limpingZones[s.zone(dice)]
	}
	return &s.limping[level]
}

// number is what a request's priority is found by: its hash where a balancer
// keeps requests together, and chance elsewhere.
func (s *spread) number(ask *Ask, dice *chance.Stream) uint64 {
	if s.hashes && ask.Hashed {
		return ask.Hash
	}
	return uint64(dice.IntN(100))
}

// byZone says whether a request is among those that are routed by zone. Degraded
// hosts are so too, by the shares that healthy ones make: a zone that has none of
// them leaves its requests without a host, as in Envoy.
func (s *spread) byZone(level int, dice *chance.Stream) bool {
	if level > 0 || s.routing.mode == zonesIgnored {
		return false
	}
	percent := int(math.Round(percentOf(s.zoneAware.RoutingEnabled)))
	return percent >= 100 || dice.IntN(100) < percent
}

func (s *spread) zone(dice *chance.Stream) int {
	switch r := &s.routing; {
	case r.mode == zoneDirect || dice.IntN(10000) < r.stays:
		return 0
	case r.room() == 0:
		return dice.IntN(len(s.zones))
	default:
		return r.across(dice.IntN(r.room()))
	}
}

// look settles everything that follows from which hosts are in.
func (s *spread) look(set *Set) {
	s.version = set.Version
	s.lookAtLevels(set)
	for p := range s.localities {
		s.localities[p].look(s, set, (*Host).healthy)
	}
	for p := range s.limpingLocalities {
		s.limpingLocalities[p].look(s, set, (*Host).degraded)
	}
	for z := range s.zones {
		s.sizes.healthy[z] = s.zones[z].offer(set, (*Host).healthy)
	}
	for z := range s.limpingZones {
		s.limpingZones[z].offer(set, (*Host).degraded)
	}
	if len(s.zones) > 0 {
		s.routing.plan(&s.zoneAware, &s.sizes)
	}
}

// lookAtLevels settles what each priority gets, and who panics: then all its members
// are eligible.
func (s *spread) lookAtLevels(set *Set) {
	for p := range s.groups {
		s.countLevel(set, p)
	}
	if s.grpc {
		firstServing(s.levels)
	} else {
		spreadOver(s.levels, s.common.OverprovisioningFactor, s.threshold)
	}
	for p := range s.groups {
		if l := &s.levels[p]; s.failOpen != nil {
			l.panics = s.failOpen.opens(l.healthy+l.degraded, l.hosts-l.excluded)
		}
		if s.levels[p].panics {
			s.groups[p].offer(set, (*Host).member)
		}
	}
}

// countLevel counts the hosts of a priority, and makes the healthy ones eligible.
func (s *spread) countLevel(set *Set, priority int) {
	g, l := &s.groups[priority], &s.levels[priority]
	*l = priorityLevel{}
	l.hosts, l.excluded = g.count(set)
	l.healthy = g.offer(set, (*Host).healthy)
	l.degraded = s.offerLimping(set, priority)
	if l.count(); s.common.WeightedPriorityHealth {
		l.share = s.weights(set, priority)
	}
}
