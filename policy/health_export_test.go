package policy

import (
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// Presume makes a host healthy before its first check, as most of Envoy's tests
// have it; Uncertain makes it one of which nothing is known yet.
func (u *Upstream) Presume(host int) { u.health.checks[host].failed = false }

// Uncertain marks a host as failed and pending before its first check.
func (u *Upstream) Uncertain(host int) { u.set.Hosts[host].Health = failedCheck | pendingCheck }

// Traffic tells that a connection was opened for a request.
func (u *Upstream) Traffic() { u.used = true }

// Passed is when a host passed a check while it was out.
func (u *Upstream) Passed(host int) time.Duration { return time.Duration(u.health.passed[host]) }

// String lists the marks of a host.
func (h HostHealth) String() string {
	var all []string
	for i, name := range []string{"failed", "degraded", "pending", "excluded", "late", "leaving", "gone"} {
		if h&(1<<i) != 0 {
			all = append(all, name)
		}
	}
	if all == nil {
		return "healthy"
	}
	return strings.Join(all, " ")
}

// JitterBelow is the jitter of such a random number.
var JitterBelow = jitterBelow

// Chosen lists the hosts that a balancer may choose from, as the first priority
// sees them.
func (u *Upstream) Chosen(now mesh.Time) []int32 {
	u.lookAround(now)
	s, ok := u.workers[0].spread.(*spread)
	if !ok {
		return u.set.Eligible
	}
	if s.version != u.set.Version {
		s.look(u.set)
	}
	return s.groups[0].set.Eligible
}

// Picks counts who is picked.
func (u *Upstream) Picks(now mesh.Time, n int) []int {
	picks := make([]int, len(u.set.Hosts))
	u.lookAround(now)
	for range n {
		u.ask = Ask{Last: -1, Subset: u.plan.Subset}
		if host := u.pick(now, &u.workers[0]); host >= 0 {
			picks[host]++
		}
	}
	return picks
}

// Observe tells of a request that ended.
func (u *Upstream) Observe(now mesh.Time, host int, o mesh.Outcome) {
	r := ReplyOf(o, false)
	u.blame(now, host, &r)
}
