package policy

import (
	"strings"
	"time"
)

// Plan is what the rules say about one edge, from a caller to a callee.
type Plan struct {
	Dialect        string // of the first rule that matches; envoy when none does
	Balancer       BalancerSettings
	RoutePlan               // of requests that meet no match
	Mirrors        []Mirror // all that any rule has, by number
	Breaker        *CircuitBreaker
	Workers        int              // that have balancers and connections of their own; 0 is 1
	Pool           *ConnectionPool  // nil: connections have no limits of their own
	FailureBreaker BreakerSettings  // nil: none
	Outlier        OutlierSettings  // nil: none is ejected
	SubsetConfig   *SubsetConfig    // nil: as the subset has it
	Session        *StatefulSession // nil: none
	CommonLB       *CommonLB        // nil: as the dialect has it
	HealthCheck    HealthCheck      // nil: none

	IgnoreHealthOnRemoval bool // hosts that discovery has lost go at once, whatever their checks say
	CloseOnFailure        bool // a failed health check closes connections in use too

	Multiplexed bool // one connection carries many requests (HTTP/2, gRPC)
	GRPC        bool // answers say in grpc-status how they ended

	rules []numbered // of the edge, where one looks at requests or copies them; else nil
}

// RoutePlan is what of a plan may differ from request to request.
type RoutePlan struct {
	Timeout      time.Duration // of the whole call; 0 is none
	Timeouts                   // nil: none
	Priority     Priority      // whose connections and caps it has
	Subset       *SubsetMatch  // nil: all hosts
	HashPolicy   []HashPolicy  // nil: the balancer's own
	Retry        *Retry        // nil: never
	HedgePolicy  *HedgePolicy  // nil: none
	Hedging      *Hedging      // nil: none
	EnvoyHeaders bool          // requests may change timeouts and retries
	Mirror       []Mirror      // each may get a copy
	Fault        *FaultFilter  // nil: none is harmed

	timed, heard, ranked bool // a rule has said something about Timeout, EnvoyHeaders, Priority
	firstMirror          int  // the number of Mirror[0] among all mirrors of the plan
	bare                 bool // Istio's: with a fault come neither timeout nor retry
}

// Resolve folds the rules for one edge: of each knob, the first rule that
// matches and sets it wins. A knob that no rule sets is not in force; the
// balancer is then round robin. What rules with a match say is found out request
// by request.
func Resolve(rules []Rule, from, to string) Plan {
	var p Plan
	p.rules, p.Mirrors = number(rules, from, to)
	for i := range p.rules {
		if n := &p.rules[i]; n.match == nil {
			p.fill(n.rule)
		}
	}
	p.RoutePlan = p.route(0)
	if !p.looks() && p.Mirror == nil {
		p.rules = nil
	}
	if p.Balancer == nil {
		p.Balancer = &RoundRobin{}
	}
	if p.Dialect == "" {
		p.Dialect = "envoy"
	}
	return p
}

// Wakes says whether the plan's upstreams may ever want to be woken.
func (p *Plan) Wakes() bool { return p.Outlier != nil || p.HealthCheck != nil || p.Pool != nil }

// newBalancer makes the state of the plan's balancer in the plan's dialect.
func (p *Plan) newBalancer() Balancer {
	if b, ok := p.Balancer.(interface{ newIn(dialect string) Balancer }); ok {
		return b.newIn(p.Dialect)
	}
	return p.Balancer.New()
}

func (r *Rule) matches(from, to string) bool {
	return (r.From == "" || r.From == from) && (r.To == "" || r.To == to)
}

// fill takes from r what p does not have yet, besides the route.
func (p *Plan) fill(r *Rule) {
	if p.Dialect == "" {
		p.Dialect = r.Dialect
	}
	if p.Balancer == nil && r.LoadBalancer != nil {
		p.Balancer = r.LoadBalancer.Settings
	}
	if p.Breaker == nil {
		p.Breaker = r.CircuitBreaker
	}
	if p.Pool == nil {
		p.Pool = r.ConnectionPool
	}
	if p.FailureBreaker == nil && r.Breaker != nil {
		p.FailureBreaker = r.Breaker.Settings
	}
	if p.Outlier == nil && r.OutlierDetection != nil {
		p.Outlier = r.OutlierDetection.Settings
	}
	if p.HealthCheck == nil && r.HealthCheck != nil {
		p.HealthCheck = r.HealthCheck.Settings
		p.IgnoreHealthOnRemoval, p.CloseOnFailure = r.IgnoreHealthOnHostRemoval, r.CloseConnectionsOnHostHealthFailure
	}
	if p.SubsetConfig == nil {
		p.SubsetConfig = r.SubsetConfig
	}
	if p.Session == nil {
		p.Session = r.Session
	}
	if p.CommonLB == nil {
		p.CommonLB = r.CommonLB
	}
}

// fill takes from a rule what the route does not have yet.
func (p *RoutePlan) fill(n *numbered) {
	r := n.rule
	if !p.timed && r.Timeout != nil {
		p.Timeout, p.timed = r.Timeout.Std(), true
	}
	if !p.ranked && r.Priority != "" {
		p.ranked = true
		if r.Priority == "high" {
			p.Priority = High
		}
	}
	if p.Subset == nil {
		p.Subset = n.subset
	}
	if p.HashPolicy == nil {
		p.HashPolicy = r.HashPolicy
	}
	if !p.heard && r.EnvoyHeaders != nil {
		p.EnvoyHeaders, p.heard = *r.EnvoyHeaders, true
	}
	firstSaid(&p.IdleTimeout, r.IdleTimeout)
	firstSaid(&p.MaxStreamDuration, r.MaxStreamDuration)
	firstSaid(&p.MaxGRPCTimeout, r.MaxGRPCTimeout)
	firstSaid(&p.GRPCTimeoutOffset, r.GRPCTimeoutOffset)
	firstSaid(&p.DeadlinePropagation, r.DeadlinePropagation)
	if p.Retry == nil && p.Hedging == nil { // the one stands in place of the other
		p.Retry, p.Hedging = r.Retry, r.Hedging
	}
	firstSaid(&p.HedgePolicy, r.HedgePolicy)
	if p.Mirror == nil && r.Mirror != nil {
		p.Mirror, p.firstMirror = r.Mirror, n.firstMirror
	}
	if p.Fault == nil && r.Fault != nil {
		p.Fault, p.bare = r.Fault, strings.HasPrefix(r.Dialect, "istio")
	}
}

// firstSaid lets a knob be what the first rule says that sets it.
func firstSaid[T any](knob **T, said *T) {
	if *knob == nil {
		*knob = said
	}
}
