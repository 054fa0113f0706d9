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
	observer Observer // the balancer, if it learns from attempts; or nil
	set      *Set
	dice     chance.Stream
	ask      Ask // of the attempt being decided; here, so that it is not allocated
	requests int // attempts under way
	retries  int // retries under way, from the decision to the end of the attempt
}

// NewUpstream makes the state of one proxy for a callee with these endpoints,
// which other proxies may share. All chance in its decisions comes from dice.
func NewUpstream(plan *Plan, endpoints []Endpoint, dice chance.Stream) *Upstream {
	u := &Upstream{plan: plan, balancer: plan.Balancer.New(), set: NewSet(endpoints, make([]Host, len(endpoints))), dice: dice}
	u.observer, _ = u.balancer.(Observer)
	return u
}

// Lost tells that every connection to a host broke.
func (u *Upstream) Lost(host int) { u.set.Hosts[host].Conns = 0 }

// unmade takes back the connection that an attempt was to open and did not.
func (u *Upstream) unmade(host int) {
	if h := &u.set.Hosts[host]; h.Conns > 0 {
		h.Conns--
	}
}

// admits says whether the circuit breaker lets one more attempt through:
// Envoy's canCreate is current < max (resource_manager_impl.h).
func (u *Upstream) admits() bool {
	return u.plan.Breaker == nil || u.requests < u.plan.Breaker.MaxRequests
}

// pick chooses the host of an attempt.
func (u *Upstream) pick(now mesh.Time, ask Ask) int {
	u.ask = ask
	return u.balancer.Pick(now, u.set, &u.ask, &u.dice)
}

// begin books an attempt and says whether it needs a new connection: HTTP/1
// carries one request at a time on each.
func (u *Upstream) begin(host int) (connect bool) {
	h := &u.set.Hosts[host]
	u.requests++
	h.Active++
	if h.Conns == 0 || !u.plan.Multiplexed && h.Active > h.Conns {
		h.Conns++
		return true
	}
	return false
}

// end books the end of an attempt. One that was given up costs HTTP/1 its
// connection, for there is no other way to stop the answer.
func (u *Upstream) end(host int, abandoned bool) {
	h := &u.set.Hosts[host]
	u.requests--
	h.Active--
	if abandoned && !u.plan.Multiplexed && h.Conns > 0 {
		h.Conns--
	}
}

// observe lets the balancer learn from an attempt that ended.
func (u *Upstream) observe(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	if u.observer != nil {
		u.observer.Done(now, host, latency, o)
	}
}
