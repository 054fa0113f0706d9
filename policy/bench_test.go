package policy_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// full is a policy with every knob set.
const full = `
load_balancer: least_request
timeout: 1s
retry: {retry_on: [5xx, reset, retriable-status-codes], num_retries: 2, per_try_timeout: 250ms}
circuit_breaker: {retry_budget: {}}
outlier_detection: {}
`

// guarded has a breaker for each host and a budget of retries by rate.
const guarded = `
load_balancer: least_request
timeout: 1s
retry: {retry_on: [5xx, reset], num_retries: 2, per_try_timeout: 250ms, budget: linkerd}
circuit_breaker: {retry_budget: {}}
breaker: {kind: accrual, success_rate: 50%}
`

// lives are the whole lives of a call: what a driver does, from Begin to the
// answer.
var lives = []struct {
	name, policy string
	live         func(c *policy.Call, up *policy.Upstream)
}{
	{"ok, no policy", "", ok},
	{"ok, every knob", full, ok},
	{"ok, guarded", guarded, ok},
	{"tried twice, every knob", full, retried},
	{"timeouts only, every knob", full, timedOut},
	{"hedged, every knob", full + "hedge_policy: {hedge_on_per_try_timeout: true}\n", hedgedLife},
	{"hedged as gRPC does", "hedging: {max_attempts: 3, hedging_delay: 5ms}", hedgedLife},
	{"elsewhere", "retry: {retry_on: [5xx], retry_host_predicate: [previous_hosts], host_selection_retry_max_attempts: 5}", retried},
}

func ok(c *policy.Call, up *policy.Upstream) {
	c.Begin(0, up, nil)
	attempt := drain(c)
	c.Done(5, attempt, replied(mesh.OK))
	drain(c)
}

func retried(c *policy.Call, up *policy.Upstream) {
	c.Begin(0, up, nil)
	c.Done(5, drain(c), replied(mesh.Error))
	c.Wake(c.WakeAt())
	c.Done(100e6, drain(c), replied(mesh.OK))
	drain(c)
}

func timedOut(c *policy.Call, up *policy.Upstream) {
	for c.Begin(0, up, nil); !c.Over(); c.Wake(c.WakeAt()) {
		drain(c)
	}
	drain(c)
}

func hedgedLife(c *policy.Call, up *policy.Upstream) {
	c.Begin(0, up, nil)
	for drain(c) < 2 {
		c.Wake(c.WakeAt())
	}
	c.Done(400e6, 1, replied(mesh.OK))
	drain(c)
}

// drain takes all actions and returns the attempt that was sent.
func drain(c *policy.Call) (attempt int16) {
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if a.Kind == policy.Send || a.Kind == policy.Connect {
			attempt = a.Attempt
		}
	}
	return attempt
}

// TestTheWholeCallAllocatesNothing, and takes the route that it meets.
func TestTheWholeCallAllocatesNothing(t *testing.T) {
	up, q := wholeCall(t)
	var c policy.Call
	if n := testing.AllocsPerRun(1000, func() {
		c.Begin(0, up, q)
		c.Done(5, drain(&c), replied(mesh.OK))
		drain(&c)
	}); n != 0 || c.Timeout() != 2*time.Second {
		t.Errorf("%v allocations a call, a timeout of %v, want none and 2s", n, c.Timeout())
	}
}

// TestCallsAllocateNothing: decisions are made millions of times a second.
func TestCallsAllocateNothing(t *testing.T) {
	for _, l := range lives {
		up := upstream(t, 10, l.policy)
		var c policy.Call
		if n := testing.AllocsPerRun(1000, func() { l.live(&c, up) }); n != 0 {
			t.Errorf("%s: %v allocations a call", l.name, n)
		}
		if !c.Over() || up.Requests() != 0 || up.Retries() != 0 {
			t.Errorf("%s: not over, or %d requests and %d retries left", l.name, up.Requests(), up.Retries())
		}
	}
}

func BenchmarkCall(b *testing.B) {
	for _, l := range lives {
		b.Run(l.name, func(b *testing.B) {
			up := upstream(b, 10, l.policy)
			var c policy.Call
			b.ReportAllocs()
			for b.Loop() {
				l.live(&c, up)
			}
		})
	}
}

func BenchmarkPick(b *testing.B) {
	for _, row := range policy.Balancers.Rows() {
		b.Run(row.Name, func(b *testing.B) {
			balancer, d, set, ask := row.New().New(), dice(1), policy.NewSet(nil, make([]policy.Host, 1000)), &policy.Ask{}
			b.ReportAllocs()
			for b.Loop() {
				balancer.Pick(0, set, ask, &d)
			}
		})
	}
}

// BenchmarkWholeCall is a call with all that a busy mesh has: rules that look at
// a header and a prefix, the caps of a breaker, least request of 100 hosts, a retry
// policy that is armed, outlier detection that keeps its books.
func BenchmarkWholeCall(b *testing.B) {
	up, q := wholeCall(b)
	var c policy.Call
	b.ReportAllocs()
	for b.Loop() {
		c.Begin(0, up, q)
		c.Done(5, drain(&c), replied(mesh.OK))
		drain(&c)
	}
}

func wholeCall(t testing.TB) (*policy.Upstream, *letter) {
	t.Helper()
	narrow := rule(t, `{match: {prefix: /v1/, headers: {x-user: jason}}, timeout: 2s}`)
	p := policy.Resolve([]policy.Rule{narrow, rule(t, full)}, "web", "payments")
	return policy.NewUpstream(&p, make([]policy.Endpoint, 100), dice(1)), get("shop", "/v1/cart/add", "x-user: jason")
}
