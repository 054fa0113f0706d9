package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// sent tells the budget of an attempt.
func (k *course) sent(now mesh.Time, attempt int16) {
	if k.budget != nil && attempt == 1 {
		k.budget.Began(now)
	}
}

// judge says whether an attempt that ended in r is worth another one, and lets
// the budget know.
func (c *Call) judge(now mesh.Time, r *Reply) (poor bool) {
	l := c.limits()
	if l.on == 0 {
		return false
	}
	poor = (r.Outcome != mesh.OK || l.on&maybeGood != 0) && c.route.up.worth(l, r)
	_, _, never := c.route.up.pushback(r)
	c.route.tell(now, r, poor || never)
	return poor
}

// tell lets the budget know how an attempt ended.
func (k *course) tell(now mesh.Time, r *Reply, poor bool) {
	if k.budget != nil {
		k.budget.Ended(now, r.Outcome, poor)
	}
}

// capsAllow asks the breaker for one more retry. It gives nothing away.
func (u *Upstream) capsAllow(at Priority, extra bool) bool {
	return u.plan.Breaker == nil || u.plan.Breaker.of(at).allowsRetry(u.load(at, extra))
}

// withdraw takes one retry out of the budget.
func (k *course) withdraw(now mesh.Time, extra bool) bool {
	return k.budget == nil || k.budget.Withdraw(now, k.up.load(k.plan.Priority, extra))
}

// load is what is under way, and perhaps the attempt that has just ended.
func (u *Upstream) load(at Priority, extra bool) Load {
	under := &u.loads[at]
	l := Load{Requests: under.requests + under.pending, Retries: under.retries}
	if extra {
		l.Requests++
	}
	return l
}

// lingers says whether Envoy still counts the attempt that has just ended among
// the requests when it asks for a retry. An answer is judged by its first bytes,
// while its stream is open (Filter::onUpstreamHeaders). A connection that could
// not be made takes its pending stream along after it has told (purgePendingStreams).
// HTTP/1 gives a broken connection up in the next round of events
// (Http1::ActiveClient::releaseResources). Only a stream of HTTP/2 that was reset,
// by either side, is gone before (MultiplexedActiveClientBase::onStreamDestroy).
func (u *Upstream) lingers(o mesh.Outcome) bool {
	return !u.plan.Multiplexed || o != mesh.Reset && o != mesh.Timeout
}

// pause draws the back-off before retry n (1, 2, ...).
func (k *course) pause(n int, before time.Duration) time.Duration {
	if k.plan.Retry == nil {
		return usualBackOff.pause(n, before, &k.up.dice)
	}
	return k.plan.Retry.BackOff.pause(n, before, &k.up.dice)
}

// usualBackOff is that of requests which ask for retries where no rule does.
var usualBackOff = func() (b BackOff) { b.SetDefaults(); return b }()

// pauses are the back-offs of one call.
type pauses struct {
	last  time.Duration
	drawn int // of those that grow, so far
}

// next is the pause before the next try. What the answer asks for goes before
// what is drawn, and a server that pushes back starts that anew.
func (p *pauses) next(now mesh.Time, k *course, r *Reply) time.Duration {
	if wait, told, _ := k.up.pushback(r); told {
		p.last, p.drawn = 0, 0
		return wait
	}
	if asked := k.reset(now, r); asked > time.Millisecond {
		return atLeast(asked, &k.up.dice)
	}
	p.drawn++
	p.last = k.pause(p.drawn, p.last)
	return p.last
}
