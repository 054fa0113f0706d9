package policy

import "github.com/meshdyno/meshdyno/mesh"

// Hosts come and go. Each keeps its index; one that has left is not counted and
// not asked, and when it joins again nothing of before is known of it.

// Left tells that discovery has lost a host. Attempts under way go on. With
// active health checks a host that passes them stays all the same, until it
// fails one: discovery may be wrong (updateDynamicHostList,
// PENDING_DYNAMIC_REMOVAL), unless ignore_health_on_host_removal says that it is
// not.
func (u *Upstream) Left(now mesh.Time, host int) {
	switch h := &u.set.Hosts[host]; {
	case !h.member():
	case u.health != nil && u.health.rules.Envoys && !u.plan.IgnoreHealthOnRemoval && h.Health&failedCheck == 0:
		h.Health |= leaving
	default:
		u.remove(now, host)
	}
}

// Joined tells that discovery has found a host that had left. Its endpoint says
// since when.
func (u *Upstream) Joined(now mesh.Time, host int) {
	h := &u.set.Hosts[host]
	if h.member() {
		h.Health &^= leaving
		return
	}
	h.Health = 0
	u.away--
	if u.outlier != nil {
		u.outlier.Joined(now, host)
	}
	if u.health != nil {
		u.health.join(now, host, u.plan.CommonLB != nil && u.plan.CommonLB.IgnoreNewHosts)
	}
	u.deliver(now)
}

// Members is how many hosts there are now.
func (u *Upstream) Members() int { return len(u.set.Hosts) - u.away }

// Member says whether a host is one of them.
func (u *Upstream) Member(host int) bool { return u.set.Hosts[host].member() }

// remove takes a host out of the upstream with all that is known of it. Such a
// change is never merged with others.
func (u *Upstream) remove(now mesh.Time, host int) {
	h := &u.set.Hosts[host]
	if u.outlier != nil {
		u.outlier.Left(host)
	}
	h.Health, h.Shut = gone, false
	u.away++
	if u.health != nil {
		u.health.leave(host)
	}
	if u.breakers.each != nil {
		u.breakers.each[host] = u.plan.FailureBreaker.New()
	}
	for i := range u.workers {
		if b, ok := u.workers[i].balancer.(forgetter); ok {
			b.forget(host)
		}
		u.workers[i].pools.Left(now, host)
		u.make(now, u.workers[i].pools)
	}
	u.closings = append(u.closings, Closing{Host: int32(host)})
	u.deliver(now)
}

// forgetter is a balancer that keeps something about each host.
type forgetter interface{ forget(host int) }

// Closing is a host whose connections the driver has to close: those that no
// attempt is using at once and the others after theirs, or all at once, so that
// the attempts end in Reset.
type Closing struct {
	Host   int32
	AtOnce bool
}

// NextClosing takes the next one off the list; ok is false when there is none.
// The driver asks after Wake, Probed, Condemned and Left.
func (u *Upstream) NextClosing() (c Closing, ok bool) {
	if len(u.closings) == 0 {
		return Closing{}, false
	}
	c = u.closings[len(u.closings)-1]
	u.closings = u.closings[:len(u.closings)-1]
	return c, true
}

// drop lets the connections to a host go. The next attempt opens one; a health
// check has its own.
func (u *Upstream) drop(now mesh.Time, host int, atOnce bool) {
	for i := range u.workers {
		p := u.workers[i].pools
		if p.Unhealthy(now, host); atOnce {
			p.Cut(now, host)
		}
		u.make(now, p)
	}
	u.closings = append(u.closings, Closing{int32(host), atOnce})
}
