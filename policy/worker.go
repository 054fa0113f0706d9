package policy

import (
	"github.com/meshdyno/meshdyno/mesh"
)

// worker is what one thread of a proxy keeps for itself. Envoy's workers share
// what is known about hosts (attempts under way, connections open, health, who is
// ejected) and the counters of the circuit breaker; each has a balancer and
// connections of its own (faq/load_balancing/concurrency_lb.rst,
// cluster_manager_impl.h ThreadLocalClusterManagerImpl).
type worker struct {
	balancer Balancer
	observer Observer // the balancer, if it learns from attempts; or nil
	spread   spreader // the balancer, if it first chooses a subset, a priority or a zone; or nil
	pools    *Pools
}

// hire makes the workers of an upstream.
func (u *Upstream) hire(endpoints []Endpoint) {
	u.workers = make([]worker, max(u.plan.Workers, 1))
	for i := range u.workers {
		w := &u.workers[i]
		w.balancer = u.plan.newBalancer()
		if s := newSubsets(u.plan, endpoints); s != nil {
			w.spread, w.balancer = s, s
			u.set.byZone = u.set.byZone && s.config.LocalityWeightAware
		} else if s := newSpread(u.plan, endpoints); s != nil {
			w.spread, w.balancer = s, s
		}
		w.observer, _ = w.balancer.(Observer)
		w.pools = newPools(u.plan.Pool, u.plan.Multiplexed, u.set.Hosts, u.loads)
		w.pools.worker, w.pools.stirred = i, &u.stirred
	}
}

// Dials says that the driver makes the connections itself: it finds on the list
// NextDeed which, and tells Connected or Closed. Otherwise they are made the
// moment that they are wanted. It comes before the first call.
func (u *Upstream) Dials() { u.dials = true }

// NextDeed takes the next thing to do about a connection off the list; false when
// there is none left.
func (u *Upstream) NextDeed() (d Deed, ok bool) {
	for i := range u.workers {
		if d, ok = u.workers[i].pools.Next(); ok {
			return d, true
		}
	}
	return Deed{}, false
}

// NextRoused is the owner of a call that has an attempt whose wait for a
// connection is over. The driver finds the call and calls Rouse, which takes it
// off the list; false when there is none left.
func (u *Upstream) NextRoused() (owner uint64, ok bool) {
	for i := range u.workers {
		if owner, ok = u.workers[i].pools.Roused(); ok {
			return owner, true
		}
	}
	return 0, false
}

// Restless says that there are deeds to do or calls to rouse.
func (u *Upstream) Restless() bool {
	if !u.stirred {
		return false
	}
	for i := range u.workers {
		if p := u.workers[i].pools; p.taken < len(p.deeds) || p.roused.first != none {
			return true
		}
	}
	u.stirred = false
	return false
}

// Makes says whether a connection is still to be made.
func (u *Upstream) Makes(c Conn) bool {
	_, made := u.workers[c.worker()].pools.find(c)
	return made != nil && made.phase == connMaking
}

// Connected tells that a connection is made.
func (u *Upstream) Connected(now mesh.Time, c Conn) { u.workers[c.worker()].pools.Connected(now, c) }

// Closed tells that a connection is no more, or could not be made. Attempts on it
// still have to end.
func (u *Upstream) Closed(now mesh.Time, c Conn) {
	p := u.workers[c.worker()].pools
	p.Closed(now, c)
	u.make(now, p)
}

// Lost tells that every connection to a host broke, but for those being made. The
// attempts on them end one by one.
func (u *Upstream) Lost(now mesh.Time, host int) {
	for i := range u.workers {
		p := u.workers[i].pools
		p.Lost(now, host)
		u.make(now, p)
	}
	if u.health != nil {
		u.health.lost(host)
	}
}

// make makes the connections that are wanted, unless the driver does.
func (u *Upstream) make(now mesh.Time, p *Pools) {
	if u.dials {
		return
	}
	for d, ok := p.Next(); ok; d, ok = p.Next() {
		if d.Open {
			p.Connected(now, d.Conn)
		}
	}
}

// connect asks for a connection for an attempt.
func (u *Upstream) connect(now mesh.Time, w *worker, host int, at Priority) (place int32, how Grant) {
	u.used = true
	if w.pools.looksAhead {
		u.preconnect(now, w, at)
	}
	if place, how = w.pools.Begin(now, host, at); w.pools.taken < len(w.pools.deeds) {
		u.make(now, w.pools)
	}
	if how == Waits && !u.dials {
		if at, then := w.pools.Ask(place); then != Waits {
			return at, then
		}
	}
	return place, how
}

// preconnect opens connections to the hosts that the balancer will pick next, if
// it can tell (ClusterManagerImpl::maybePreconnect; there the attempts of all
// upstreams count together).
func (u *Upstream) preconnect(now mesh.Time, w *worker, at Priority) {
	peeker, ok := w.balancer.(Peeker)
	for range 3 {
		if !ok || len(u.set.Eligible) == 0 || !w.pools.Ahead() {
			return
		}
		host := peeker.Peek(now, u.set, &u.dice)
		if host < 0 || !w.pools.Preconnect(now, host, at) {
			return
		}
	}
}

// leave ends an attempt's use of its connection, or its wait for one.
func (u *Upstream) leave(now mesh.Time, w *worker, a *attempt, part bool) {
	if a.marks&waits != 0 {
		w.pools.Cancel(now, a.place, false)
	} else {
		w.pools.End(now, a.place, part)
	}
	if w.pools.taken < len(w.pools.deeds) {
		u.make(now, w.pools)
	}
}

// drainEjected closes the connections to hosts that were taken out, as Envoy does
// (ClusterManagerImpl, onHostHealthFailure). A breaker that shuts a host, and
// other proxies, leave them open.
func (u *Upstream) drainEjected(now mesh.Time) {
	for i := range u.set.Hosts {
		h := &u.set.Hosts[i]
		if h.Ejected == h.drained {
			continue
		}
		if h.drained = h.Ejected; !h.drained || !u.drains {
			continue
		}
		for w := range u.workers {
			u.workers[w].pools.Unhealthy(now, i)
			u.make(now, u.workers[w].pools)
		}
	}
}
