package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/unit"
)

// Retry says which answers are tried again. Envoy's names and defaults
// (route_components.proto, RetryPolicy).
type Retry struct {
	RetryOn                 []string            `yaml:"retry_on" required:"true" enum:"5xx,gateway-error,reset,reset-before-request,connect-failure,envoy-ratelimited,retriable-4xx,refused-stream,retriable-status-codes,retriable-headers,cancelled,deadline-exceeded,internal,resource-exhausted,unavailable" doc:"what is worth another try"`
	NumRetries              int                 `yaml:"num_retries" min:"0" max:"1000" doc:"tries after the first"`
	PerTryTimeout           *unit.Duration      `yaml:"per_try_timeout" doc:"how long one try may take; ignored when it is not below the timeout"`
	BackOff                 BackOff             `yaml:"back_off" doc:"the pause before another try"`
	StatusCodes             []int               `yaml:"retriable_status_codes" min:"100" max:"599" doc:"the codes that retriable-status-codes means"`
	PerTryIdleTimeout       *unit.Duration      `yaml:"per_try_idle_timeout" doc:"how long one try may go without a byte; here, where an answer comes at once, as long as it may take"`
	RetriableHeaders        []HeaderMatch       `yaml:"retriable_headers" doc:"what retriable-headers means, one of these: {x-again: {}}; :status counts as a header"`
	RetriableRequestHeaders []HeaderMatch       `yaml:"retriable_request_headers" doc:"only requests that meet one of these are tried again"`
	RateLimited             *RateLimitedBackOff `yaml:"rate_limited_retry_back_off" doc:"the pause that an answer asks for, in place of back_off"`
	HostPredicates          []HostPredicate     `yaml:"retry_host_predicate" doc:"hosts that a retry stays away from, if it finds others"`
	HostSelection           int                 `yaml:"host_selection_retry_max_attempts" min:"0" max:"1000" doc:"how often it looks for others; then it takes what it has found last"`
	Priority                *RetryPriority      `yaml:"retry_priority" doc:"how a retry is spread over priorities"`
	Budget                  *BudgetChoice       `yaml:"budget" doc:"a budget of retries by rate or by tokens; Envoy's stands under circuit_breaker"`
}

// SetDefaults gives Envoy's.
func (r *Retry) SetDefaults() { r.NumRetries, r.HostSelection = 1, 1 }

// perTry is how long one try may take; 0 is for ever.
func (r *Retry) perTry() (least time.Duration) {
	for _, d := range [...]*unit.Duration{r.PerTryTimeout, r.PerTryIdleTimeout} {
		if d != nil && *d > 0 && (least == 0 || d.Std() < least) {
			least = d.Std()
		}
	}
	return least
}
