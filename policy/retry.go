package policy

import (
	"math"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// covers says whether an attempt that ended in o is worth another try: Envoy's
// x-envoy-retry-on (router_filter.rst; retry_state_impl.cc).
func (r *Retry) covers(o mesh.Outcome) bool {
	for _, on := range r.RetryOn {
		if condition(on, o) {
			return true
		}
		if on == "retriable-status-codes" && !broken(o) && r.lists(o.Status()) {
			return true
		}
	}
	return false
}

func condition(on string, o mesh.Outcome) bool {
	switch on {
	case "5xx":
		return o.Status() >= 500
	case "gateway-error":
		return o.Status() >= 502
	case "reset":
		return broken(o)
	case "connect-failure":
		return o == mesh.ConnectFailure
	case "refused-stream":
		return false // the services here answer 503 instead of refusing a stream
	}
	return false
}

// broken says that no answer came, so that there is no status to look at: what
// the caller sees is the proxy's own.
func broken(o mesh.Outcome) bool {
	return o == mesh.Reset || o == mesh.ConnectFailure || o == mesh.Timeout
}

func (r *Retry) lists(status int) bool {
	for _, s := range r.StatusCodes {
		if s == status {
			return true
		}
	}
	return false
}

// mayRetry asks the breaker for a place among the retries under way. A budget
// replaces the fixed cap: max(percent of the requests under way, minimum)
// (RetryBudgetImpl::max in resource_manager_impl.h).
func (u *Upstream) mayRetry() bool {
	b := u.plan.Breaker
	switch {
	case b == nil:
		return true
	case b.RetryBudget != nil:
		share := int(float64(b.RetryBudget.BudgetPercent) * float64(u.requests))
		return u.retries < max(share, b.RetryBudget.MinRetryConcurrency)
	}
	return u.retries < b.MaxRetries
}

// pause draws the back-off before retry n (1, 2, ...): a whole number of
// milliseconds in [0, min(base*2^(n-1), max)), as the code has it and not as
// the documents say (backoff_strategy.cc, JitteredExponentialBackOffStrategy).
func (u *Upstream) pause(n int) time.Duration {
	b := &u.plan.Retry.BackOff
	base, most := b.BaseInterval.Std(), b.MaxInterval.Std()
	if most == 0 {
		most = 10 * min(base, math.MaxInt64/10)
	}
	span := min(base, most)
	for i := 1; i < n && span < most; i++ {
		span += min(span, most-span)
	}
	grain := time.Millisecond
	if base < grain {
		grain = time.Nanosecond
	}
	if span < grain {
		return 0
	}
	return time.Duration(u.dice.IntN(int(span/grain))) * grain
}
