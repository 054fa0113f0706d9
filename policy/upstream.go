package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Upstream is what one proxy keeps about one callee, shared by all its calls
// to it.
type Upstream struct {
	plan     *Plan
	balancer Balancer
	observer Observer  // the balancer, if it learns from attempts; or nil
	spread   spreader  // the balancer, if it first chooses a subset, a priority or a zone; or nil
	outlier  Detector  // nil: none
	health   *Health   // nil: no active checks
	affinity *affinity // nil: no sessions
	set      *Set
	dice     chance.Stream
	breakers breakers
	key      uint64     // of the streams beside dice
	course   course     // of requests that meet no match
	router   *router    // nil: all take that course, and none is copied
	epoch    int64      // seconds from 1970 to the beginning of time
	learns   bool       // somebody does, from attempts that ended
	spare    []*company // to be lent
	scratch  []byte     // for the value of a header
	reply    Reply      // being looked at
	request  asked      // likewise
	hasher   hasher     // of what the balancer keeps requests together by
	ask      Ask        // of the attempt being decided; here, so that it is not allocated
	merge    mergeWindow
	closings []Closing // hosts whose connections the driver has to close
	away     int       // hosts that are no members
	used     bool      // a connection was opened for an attempt
	requests int       // attempts under way
	retries  int       // retries under way, from the decision to the end of the attempt
}

// NewUpstream makes the state of one proxy for a callee with these endpoints,
// which other proxies may share. All chance in its decisions comes from dice.
func NewUpstream(plan *Plan, endpoints []Endpoint, dice chance.Stream) *Upstream {
	u := &Upstream{plan: plan, balancer: plan.newBalancer(), set: NewSet(endpoints, make([]Host, len(endpoints))), dice: dice}
	if ProbesLoad(plan.Balancer) {
		u.set.probes = &loadProbes{}
	}
	u.set.Multiplexed, u.set.byZone = plan.Multiplexed, plan.weighsZones()
	if s := newSubsets(plan, endpoints); s != nil {
		u.spread, u.balancer = s, s
		u.set.byZone = u.set.byZone && s.config.LocalityWeightAware
	} else if s := newSpread(plan, endpoints); s != nil {
		u.spread, u.balancer = s, s
	}
	u.observer, _ = u.balancer.(Observer)
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
	u.learns = u.observer != nil || u.outlier != nil || plan.FailureBreaker != nil
	if h, ok := plan.Balancer.(hashing); ok {
		u.hasher.policies = h.hashPolicies()
	}
	return u
}

// Locate tells in which zone the proxy is, and how many callers of its kind each
// zone has, itself among them. It comes before the first call.
func (u *Upstream) Locate(zone string, callers []ZoneCallers) {
	if u.spread != nil {
		u.spread.locate(zone, callers)
	}
}

// Lost tells that every connection to a host broke. The attempts on them end
// one by one, and take none of those along that are made since.
func (u *Upstream) Lost(host int) {
	u.set.Hosts[host].lose()
	if u.health != nil {
		u.health.lost(host)
	}
}

// lose takes off all connections; attempts on them are on none from now on.
func (h *Host) lose() {
	h.Conns, h.doomed = 0, h.Active
	h.era++
}

// Closed tells that a connection to a host on which no attempt is under way
// was closed.
func (u *Upstream) Closed(host int) { u.set.Hosts[host].part() }

// part takes one connection off.
func (h *Host) part() { h.Conns = max(h.Conns-1, 0) }

// admits says whether the circuit breaker lets one more attempt through:
// Envoy's canCreate is current < max (resource_manager_impl.h).
func (u *Upstream) admits() bool {
	return u.plan.Breaker == nil || u.requests < u.plan.Breaker.MaxRequests
}

// pick chooses the host of an attempt; -1 when there is none to choose.
func (u *Upstream) pick(now mesh.Time, ask Ask) int {
	u.ask = ask
	if u.affinity != nil {
		if host, only := u.kept(&u.ask); only {
			return host
		}
	}
	return u.balancer.Pick(now, u.set, &u.ask, &u.dice)
}

// begin books an attempt and says whether it needs a new connection: HTTP/1
// carries one request at a time on each.
func (u *Upstream) begin(host int) (connect bool, era uint16) {
	h := &u.set.Hosts[host]
	u.requests++
	h.Active++
	if h.Conns == 0 || !u.plan.Multiplexed && h.Active-h.doomed > h.Conns {
		h.Conns++
		u.used = true
		return true, h.era
	}
	return false, h.era
}

// end books the end of an attempt, and of its connection if that went with it.
func (u *Upstream) end(host int, era uint16, parted bool) {
	h := &u.set.Hosts[host]
	u.requests--
	h.Active--
	switch {
	case era != h.era:
		h.doomed--
	case parted:
		h.part()
	}
}

// parts says whether an attempt that ended so costs its connection. A stream of
// HTTP/2 can be given up or reset alone; of HTTP/1 the connection is the only
// thing to close.
func (u *Upstream) parts(o mesh.Outcome, abandoned bool) bool {
	return o == mesh.ConnectFailure || !u.plan.Multiplexed && (abandoned || o == mesh.Reset)
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
func (u *Upstream) observe(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	if u.observer != nil {
		u.observer.Done(now, host, latency, o)
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

// overflowed is a request that the breaker stopped, where that is held against
// the host that would have got it.
func (u *Upstream) overflowed(now mesh.Time, ask Ask) {
	if o, ok := u.outlier.(*Outlier); ok && o.is.overflows && len(u.set.Eligible) > 0 {
		if host := u.pick(now, ask); host >= 0 {
			u.outlier.Result(now, host, Reply{Outcome: mesh.ConnectFailure})
			u.rechoose(now)
		}
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
		u.update(now)
	}
}

// choose makes those hosts eligible that are not ejected, or all in panic; but
// none that its breaker shuts or that has left. A spread looks for itself who is
// fit, and now, because what changes later may have to wait.
func (u *Upstream) choose() {
	all := u.spread != nil || u.outlier != nil && panics(u.Members()-u.outlier.Out(), u.Members(), u.plan.panicThreshold())
	u.set.Choose(func(h *Host) bool { return !h.Shut && h.member() && (all || !h.Ejected) })
	if u.spread != nil {
		u.spread.look(u.set)
	}
}
