package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// armRetries arms what the upstream needs to decide about further attempts.
func (u *Upstream) armRetries() {
	p := u.plan
	u.hedges = p.HedgePolicy != nil && p.HedgePolicy.HedgeOnPerTryTimeout
	if h := p.Hedging; h != nil {
		u.more = int16(min(h.MaxAttempts, grpcAttempts) - 1)
	}
	r := p.Retry
	if r == nil {
		return
	}
	u.on = retryOnOf(r.RetryOn)
	if r.Budget != nil {
		u.budget = r.Budget.Settings.New()
	}
	if t := r.PerTryTimeout; t != nil && (p.Timeout == 0 || t.Std() < p.Timeout) {
		u.perTry = t.Std()
	}
	if p.Hedging == nil {
		u.more = int16(r.NumRetries)
	}
}

// sent tells the budget of an attempt.
func (u *Upstream) sent(now mesh.Time, attempt int16) {
	if u.budget != nil && attempt == 1 {
		u.budget.Began(now)
	}
}

// judge says whether an attempt that ended in r is worth another one, and lets
// the budget know.
func (u *Upstream) judge(now mesh.Time, r *Reply) (poor bool) {
	if u.on == 0 {
		return false
	}
	poor = (r.Outcome != mesh.OK || u.on&maybeGood != 0) && u.worth(r)
	u.tell(now, r, poor)
	return poor
}

// tell lets the budget know how an attempt ended.
func (u *Upstream) tell(now mesh.Time, r *Reply, poor bool) {
	if u.budget != nil {
		u.budget.Ended(now, r.Outcome, poor)
	}
}

// capsAllow asks the breaker for one more retry. It gives nothing away.
func (u *Upstream) capsAllow(extra bool) bool {
	return u.plan.Breaker == nil || u.plan.Breaker.allowsRetry(u.load(extra))
}

// withdraw takes one retry out of the budget.
func (u *Upstream) withdraw(now mesh.Time, extra bool) bool {
	return u.budget == nil || u.budget.Withdraw(now, u.load(extra))
}

// load is what is under way, and perhaps the attempt that has just ended.
func (u *Upstream) load(extra bool) Load {
	l := Load{Requests: u.requests, Retries: u.retries}
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
func (u *Upstream) pause(n int, before time.Duration) time.Duration {
	return u.plan.Retry.BackOff.pause(n, before, &u.dice)
}

// pauses are the back-offs of one call.
type pauses struct {
	last  time.Duration
	drawn int // so far
}

func (p *pauses) next(u *Upstream) time.Duration {
	p.drawn++
	p.last = u.pause(p.drawn, p.last)
	return p.last
}
