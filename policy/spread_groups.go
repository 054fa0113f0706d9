package policy

import (
	"math"
	"slices"
)

// newSpread is the spread that a plan and the endpoints need, or nil: when they
// are all alike, the balancer chooses among all.
func newSpread(plan *Plan, endpoints []Endpoint) *spread {
	last := uint8(0)
	for i := range endpoints {
		last = max(last, endpoints[i].Priority)
	}
	if c := plan.CommonLB; last == 0 && plan.HealthCheck == nil && (c == nil || c.ZoneAware == nil && c.LocalityWeighted == nil && !c.WeightedPriorityHealth) {
		return nil
	}
	return makeSpread(plan, endpoints, nil)
}

// makeSpread is a spread over all endpoints, or over those within a subset.
func makeSpread(plan *Plan, endpoints []Endpoint, within []bool) *spread {
	last := uint8(0)
	for i := range endpoints {
		last = max(last, endpoints[i].Priority)
	}
	s := &spread{plan: plan, within: within, grpc: plan.Dialect == "grpc", endpoints: endpoints, threshold: int(math.Round(plan.panicThreshold()))}
	s.common.SetDefaults()
	if plan.CommonLB != nil {
		s.common = *plan.CommonLB
	}
	if s.common.ZoneAware != nil {
		s.zoneAware = *s.common.ZoneAware
	}
	if plan.HealthCheck != nil && plan.CommonLB == nil {
		s.failOpen = plan.HealthCheck.Rules().Opens
	}
	_, s.hashes = plan.Balancer.(hashing)
	s.levels, s.groups = make([]priorityLevel, int(last)+1), make([]group, int(last)+1)
	for p := range s.groups {
		s.groups[p] = s.group(func(e *Endpoint) bool { return int(e.Priority) == p })
		if plan.weighsZones() && !s.hashes {
			s.localities = append(s.localities, s.newLocalities(p))
		}
	}
	return s
}

func (s *spread) group(has func(e *Endpoint) bool) group {
	g := group{balancer: s.plan.newBalancer()}
	s.give(g.balancer)
	for i := range s.endpoints {
		if (s.within == nil || s.within[i]) && has(&s.endpoints[i]) {
			g.members = append(g.members, int32(i))
		}
	}
	g.set.Eligible = make([]int32, 0, len(g.members))
	return g
}

// locate makes the groups by zone.
func (s *spread) locate(own string, callers []ZoneCallers) {
	if s.common.ZoneAware == nil || s.hashes {
		return
	}
	s.sizes, s.version = zoneSizes{places: len(callers)}, 0
	s.zoneOrder = s.zoneNames(own)
	s.zones, s.limpingZones = s.zoneGroups(), nil
	if s.limping != nil {
		s.limpingZones = s.zoneGroups()
	}
	names := s.zoneOrder
	s.sizes.own = len(names) > 0 && names[0] == own
	s.sizes.healthy, s.sizes.callers = make([]int, len(names)), make([]int, len(names))
	for _, c := range callers {
		if c.Zone == own {
			s.sizes.peers = c.Count
		}
		s.place(names, own, c)
	}
}

// zoneGroups makes a group of the hosts of each zone in the first priority.
func (s *spread) zoneGroups() (zones []group) {
	for _, name := range s.zoneOrder {
		zones = append(zones, s.group(func(e *Endpoint) bool { return e.Priority == 0 && e.Zone == name }))
	}
	return zones
}

func (s *spread) place(names []string, own string, c ZoneCallers) {
	for i, name := range names {
		if name == c.Zone {
			s.sizes.callers[i] = c.Count
			return
		}
	}
	if c.Zone != own {
		s.sizes.others += c.Count
	}
}

// zoneNames lists the zones of the first priority in the order of its hosts, but
// the caller's own before all.
func (s *spread) zoneNames(own string) (names []string) {
	for _, i := range s.groups[0].members {
		name, known := s.endpoints[i].Zone, false
		for _, n := range names {
			known = known || n == name
		}
		switch {
		case known:
		case name == own:
			names = append([]string{own}, names...)
		default:
			names = append(names, name)
		}
	}
	return names
}

// share hands the tables to every balancer there is and will be.
func (s *spread) share(t *Tables) {
	s.tables = t
	for i := range s.groups {
		s.give(s.groups[i].balancer)
	}
}

func (s *spread) give(b Balancer) {
	if b, ok := b.(sharer); ok && s.tables != nil {
		b.share(s.tables)
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
