package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// budgetFor arms what the upstream needs to decide about retries.
func (u *Upstream) budgetFor(r *Retry) {
	if r == nil {
		return
	}
	u.again = r.retriable(u.plan.GRPC)
	if r.Budget != nil {
		u.budget = r.Budget.Settings.New()
	}
}

// sent tells the budget of an attempt.
func (u *Upstream) sent(now mesh.Time, attempt int16) {
	if u.budget != nil && attempt == 1 {
		u.budget.Began(now)
	}
}

// judge says whether an attempt that ended in o is worth another one, and lets
// the budget know.
func (u *Upstream) judge(now mesh.Time, o mesh.Outcome) (again bool) {
	again = u.again.has(o)
	if u.budget != nil {
		u.budget.Ended(now, o, again)
	}
	return again
}

// mayRetry asks the breaker, which gives nothing away, and then the budget. When
// there is no retry left it says what the caller is to get.
func (u *Upstream) mayRetry(now mesh.Time, o mesh.Outcome) (refusal mesh.Outcome, ok bool) {
	l := Load{Requests: u.requests, Retries: u.retries}
	if u.lingers(o) {
		l.Requests++
	}
	if b := u.plan.Breaker; b != nil && !b.allowsRetry(l) {
		return o, false
	}
	if u.budget != nil && !u.budget.Withdraw(now, l) {
		return u.budget.Refusal(o), false
	}
	return o, true
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
