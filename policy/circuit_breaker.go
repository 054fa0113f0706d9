package policy

import "github.com/meshdyno/meshdyno/unit"

// CircuitBreaker caps what one proxy has under way to one upstream. Envoy's
// names and defaults (circuit_breaker.proto). Envoy lists its thresholds by the
// routing priority they are for; here those of DEFAULT stand without a name,
// because few have others:
//
//	circuit_breaker: {max_requests: 100, high: {max_requests: 200}}
//
// High is in force for requests of high priority; without it they have Envoy's
// defaults, as they have in Envoy when only DEFAULT is listed.
type CircuitBreaker struct {
	Thresholds
	High              *Thresholds        `yaml:"high" doc:"the same for requests of high priority, which are counted apart"`
	PerHostThresholds *PerHostThresholds `yaml:"per_host_thresholds" doc:"the same for each host by itself"`
}

// Thresholds are the caps of one routing priority.
type Thresholds struct {
	MaxConnections     int          `yaml:"max_connections" min:"0" doc:"connections at once, those being made or closed among them; a chosen host that has none gets one all the same"`
	MaxPendingRequests int          `yaml:"max_pending_requests" min:"0" doc:"requests that wait for a connection at once"`
	MaxRequests        int          `yaml:"max_requests" min:"0" doc:"requests under way at once, those that wait for a connection not counted"`
	MaxRetries         int          `yaml:"max_retries" min:"0" doc:"retries under way at once"`
	RetryBudget        *RetryBudget `yaml:"retry_budget" doc:"replaces max_retries"`
	MaxConnectionPools *int         `yaml:"max_connection_pools" min:"0" doc:"hosts that have connections at once; any number when left out"`
}

// SetDefaults gives Envoy's.
func (t *Thresholds) SetDefaults() {
	t.MaxConnections, t.MaxPendingRequests, t.MaxRequests, t.MaxRetries = 1024, 1024, 1024, 3
}

// PerHostThresholds are the caps of one host; of Envoy's thresholds only this one
// is honoured for a host.
type PerHostThresholds struct {
	MaxConnections int `yaml:"max_connections" required:"true" min:"0" doc:"connections to one host at once; requests of high priority do not heed it"`
}

// of is the thresholds of a priority.
func (c *CircuitBreaker) of(at Priority) *Thresholds {
	if at == Normal {
		return &c.Thresholds
	}
	if c.High != nil {
		return c.High
	}
	return &defaultThresholds
}

var defaultThresholds = func() (t Thresholds) { t.SetDefaults(); return t }()

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

func (r *RetryBudget) empty() bool { return r.BudgetPercent == 0 && r.MinRetryConcurrency == 0 }

// allowsRetry asks for a place among the retries under way.
func (t *Thresholds) allowsRetry(l Load) bool {
	if t.RetryBudget != nil {
		return t.RetryBudget.allows(l)
	}
	return l.Retries < t.MaxRetries
}
