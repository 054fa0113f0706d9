package policy

import "github.com/meshdyno/meshdyno/unit"

// Retry says which answers are tried again. Envoy's names and defaults
// (route_components.proto, RetryPolicy).
type Retry struct {
	RetryOn       []string       `yaml:"retry_on" required:"true" enum:"5xx,gateway-error,reset,reset-before-request,connect-failure,envoy-ratelimited,retriable-4xx,refused-stream,retriable-status-codes,retriable-headers,cancelled,deadline-exceeded,internal,resource-exhausted,unavailable" doc:"what is worth another try"`
	NumRetries    int            `yaml:"num_retries" min:"0" max:"1000" doc:"tries after the first"`
	PerTryTimeout *unit.Duration `yaml:"per_try_timeout" doc:"how long one try may take; ignored when it is not below the timeout"`
	BackOff       BackOff        `yaml:"back_off" doc:"the pause before another try"`
	StatusCodes   []int          `yaml:"retriable_status_codes" min:"100" max:"599" doc:"the codes that retriable-status-codes means"`
	Budget        *BudgetChoice  `yaml:"budget" doc:"a budget of retries by rate or by tokens; Envoy's stands under circuit_breaker"`
}

// SetDefaults gives Envoy's.
func (r *Retry) SetDefaults() { r.NumRetries = 1 }
