package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// watchHealth begins active health checks where the plan has them. Their chance
// is a stream of its own, so that they move no other decision.
func (u *Upstream) watchHealth() {
	if u.plan.HealthCheck == nil {
		return
	}
	own := u.dice
	u.health = newHealth(u.plan.HealthCheck, u.set.Hosts, chance.Keyed(chance.Mix(own.Uint64(), chance.Name("health"))), u)
	u.set.passed = u.health.passed
	for i := range u.set.Endpoints {
		u.health.passed[i] = u.set.Endpoints[i].Joined
	}
}

// NextProbe takes the next probe that is to be sent; ok is false when there is
// none. The driver asks after Start, Wake, Probed and Joined.
func (u *Upstream) NextProbe() (p Probe, ok bool) {
	if u.health == nil {
		return Probe{}, false
	}
	return u.health.Next()
}

// ProbeRules are those of the health check; ok is false when there is none.
func (u *Upstream) ProbeRules() (r HealthRules, ok bool) {
	if u.health == nil {
		return r, false
	}
	return u.health.rules, true
}

// Probed tells what came of a probe.
func (u *Upstream) Probed(now mesh.Time, p Probe, r ProbeReply) {
	if u.health != nil {
		u.health.Probed(now, p, r)
	}
}

// Awaits says whether the answer to a probe would still be of use.
func (u *Upstream) Awaits(p Probe) bool {
	return u.health != nil && u.health.awaits(p)
}

// Condemned tells that an answer to a request carried
// x-envoy-immediate-health-check-fail.
func (u *Upstream) Condemned(now mesh.Time, host int) {
	if u.health != nil && u.set.Hosts[host].member() {
		u.health.condemn(now, host)
	}
}

// HealthCounts are what the health checks have counted.
func (u *Upstream) HealthCounts() HealthCounts {
	if u.health == nil {
		return HealthCounts{}
	}
	return u.health.counts
}

// checked draws the consequences of a check: what it changed is seen by the
// balancer, an ejected host that passes comes back, and a host that discovery
// has lost is no longer held by its checks.
func (u *Upstream) checked(now mesh.Time, host int, passed bool, c healthChange) {
	h := &u.set.Hosts[host]
	if u.outlier != nil {
		u.outlier.Checked(now, host, passed)
	}
	if c == changed {
		if !passed && h.Health&leaving != 0 {
			u.remove(now, host)
			return
		}
		if !passed && h.Health&failedCheck != 0 {
			u.drop(now, host, u.plan.CloseOnFailure)
		}
		u.update(now)
	}
	if u.outlier != nil {
		u.rechoose(now)
	}
}

func (u *Upstream) trafficked() bool { return u.used }
