package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/policy"
)

// TestFirstRuleWinsKnobByKnob: each knob comes from the first rule that matches
// and sets it; a rule that leaves it out has no say in it.
func TestFirstRuleWinsKnobByKnob(t *testing.T) {
	rules := []policy.Rule{
		rule(t, "{to: ads, timeout: 9s}"),
		rule(t, "{from: web, to: payments, timeout: 1s}"),
		rule(t, "{from: back_office, timeout: 8s, load_balancer: random}"),
		rule(t, "{to: payments, timeout: 2s, retry: {retry_on: [5xx], num_retries: 7}, load_balancer: {policy: least_request, choice_count: 3}}"),
		rule(t, "{retry: {retry_on: [reset]}, circuit_breaker: {max_requests: 5}, load_balancer: random}"),
	}
	p := policy.Resolve(rules, "web", "payments")
	if p.Timeout != time.Second {
		t.Errorf("timeout %v, want the one of web -> payments", p.Timeout)
	}
	if p.Retry == nil || p.Retry.NumRetries != 7 {
		t.Errorf("retry %+v, want the one of payments", p.Retry)
	}
	if l, ok := p.Balancer.(*policy.LeastRequest); !ok || l.ChoiceCount != 3 {
		t.Errorf("balancer %#v, want the one of payments", p.Balancer)
	}
	if p.Breaker == nil || p.Breaker.MaxRequests != 5 {
		t.Errorf("breaker %+v, want that of all", p.Breaker)
	}
}

// TestWhatNoRuleSetsIsNotInForce: the ideal world is the baseline.
func TestWhatNoRuleSetsIsNotInForce(t *testing.T) {
	for name, rules := range map[string][]policy.Rule{
		"no rules":            nil,
		"rules for others":    {rule(t, "{to: ads, timeout: 1s, retry: {retry_on: [5xx]}, circuit_breaker: {}, load_balancer: random}")},
		"of another caller":   {rule(t, "{from: ads, timeout: 1s, retry: {retry_on: [5xx]}, circuit_breaker: {}, load_balancer: random}")},
		"a breaker of others": {rule(t, "{to: ads, breaker: hystrix}")},
		"an empty rule":       {rule(t, "{to: payments}")},
	} {
		p := policy.Resolve(rules, "web", "payments")
		if p.Timeout != 0 || p.Retry != nil || p.Breaker != nil || p.FailureBreaker != nil {
			t.Errorf("%s: got %+v", name, p)
		}
		if _, ok := p.Balancer.(*policy.RoundRobin); !ok {
			t.Errorf("%s: balancer %#v, want round robin", name, p.Balancer)
		}
	}
}

// TestABlockBringsItsDefaults: Envoy's own numbers, once the block is written (of
// least request: least_request_lb_test.cc, DefaultSelectionMethod).
func TestABlockBringsItsDefaults(t *testing.T) {
	p := plan(t, "{retry: {retry_on: [5xx]}, circuit_breaker: {retry_budget: {}}, load_balancer: least_request}")
	r, b := p.Retry, p.Breaker
	if r.NumRetries != 1 || r.PerTryTimeout != nil || r.BackOff.BaseInterval.Std() != 25*time.Millisecond || r.BackOff.MaxInterval != 0 {
		t.Errorf("retry %+v", r)
	}
	if b.MaxRequests != 1024 || b.MaxRetries != 3 {
		t.Errorf("circuit breaker %+v", b)
	}
	if b.RetryBudget.BudgetPercent != 0.2 || b.RetryBudget.MinRetryConcurrency != 3 {
		t.Errorf("retry budget %+v", b.RetryBudget)
	}
	if l := p.Balancer.(*policy.LeastRequest); l.ChoiceCount != 2 || l.ActiveRequestBias != 1 || l.SelectionMethod != "n_choices" {
		t.Errorf("least request %+v", l)
	}
}

// TestADialectThatIsNotSetIsNotSet: the first rule that names one decides, not the
// first that matches.
func TestADialectThatIsNotSetIsNotSet(t *testing.T) {
	for _, c := range []struct{ rules, want string }{
		{"{timeout: 1s} {dialect: grpc}", "grpc"},
		{"{dialect: istio} {dialect: grpc}", "istio"},
		{"{to: ads, dialect: istio} {to: payments}", "envoy"},
	} {
		var rules []policy.Rule
		for _, text := range strings.SplitAfter(c.rules, "} ") {
			rules = append(rules, rule(t, text))
		}
		if p := policy.Resolve(rules, "web", "payments"); p.Dialect != c.want {
			t.Errorf("%s: dialect %s, want %s", c.rules, p.Dialect, c.want)
		}
	}
}

// TestNoTimeoutIsOne: 0s is said by a rule, and stands.
func TestNoTimeoutIsOne(t *testing.T) {
	p := policy.Resolve([]policy.Rule{rule(t, "{to: payments, timeout: 0s}"), rule(t, "{timeout: 1s}")}, "web", "payments")
	if p.Timeout != 0 {
		t.Errorf("timeout %v of a rule that says 0s", p.Timeout)
	}
}
