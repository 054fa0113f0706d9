package policy

import (
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Upstream is what one proxy keeps about one callee, shared by all its calls
// to it.
type Upstream struct {
	// What every call looks at stands together.
	plan     *Plan
	workers  []worker
	loads    *[priorities]usage // what is under way
	set      *Set
	outlier  Detector // nil: none
	health   *Health  // nil: no active checks
	breakers breakers
	heeds    bool   // what a request is like matters, or how long it lasts
	learns   bool   // somebody does, from attempts that ended
	used     bool   // a connection was asked for by an attempt
	stirred  bool   // there may be deeds to do or calls to rouse
	dials    bool   // the driver makes the connections
	drains   bool   // connections to hosts that are ejected are closed
	ask      Ask    // of the attempt being decided; here, so that it is not allocated
	course   course // of requests that meet no match

	dice     chance.Stream
	affinity *affinity  // nil: no sessions
	key      uint64     // of the streams beside dice
	router   *router    // nil: all take that course, and none is copied
	epoch    int64      // seconds from 1970 to the beginning of time
	spare    []*company // to be lent
	scratch  []byte     // for the value of a header
	reply    Reply      // being looked at
	request  asked      // likewise
	hasher   hasher     // of what requests are kept together by
	merge    mergeWindow
	closings []Closing // hosts whose connections the driver has to close
	away     int       // hosts that are no members
}

// NewUpstream makes the state of one proxy for a callee with these endpoints,
// which other proxies may share. All chance in its decisions comes from dice.
func NewUpstream(plan *Plan, endpoints []Endpoint, dice chance.Stream) *Upstream {
	u := &Upstream{plan: plan, set: NewSet(endpoints, make([]Host, len(endpoints))), dice: dice, loads: newUsages(plan.Breaker)}
	if ProbesLoad(plan.Balancer) {
		u.set.probes = &loadProbes{}
	}
	u.set.Multiplexed, u.set.byZone = plan.Multiplexed, plan.weighsZones()
	u.drains = strings.HasPrefix(plan.Dialect, "envoy") || strings.HasPrefix(plan.Dialect, "istio")
	u.hire(endpoints)
	if plan.Outlier != nil {
		u.outlier = plan.Outlier.New(plan.Dialect, u.set.Hosts, &u.dice)
	}
	u.affinity = newAffinity(plan, endpoints)
	u.breakers = newBreakers(plan.FailureBreaker, len(endpoints))
	u.merge = newMergeWindow(plan)
	u.watchHealth()
	u.key = dice.Uint64() // of a copy, so that the balancer draws what it would
	if plan.rules != nil {
		u.router = newRouter(u.stream(forDraws))
	}
	u.course = u.ready(plan)
	u.heeds = u.router != nil || u.affinity != nil || u.course.heeds()
	u.learns = u.workers[0].observer != nil || u.outlier != nil || plan.FailureBreaker != nil
	return u
}

// Locate tells in which zone the proxy is, and how many callers of its kind each
// zone has, itself among them. It comes before the first call.
func (u *Upstream) Locate(zone string, callers []ZoneCallers) {
	for i := range u.workers {
		if s := u.workers[i].spread; s != nil {
			s.locate(zone, callers)
		}
	}
}

// pick chooses the host of the attempt that ask tells of; -1 when there is none to
// choose.
func (u *Upstream) pick(now mesh.Time, w *worker) int {
	if u.affinity != nil {
		if host, only := u.kept(&u.ask); only {
			return host
		}
	}
	return w.balancer.Pick(now, u.set, &u.ask, &u.dice)
}

// parts says whether an attempt that ended so costs its connection. A stream of
// HTTP/2 can be given up or reset alone; of HTTP/1 the connection is the only
// thing to close.
func (u *Upstream) parts(r *Reply, abandoned bool) bool {
	return r.Last || r.Outcome == mesh.ConnectFailure || !u.plan.Multiplexed && (abandoned || r.Outcome == mesh.Reset)
}

// blame lets the outlier detection learn from an attempt that ended, or whose time
// is up.
func (u *Upstream) blame(now mesh.Time, host int, r *Reply) {
	if u.outlier != nil && u.set.Hosts[host].member() {
		u.outlier.Result(now, host, *r)
		u.rechoose(now)
	}
}

// observe lets the balancer learn from an attempt that ended.
func (w *worker) observe(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	if w.observer != nil {
		w.observer.Done(now, host, latency, o)
	}
}

// asked tells the outlier detection that an attempt goes out.
func (u *Upstream) asked(now mesh.Time, host int) {
	if u.outlier != nil {
		u.outlier.Sent(now, host)
		u.rechoose(now)
	}
}

// connected tells the outlier detection that an attempt has its connection.
func (u *Upstream) connected(now mesh.Time, host int) {
	if u.outlier != nil {
		u.outlier.Connected(now, host)
	}
}

// overflowed is an attempt that the breaker stopped, where that is held against
// the host that would have got it.
func (u *Upstream) overflowed(now mesh.Time, host int) {
	if o, ok := u.outlier.(*Outlier); ok && o.is.overflows {
		u.outlier.Result(now, host, Reply{Outcome: mesh.ConnectFailure})
		u.rechoose(now)
	}
}

// Start tells that the upstream is in use from now on. The first call does so
// too.
func (u *Upstream) Start(now mesh.Time) {
	if u.outlier != nil {
		u.outlier.Start(now)
	}
	if u.health != nil {
		u.health.Start(now)
	}
}

// WakeAt is when the upstream wants to be woken. What calls are told may make
// that sooner.
func (u *Upstream) WakeAt() mesh.Time {
	at := mesh.Never
	if u.outlier != nil {
		at = u.outlier.WakeAt()
	}
	if u.health != nil {
		at = min(at, u.health.WakeAt())
	}
	if u.plan.Pool != nil {
		for i := range u.workers {
			at = min(at, u.workers[i].pools.WakeAt())
		}
	}
	return at
}

// Wake tells that time has come as far as now.
func (u *Upstream) Wake(now mesh.Time) {
	if u.outlier != nil {
		u.outlier.Wake(now)
		u.rechoose(now)
	}
	if u.health != nil {
		u.health.Wake(now)
	}
	for i := range u.workers {
		u.workers[i].pools.Wake(now)
		u.make(now, u.workers[i].pools)
	}
}

// Ejections is how many times a host was taken out.
func (u *Upstream) Ejections() uint64 {
	if u.outlier == nil {
		return 0
	}
	return u.outlier.Ejections()
}

// rechoose does so when outlier detection has done something.
func (u *Upstream) rechoose(now mesh.Time) {
	if u.outlier.Changed() {
		u.drainEjected(now)
		u.update(now)
	}
}

// choose makes those hosts eligible that are not ejected, or all in panic; but
// none that its breaker shuts or that has left. A spread looks for itself who is
// fit, and now, because what changes later may have to wait.
func (u *Upstream) choose() {
	all := u.workers[0].spread != nil || u.outlier != nil && panics(u.Members()-u.outlier.Out(), u.Members(), u.plan.overprovisioning(), u.plan.panicThreshold())
	u.set.Choose(func(h *Host) bool { return !h.Shut && h.member() && (all || !h.Ejected) })
	for i := range u.workers {
		if s := u.workers[i].spread; s != nil {
			s.look(u.set)
		}
	}
}
