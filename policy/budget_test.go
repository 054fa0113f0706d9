package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

const second = mesh.Time(time.Second)

// budget reads one from what stands after `budget:`.
func budget(t testing.TB, text string) policy.Budget {
	t.Helper()
	return rule(t, "retry: {retry_on: [5xx], budget: "+text+"}").Retry.Budget.Settings.New()
}

// TestEnvoysBudgets: the cases of retry_state_impl_test.cc, of which the first
// and the third say that the budget replaces max_retries.
func TestEnvoysBudgets(t *testing.T) {
	for _, c := range []struct {
		name              string
		percent, least    string
		requests, retries int
		want              bool
	}{
		{"BudgetAvailableRetries", "20%", "3", 0, 0, true},
		{"BudgetNoAvailableRetries", "0%", "0", 0, 0, false},
		{"BudgetVerifyMinimumConcurrency, the third", "20%", "3", 0, 2, true},
		{"BudgetVerifyMinimumConcurrency, the fourth", "20%", "3", 0, 3, false},
		{"BudgetVerifyMinimumConcurrency, of 20 requests", "20%", "3", 20, 3, true},
		{"BudgetVerifyMinimumConcurrency, the fifth of 20", "20%", "3", 20, 4, false},
		{"BudgetVerifyMinimumConcurrency, 100% of 20", "100%", "3", 20, 4, true},
		{"the share is rounded down", "20%", "0", 9, 1, false},
		{"the share of ten", "20%", "0", 10, 1, true},
	} {
		b := budget(t, fmt.Sprintf("{kind: envoy, budget_percent: %s, min_retry_concurrency: %s}", c.percent, c.least))
		if got := b.Withdraw(0, policy.Load{Requests: c.requests, Retries: c.retries}); got != c.want {
			t.Errorf("%s: a retry is allowed: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestWhatCountsWhenABudgetIsAsked: of four requests under way 50% are two, of
// three one. Whether the one that failed counts is a matter of how it failed
// (lingers): only a stream of HTTP/2 that was reset is gone before.
func TestWhatCountsWhenABudgetIsAsked(t *testing.T) {
	for _, c := range []struct {
		multiplexed bool
		how         mesh.Outcome
		want        bool // a second retry, with three more requests under way
	}{
		{false, mesh.Error, true},
		{false, mesh.Reset, true},
		{false, mesh.ConnectFailure, true},
		{false, mesh.Timeout, true},
		{true, mesh.Error, true},
		{true, mesh.Reset, false},
		{true, mesh.ConnectFailure, true},
		{true, mesh.Timeout, false},
	} {
		p := plan(t, `{retry: {retry_on: [5xx], per_try_timeout: 1s, back_off: {kind: exponential, base_interval: 10s}},
			circuit_breaker: {retry_budget: {budget_percent: 50%, min_retry_concurrency: 0}}}`)
		p.Multiplexed = c.multiplexed
		up := policy.NewUpstream(&p, make([]policy.Endpoint, 1), dice(1))
		var calls [5]policy.Call
		for i := range calls {
			calls[i].Begin(0, up, nil)
			drain(&calls[i])
		}
		calls[0].Done(0, 1, replied(mesh.Error)) // two of five: it gets its retry
		if c.how == mesh.Timeout {
			calls[1].Wake(second)
		} else {
			calls[1].Done(0, 1, replied(c.how))
		}
		if got := up.Retries() == 2; got != c.want {
			t.Errorf("HTTP/2 %v, %v: a second retry is %v, want %v", c.multiplexed, c.how, got, c.want)
		}
	}
}

// TestLinkerdsBudget: the tests of tower's tps_budget.rs.
func TestLinkerdsBudget(t *testing.T) {
	script := func(name string, ratio float64, perSecond int, steps ...any) {
		t.Helper()
		b := budget(t, fmt.Sprintf("{kind: linkerd, ttl: 1s, retry_ratio: %v, min_retries_per_second: %d}", ratio, perSecond))
		now := mesh.Time(0)
		for i, step := range steps {
			switch step := step.(type) {
			case time.Duration:
				now = now.Add(step)
			case string:
				b.Ended(now, mesh.OK, false)
			case bool:
				if got := b.Withdraw(now, policy.Load{}); got != step {
					t.Errorf("%s, step %d: a retry is allowed: %v", name, i, got)
				}
			}
		}
	}
	const deposit = "deposit"
	script("tps_empty", 1, 0, false)
	script("tps_leaky", 1, 0, deposit, 3*time.Second, false)
	script("tps_slots", 0.5, 0, deposit, deposit, 901*time.Millisecond, true,
		2001*time.Millisecond, deposit, 301*time.Millisecond, deposit, 801*time.Millisecond, deposit, true)
	script("tps_reserve", 1, 5, true, true, true, true, true, false)
	script("a ratio of 0.3 is a third", 0.3, 0, deposit, deposit, deposit, true, deposit, deposit, false, deposit, true)
	script("a failure that is tried again pays nothing", 1, 0, false, deposit, true, false)
}

// TestFinaglesBudget: testBudget of Finagle's RetryBudgetTest.scala with the
// parameters it is called with, and apply minRetries=0 maxPercentOver greater
// than 1.0. Time stands still, as it does there.
func TestFinaglesBudget(t *testing.T) {
	for _, c := range []struct {
		ttl, perSecond int
		ratio          float64
	}{
		{60, 0, 0.1}, {60, 0, 0.5}, {60, 0, 0.25}, {60, 0, 0.75}, {60, 0, 0.99}, {60, 0, 0.999}, {60, 0, 0.9999}, {60, 0, 0.01}, {60, 0, 0.001}, {60, 0, 0.0001},
		{1, 10, 0}, {2, 5, 0}, {1, 10, 0.1}, {2, 5, 0.5}, {60, 0, 0},
	} {
		b := budget(t, fmt.Sprintf("{kind: finagle, ttl: %ds, min_retries_per_second: %d, retry_ratio: %v}", c.ttl, c.perSecond, c.ratio))
		const requests = 10_000
		retried := 0
		for range requests {
			if b.Began(0); b.Withdraw(0, policy.Load{}) {
				retried++
			}
		}
		if want := int(requests*c.ratio) + c.ttl*c.perSecond; retried < want-1 || retried > want+1 {
			t.Errorf("%+v: %d retries, want %d +- 1", c, retried, want)
		}
	}
	b := budget(t, "{kind: finagle, ttl: 60s, min_retries_per_second: 0, retry_ratio: 2}")
	for range 10_000 {
		b.Began(0)
	}
	for n := range 20_001 {
		if ok := b.Withdraw(0, policy.Load{}); ok != (n < 20_000) {
			t.Fatalf("two retries for each of 10,000 requests: retry %d is allowed: %v", n+1, ok)
		}
	}
}

// TestBudgetsByTimeForget: what was deposited or withdrawn counts for about ttl.
func TestBudgetsByTimeForget(t *testing.T) {
	for kind, longest := range map[string]mesh.Time{"linkerd": 11 * second, "finagle": 10 * second} {
		b := budget(t, "{kind: "+kind+", retry_ratio: 0, min_retries_per_second: 1}")
		for n := range 11 {
			if ok := b.Withdraw(0, policy.Load{}); ok != (n < 10) {
				t.Fatalf("%s: of a reserve of ten, retry %d is allowed: %v", kind, n+1, ok)
			}
		}
		now := second / 2
		for ; !b.Withdraw(now, policy.Load{}); now += second / 2 {
		}
		if now < 9*second || now > longest {
			t.Errorf("%s: the reserve is there again after %v", kind, now)
		}
	}
}

// TestGRPCsTokens: TestRetryThrottling of grpc-go's test/retry_test.go. The
// server fails all but some of the attempts; each call may make four.
func TestGRPCsTokens(t *testing.T) {
	good := map[int]bool{0: true, 3: true, 6: true, 10: true, 11: true, 12: true, 13: true, 14: true, 16: true, 18: true}
	p := plan(t, `retry: {retry_on: [unavailable], num_retries: 3, back_off: {kind: grpc, base_interval: 10ms, max_interval: 10ms, multiplier: 1},
		budget: {kind: grpc, max_tokens: 10, token_ratio: 0.5}}`)
	p.GRPC, p.Multiplexed = true, true
	up := policy.NewUpstream(&p, make([]policy.Endpoint, 1), dice(1))
	now, attempt := mesh.Time(0), -1
	for i, want := range []struct {
		ok   bool
		last int // the last attempt that the server saw
	}{
		{true, 0}, {true, 3}, {true, 6}, {false, 8}, {false, 9}, {true, 10}, {true, 11}, {true, 12}, {true, 13}, {true, 14}, {true, 16}, {false, 17},
	} {
		var c policy.Call
		c.Begin(now, up, nil)
		ok := false
		for n := drain(&c); !c.Over(); n = drain(&c) {
			attempt++
			o := mesh.Refused
			if ok = good[attempt]; ok {
				o = mesh.OK
			}
			if c.Done(now, n, policy.ReplyOf(o, true)); !c.Over() {
				now = c.WakeAt()
				c.Wake(now)
			}
		}
		if ok != want.ok || attempt != want.last {
			t.Errorf("call %d: ok %v after attempt %d, want %v after %d", i, ok, attempt, want.ok, want.last)
		}
	}
}

// TestGatewayAPIsBudget: 20% of 1,000 active requests in 10 s are 200 (the
// example of GEP-3388), at least ten each second are allowed whatever the share,
// and a retry beyond is answered with 503.
func TestGatewayAPIsBudget(t *testing.T) {
	b := budget(t, "{kind: gateway_api, min_retry_rate: 0}")
	if b.Withdraw(0, policy.Load{}) {
		t.Error("a retry of nothing")
	}
	for range 800 {
		b.Began(0)
	}
	for n := range 201 {
		if ok := b.Withdraw(0, policy.Load{}); ok != (n < 200) {
			t.Fatalf("of 800 first attempts, retry %d is allowed: %v", n+1, ok)
		}
	}
	least := budget(t, "{kind: gateway_api, percent: 0%}")
	for s := range 5 {
		for n := range 11 {
			if ok := least.Withdraw(mesh.Time(s)*second, policy.Load{}); ok != (n < 10) {
				t.Fatalf("in second %d retry %d is allowed: %v", s, n+1, ok)
			}
		}
	}
	if o := b.Refusal(mesh.Error); o.Status() != 503 {
		t.Errorf("the caller gets %v", o)
	}
}

// TestEveryBudget holds each row to what all promise: no event allocates, the
// state is an upstream's own, and a budget that is empty lets no retry out.
func TestEveryBudget(t *testing.T) {
	for _, row := range policy.Budgets.Rows() {
		b, other := row.New().New(), row.New().New()
		now := mesh.Time(0)
		if n := testing.AllocsPerRun(1000, func() {
			now += second / 7
			b.Began(now)
			b.Ended(now, mesh.Error, true)
			b.Withdraw(now, policy.Load{Requests: 100})
			b.Ended(now, mesh.OK, false)
		}); n != 0 {
			t.Errorf("%s: %v allocations", row.Name, n)
		}
		if !other.Withdraw(0, policy.Load{Requests: 100}) {
			t.Errorf("%s: a fresh budget lets no retry out", row.Name)
		}
		for range 10_000 {
			b.Ended(now, mesh.Error, true)
			b.Withdraw(now, policy.Load{Requests: 100, Retries: 100})
		}
		if b.Withdraw(now, policy.Load{Requests: 100, Retries: 100}) {
			t.Errorf("%s: ten thousand failures do not exhaust it", row.Name)
		}
	}
}

// TestBudgetsAreReadStrictly: bounds of their sources.
func TestBudgetsAreReadStrictly(t *testing.T) {
	for _, text := range []string{
		"{kind: linkerd, ttl: 0.5s}", "{kind: finagle, ttl: 61s}", "{kind: finagle, min_retries_per_second: -1}", "{kind: finagle, retry_ratio: -1}",
		"{kind: grpc, max_tokens: 0}", "{kind: grpc, max_tokens: 1001}", "{kind: grpc, token_ratio: 0}", "{kind: gateway_api, interval: 2h}", "{kind: none}",
	} {
		var r policy.Rule
		if _, err := strict.Decode("policy.yaml", []byte("retry: {retry_on: [5xx], budget: "+text+"}"), &r); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}
