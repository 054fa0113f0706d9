package policy

import "github.com/meshdyno/meshdyno/unit"

// CircuitBreaker caps what one proxy has under way to one upstream. Envoy's
// names and defaults (circuit_breaker.proto).
type CircuitBreaker struct {
	MaxRequests int          `yaml:"max_requests" min:"0" doc:"requests under way at once"`
	MaxRetries  int          `yaml:"max_retries" min:"0" doc:"retries under way at once"`
	RetryBudget *RetryBudget `yaml:"retry_budget" doc:"replaces max_retries"`
}

// SetDefaults gives Envoy's.
func (c *CircuitBreaker) SetDefaults() { c.MaxRequests, c.MaxRetries = 1024, 3 }

// RetryBudget lets retries under way be a share of all requests under way. It is
// a budget of concurrency: 20% of it is another thing than 20% of a rate.
type RetryBudget struct {
	BudgetPercent       unit.Ratio `yaml:"budget_percent" max:"1" doc:"share of the requests under way that may be retries"`
	MinRetryConcurrency int        `yaml:"min_retry_concurrency" min:"0" doc:"retries that are always allowed"`
}

// SetDefaults gives Envoy's.
func (r *RetryBudget) SetDefaults() { r.BudgetPercent, r.MinRetryConcurrency = 0.2, 3 }

// allows is Envoy's canCreate for retries: fewer are under way than the greater
// of the share, rounded down, and the minimum (resource_manager_impl.h,
// RetryBudgetImpl::max).
func (r *RetryBudget) allows(l Load) bool {
	return l.Retries < max(int(float64(r.BudgetPercent)*float64(l.Requests)), r.MinRetryConcurrency)
}

// allowsRetry asks for a place among the retries under way.
func (c *CircuitBreaker) allowsRetry(l Load) bool {
	if c.RetryBudget != nil {
		return c.RetryBudget.allows(l)
	}
	return l.Retries < c.MaxRetries
}
