package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
)

// Requests counts the attempts under way.
func (u *Upstream) Requests() int { return u.loads[Normal].requests + u.loads[High].requests }

// Retries counts the retries under way.
func (u *Upstream) Retries() int { return u.loads[Normal].retries + u.loads[High].retries }

// Hosts is what the proxy knows of the replicas.
func (u *Upstream) Hosts() []Host { return u.set.Hosts }

// Pause draws the back-off before retry n.
func (u *Upstream) Pause(n int) time.Duration { return u.course.pause(n, 0) }

// EnvoySpan is of how many milliseconds Envoy draws one before retry n.
func (b *BackOff) EnvoySpan(n int) int {
	base, most := b.limits()
	return envoySpan(base, most, n)
}

// Draw draws the pause before retry n, which comes after the one before.
func (b *BackOff) Draw(n int, before time.Duration, dice *chance.Stream) time.Duration {
	return b.pause(n, before, dice)
}

// Limits are how far the call may go.
func (c *Call) Limits() (whole, perTry time.Duration, hedges bool) {
	l := c.limits()
	return l.whole, l.perTry, l.hedges
}

// Pending counts the attempts that wait for a connection.
func (u *Upstream) Pending() int { return u.loads[Normal].pending + u.loads[High].pending }

// Granted is how the wait of the newest attempt has ended.
func (c *Call) Granted() Grant { return c.worker().pools.waits.at(c.try.place).how }

// AuditPools compares what pools keep in several places.
func (u *Upstream) AuditPools() error { return audit(u.pools()) }

func (u *Upstream) pools() (all []*Pools) {
	for i := range u.workers {
		all = append(all, u.workers[i].pools)
	}
	return all
}

// Under is what is under way at a priority.
func (u *Upstream) Under(at Priority) (requests, pending, retries int) {
	l := &u.loads[at]
	return l.requests, l.pending, l.retries
}

// Connections counts those of a priority.
func (u *Upstream) Connections(at Priority) int { return u.loads[at].connections }

// Harmed counts the requests that fault filters hold back.
func (u *Upstream) Harmed() (n int) {
	if u.router == nil {
		if u.course.faults == nil {
			return 0
		}
		return u.course.faults.active
	}
	for _, f := range u.router.faults {
		n += f.active
	}
	return n
}

// In says whether the host is fit to be asked; Well says fully.
func (h *Host) In() bool   { return h.in() }
func (h *Host) Well() bool { return h.healthy() }

// Subsets says whether some request may be for some of the hosts.
func (p *Plan) Subsets() bool { return p.subsets() }

// PanicThreshold is the share of hosts, in percents, below which all are asked.
func (p *Plan) PanicThreshold() float64 { return p.panicThreshold() }
