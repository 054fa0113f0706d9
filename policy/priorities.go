package policy

// priorityLevel is the hosts of one priority, 0 being the first, and the share
// of the requests that they get.
type priorityLevel struct {
	hosts, excluded, healthy, degraded int // how many; excluded hosts wait for their first health check
	share                              priorityShare
	available, limping                 int // percent of what it can carry, by healthy and by degraded hosts
	load, degradedLoad                 int // percent of all requests
	panics                             bool
}

// priorityShare is what its availability is computed from: hosts, or weights
// with weighted_priority_health. Excluded ones do not count.
type priorityShare struct{ healthy, degraded, all int }

// count makes every host count alike.
func (l *priorityLevel) count() {
	l.share = priorityShare{l.healthy, l.degraded, l.hosts - l.excluded}
}

// spreadOver settles what share each priority gets, and which of them panic:
// Envoy's arithmetic (load_balancer_impl.cc, recalculatePerPriorityState to
// recalculateLoadInTotalPanic), in whole percents throughout. A priority can
// carry min(100, factor * healthy / all); requests go to the first that can
// carry them, what rounding loses to the first that can carry any, and to
// degraded hosts only when the healthy ones of all priorities are full. Where
// all together carry less than 100, those below the threshold panic, and when
// all panic the number of hosts is what counts.
func spreadOver(levels []priorityLevel, factor, threshold int) {
	total := 0
	for i := range levels {
		total += levels[i].appraise(factor)
	}
	total = min(total, 100)
	if total > 0 {
		divide(levels, total)
	} else {
		levels[0].load = 100 // nobody is there to take it
	}
	all := threshold > 0 || total > 0
	for i := range levels {
		l := &levels[i]
		l.panics = total < 100 && l.below(threshold)
		all = all && l.panics
	}
	if all {
		divideByHosts(levels)
	}
}

// appraise forgets what was settled before and says how much the priority can
// carry.
func (l *priorityLevel) appraise(factor int) int {
	l.available, l.limping, l.load, l.degradedLoad, l.panics = 0, 0, 0, 0, false
	if l.hosts > l.excluded && l.share.all > 0 {
		l.available = min(100, factor*l.share.healthy/l.share.all)
		l.limping = min(100, factor*l.share.degraded/l.share.all)
	}
	return l.available + l.limping
}

// below says whether too few of the hosts are in (isHostSetInPanic).
func (l *priorityLevel) below(threshold int) bool {
	n := l.hosts - l.excluded
	if n == 0 {
		return threshold > 0
	}
	healthy, degraded := 100*float64(l.healthy)/float64(n), 100*float64(l.degraded)/float64(n)
	return healthy+degraded < float64(threshold)
}

func divide(levels []priorityLevel, total int) {
	left := 100
	for i := range levels {
		levels[i].load = min(left, levels[i].available*100/total)
		left -= levels[i].load
	}
	for i := range levels {
		levels[i].degradedLoad = min(left, levels[i].limping*100/total)
		left -= levels[i].degradedLoad
	}
	for i := range levels {
		if levels[i].available > 0 {
			levels[i].load += left
			return
		}
	}
	for i := range levels {
		if levels[i].limping > 0 {
			levels[i].degradedLoad += left
			return
		}
	}
}

func divideByHosts(levels []priorityLevel) {
	hosts, first := 0, -1
	for i := range levels {
		if hosts += levels[i].hosts; first < 0 && hosts > 0 {
			first = i
		}
	}
	if hosts == 0 {
		levels[0].load = 100
		return
	}
	left := 100
	for i := range levels {
		levels[i].load, levels[i].degradedLoad = 100*levels[i].hosts/hosts, 0
		left -= levels[i].load
	}
	levels[first].load += left
}

// firstServing gives everything to the first priority that has a host left, as
// gRPC does (gRFC A56) when each fails over at once.
func firstServing(levels []priorityLevel) {
	serving := 0
	for i := range levels {
		l := &levels[i]
		l.load, l.degradedLoad, l.panics = 0, 0, false
		if levels[serving].healthy == 0 && l.healthy > 0 {
			serving = i
		}
	}
	levels[serving].load = 100
}

// priorityOf finds the priority that hash, a random number or a request's hash,
// falls on (choosePriority).
func priorityOf(levels []priorityLevel, hash uint64) (level int, degraded bool) {
	at, sum := int(hash%100)+1, 0
	for i := range levels {
		if sum += levels[i].load; at <= sum {
			return i, false
		}
	}
	for i := range levels {
		if sum += levels[i].degradedLoad; at <= sum {
			return i, true
		}
	}
	return 0, false
}
