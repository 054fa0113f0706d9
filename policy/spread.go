package policy

import (
	"math"
	"slices"
	"time"

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
		if s.limpingLocalities != nil {
			if g := s.limpingLocalities[level].choose(s.grpc, dice); g != nil {
				return g
			}
		}
		if s.byZone(level, dice) {
			return &s.limpingZones[s.zone(dice)]
		}
		return &s.limping[level]
	case s.localities != nil && !s.levels[level].panics:
		if g := s.localities[level].choose(s.grpc, dice); g != nil {
			return g
		}
	case !s.levels[level].panics && s.byZone(level, dice):
		return &s.zones[s.zone(dice)]
	}
	return &s.groups[level]
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
	for p := range s.groups {
		g, l := &s.groups[p], &s.levels[p]
		*l = priorityLevel{}
		l.hosts, l.excluded = g.count(set)
		l.healthy = g.offer(set, (*Host).healthy)
		l.degraded = s.offerLimping(set, p)
		if l.count(); s.common.WeightedPriorityHealth {
			l.share = s.weights(set, p)
		}
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

// count counts the hosts, and those that are left out where hosts are counted.
func (g *group) count(set *Set) (hosts, excluded int) {
	for _, host := range g.members {
		if h := &set.Hosts[host]; h.member() {
			hosts++
			if h.excluded() {
				excluded++
			}
		}
	}
	return hosts, excluded
}

// offerLimping makes the degraded hosts of a priority eligible, in a group of
// their own, and counts them. Balancers that hash know no such group: Envoy's
// choose among the healthy ones (thread_aware_lb_impl.cc).
func (s *spread) offerLimping(set *Set, priority int) int {
	if s.limping == nil {
		if !slices.ContainsFunc(set.Hosts, func(h Host) bool { return h.degraded() }) {
			return 0
		}
		s.limping = make([]group, len(s.groups))
		for p := range s.limping {
			s.limping[p] = s.group(func(e *Endpoint) bool { return int(e.Priority) == p })
			if s.localities != nil {
				s.limpingLocalities = append(s.limpingLocalities, s.newLocalities(p))
			}
		}
		s.limpingZones = s.zoneGroups()
	}
	return s.limping[priority].offer(set, (*Host).degraded)
}

// weights are what weighted_priority_health counts.
func (s *spread) weights(set *Set, priority int) (w priorityShare) {
	for _, host := range s.groups[priority].members {
		h, weight := &set.Hosts[host], int(set.weight(int(host)))
		switch {
		case h.Shut:
		case h.healthy():
			w.healthy += weight
		case h.degraded():
			w.degraded += weight
		}
		if h.member() && !h.excluded() {
			w.all += weight
		}
	}
	return w
}

// offer makes those members eligible that fit, but none that its breaker shuts,
// and counts them.
func (g *group) offer(set *Set, fits func(*Host) bool) int {
	eligible, version := g.set.Eligible[:0], g.set.Version
	g.set = *set
	for _, host := range g.members {
		if h := &set.Hosts[host]; !h.Shut && fits(h) {
			eligible = append(eligible, host)
		}
	}
	g.set.Eligible, g.set.Members, g.set.Version = eligible, g.members, version+1
	return len(eligible)
}

// Done tells every balancer that may have chosen the host.
func (s *spread) Done(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(Observer); ok {
				b.Done(now, host, latency, o)
			}
		}
	}
}

// Report hands a host's load report to every balancer that may choose it.
func (s *spread) Report(now mesh.Time, host int, r Report) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(Reporter); ok {
				b.Report(now, host, r)
			}
		}
	}
}

// groupsOf are the groups that may have a host.
func (s *spread) groupsOf(host int) [6][]group {
	p := s.endpoints[host].Priority
	groups := [...][]group{s.groups[p:][:1], s.zones, s.limpingZones, s.limping, nil, nil}
	if s.localities != nil {
		groups[4] = s.localities[p].zones
	}
	if s.limpingLocalities != nil {
		groups[5] = s.limpingLocalities[p].zones
	}
	return groups
}

// forget tells every balancer that may have chosen the host.
func (s *spread) forget(host int) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(forgetter); ok {
				b.forget(host)
			}
		}
	}
}

// Probed hands a host's answer to every balancer that may choose it.
func (s *spread) Probed(now mesh.Time, host int, a LoadAnswer) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(LoadProber); ok {
				b.Probed(now, host, a)
			}
		}
	}
}
