package policy

// Level is one priority: hosts, healthy, degraded and excluded ones, and the
// weights of the healthy, the degraded and all, if they are what counts.
type Level struct {
	Hosts, Healthy, Degraded, Excluded int
	Weights                            [3]int
}

// SpreadOver settles what share each priority gets.
func SpreadOver(levels []Level, factor, threshold int) (load, degraded []int, panics []bool) {
	of := make([]priorityLevel, len(levels))
	for i, l := range levels {
		of[i] = priorityLevel{hosts: l.Hosts, excluded: l.Excluded, healthy: l.Healthy, degraded: l.Degraded}
		if of[i].count(); l.Weights[2] > 0 {
			of[i].share = priorityShare{l.Weights[0], l.Weights[1], l.Weights[2]}
		}
	}
	spreadOver(of, factor, threshold)
	for _, l := range of {
		load, degraded, panics = append(load, l.load), append(degraded, l.degradedLoad), append(panics, l.panics)
	}
	return load, degraded, panics
}

// PriorityOf finds a priority among such shares.
func PriorityOf(load, degraded []int, hash uint64) (level int, limping bool) {
	levels := make([]priorityLevel, len(load))
	for i := range levels {
		levels[i].load, levels[i].degradedLoad = load[i], degraded[i]
	}
	return priorityOf(levels, hash)
}

// Zones are what a caller's routing follows from.
type Zones struct {
	Healthy, Callers     []int
	Own                  bool
	Peers, Others, Place int
}

// Route plans how a caller routes: which zone it chooses at such numbers, -1
// when it does not look at zones.
func Route(s *ZoneAware, n Zones) (zone func(stays, across int) int, shares []int) {
	var z zoneRouting
	z.plan(s, &zoneSizes{n.Healthy, n.Callers, n.Own, n.Peers, n.Others, n.Place})
	return func(stays, across int) int {
		switch {
		case z.mode == zonesIgnored:
			return -1
		case z.mode == zoneDirect || stays < z.stays:
			return 0
		case z.room() == 0:
			return across % len(n.Healthy)
		}
		return z.across(across % z.room())
	}, append([]int{z.stays}, z.residual...)
}

// Refresh makes an upstream look at its hosts again.
func (u *Upstream) Refresh() { u.set.Choose(func(*Host) bool { return true }) }
