package policy

import "github.com/meshdyno/meshdyno/chance"

// Upstream is what one proxy keeps about one callee, shared by all its calls
// to it.
type Upstream struct {
	plan     *Plan
	balancer Balancer
	hosts    []Host
	dice     chance.Stream
	requests int // attempts under way
	retries  int // retries under way, from the decision to the end of the attempt
}

// Host is what a proxy knows about one replica of the callee.
type Host struct {
	Active int32 // attempts under way
	Conns  int32 // connections open, idle or not
}

// NewUpstream makes the state of one proxy for a callee of so many hosts. All
// chance in its decisions comes from dice.
func NewUpstream(plan *Plan, hosts int, dice chance.Stream) *Upstream {
	return &Upstream{plan: plan, balancer: plan.Balancer.New(), hosts: make([]Host, hosts), dice: dice}
}

// Lost tells that every connection to a host broke.
func (u *Upstream) Lost(host int) { u.hosts[host].Conns = 0 }

// unmade takes back the connection that an attempt was to open and did not.
func (u *Upstream) unmade(host int) {
	if h := &u.hosts[host]; h.Conns > 0 {
		h.Conns--
	}
}

// admits says whether the circuit breaker lets one more attempt through:
// Envoy's canCreate is current < max (resource_manager_impl.h).
func (u *Upstream) admits() bool {
	return u.plan.Breaker == nil || u.requests < u.plan.Breaker.MaxRequests
}

// begin books an attempt and says whether it needs a new connection: HTTP/1
// carries one request at a time on each.
func (u *Upstream) begin(host int) (connect bool) {
	h := &u.hosts[host]
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
	h := &u.hosts[host]
	u.requests--
	h.Active--
	if abandoned && !u.plan.Multiplexed && h.Conns > 0 {
		h.Conns--
	}
}
