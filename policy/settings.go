package policy

import (
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/unit"
)

// Rule is one entry of a scenario's policies: what the proxies do with the
// requests it selects. The first entry that matches wins, knob by knob.
type Rule struct {
	To               string            `yaml:"to" doc:"the callee it is about; every service when left out"`
	From             string            `yaml:"from" doc:"the caller it is about, a service or a traffic class; every one when left out"`
	Dialect          string            `yaml:"dialect" enum:"envoy,envoy-1.25,envoy-1.26,envoy-1.27,envoy-1.28,envoy-1.31,grpc,istio,istio-1.4" doc:"whose exact behaviour"`
	LoadBalancer     *LoadBalancer     `yaml:"load_balancer" doc:"which replica is asked"`
	Timeout          *unit.Duration    `yaml:"timeout" doc:"how long the caller waits for an answer, all tries together; forever when left out"`
	Retry            *Retry            `yaml:"retry" doc:"what is tried again, and when"`
	CircuitBreaker   *CircuitBreaker   `yaml:"circuit_breaker" doc:"how much may be under way at once from one proxy"`
	OutlierDetection *OutlierDetection `yaml:"outlier_detection" doc:"which hosts are taken out for a while because they fail"`
	CommonLB         *CommonLB         `yaml:"common_lb_config" doc:"what holds for every balancer"`
}

// SetDefaults names the default dialect.
func (r *Rule) SetDefaults() { r.Dialect = "envoy" }

// LoadBalancer is one row of the menu Balancers and its settings:
// `load_balancer: {policy: least_request, choice_count: 2}`, or just the name.
type LoadBalancer struct {
	Policy   string
	Settings BalancerSettings
}

// KindKey names the key that chooses the row.
func (*LoadBalancer) KindKey() string { return "policy" }

// Kinds is the menu to choose from.
func (*LoadBalancer) Kinds() menu.Any { return Balancers }

// SetKind takes the chosen row.
func (l *LoadBalancer) SetKind(name string, settings any) {
	l.Policy, l.Settings = name, settings.(BalancerSettings)
}

// Retry says which answers are tried again. Envoy's names and defaults
// (route_components.proto, RetryPolicy).
type Retry struct {
	RetryOn       []string       `yaml:"retry_on" required:"true" enum:"5xx,gateway-error,reset,connect-failure,refused-stream,retriable-status-codes" doc:"what is worth another try"`
	NumRetries    int            `yaml:"num_retries" min:"0" max:"1000" doc:"tries after the first"`
	PerTryTimeout *unit.Duration `yaml:"per_try_timeout" doc:"how long one try may take; ignored when it is not below the timeout"`
	BackOff       BackOff        `yaml:"back_off" doc:"pause before try n: random in [0, min(base_interval * 2^(n-1), max_interval))"`
	StatusCodes   []int          `yaml:"retriable_status_codes" min:"100" max:"599" doc:"the codes that retriable-status-codes means"`
}

// SetDefaults gives Envoy's.
func (r *Retry) SetDefaults() { r.NumRetries = 1 }

// BackOff is the pause between tries. Envoy: 25 ms, and ten times the base.
type BackOff struct {
	BaseInterval unit.Duration `yaml:"base_interval" doc:"upper end of the first pause"`
	MaxInterval  unit.Duration `yaml:"max_interval" doc:"upper end of every pause; ten times base_interval when left out"`
}

// SetDefaults gives Envoy's base.
func (b *BackOff) SetDefaults() { b.BaseInterval = 25 * unit.Millisecond }

// CircuitBreaker caps what one proxy has under way to one upstream. Envoy's
// names and defaults (circuit_breaker.proto).
type CircuitBreaker struct {
	MaxRequests int          `yaml:"max_requests" min:"0" doc:"requests under way at once"`
	MaxRetries  int          `yaml:"max_retries" min:"0" doc:"retries under way at once"`
	RetryBudget *RetryBudget `yaml:"retry_budget" doc:"replaces max_retries"`
}

// SetDefaults gives Envoy's.
func (c *CircuitBreaker) SetDefaults() { c.MaxRequests, c.MaxRetries = 1024, 3 }

// RetryBudget lets retries under way be a share of all requests under way.
type RetryBudget struct {
	BudgetPercent       unit.Ratio `yaml:"budget_percent" max:"1" doc:"share of the requests under way that may be retries"`
	MinRetryConcurrency int        `yaml:"min_retry_concurrency" min:"0" doc:"retries that are always allowed"`
}

// SetDefaults gives Envoy's.
func (r *RetryBudget) SetDefaults() { r.BudgetPercent, r.MinRetryConcurrency = 0.2, 3 }
