package sim

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestTiedRequests: ten replicas that work on one request at a time, a quarter of
// their time. To send everything twice doubles the work; tied, what waits elsewhere
// leaves the line when one is begun, so that little is done twice, and the tail is
// shorter than without (Dean and Barroso, The Tail at Scale).
func TestTiedRequests(t *testing.T) {
	outcome := func(rule string) (twice float64, p99 time.Duration) {
		s := serviceOf("s", 1, waits(t, "exp(10ms)"))
		s.Replicas = 10
		m := modelOf(250, "s", s)
		m.Network.SameZone.Latency = dur(t, "100us")
		m.Warmup, m.Duration = 2*time.Second, 40*time.Second
		var r policy.Rule
		if _, err := strict.Decode("rule.yaml", []byte("{load_balancer: random"+rule+"}"), &r); err != nil {
			t.Fatal(err)
		}
		m.Policies = []policy.Rule{r}
		tally := run(t, m, 1)
		c, worked := &tally.Classes[0], &tally.Services[0]
		if c.Outcomes[mesh.OK] == 0 || c.Requests != c.Outcomes[mesh.OK]+c.Unfinished() {
			t.Fatalf("%s: outcomes %v", rule, c.Outcomes)
		}
		return float64(worked.Outcomes[mesh.OK])/float64(c.Outcomes[mesh.OK]) - 1, time.Duration(c.OK.Quantile(.99))
	}
	_, alone := outcome("")
	hedged, _ := outcome(", hedging: {max_attempts: 2, hedging_delay: 0s}")
	tied, p99 := outcome(", hedging: {max_attempts: 2, hedging_delay: 0s, tied: true}")
	delayed, p99Delayed := outcome(", hedging: {max_attempts: 2, hedging_delay: 1ms, tied: true}")
	t.Logf("done twice: hedged %.2f, tied %.2f, tied after 1 ms %.3f; p99 alone %v, tied %v, after 1 ms %v", hedged, tied, delayed, alone, p99, p99Delayed)
	if hedged < .95 || tied > .5 || delayed > .05 {
		t.Errorf("done twice: hedged %.2f, tied %.2f, tied after 1 ms %.3f", hedged, tied, delayed)
	}
	if p99 > alone*9/10 || p99Delayed > alone*9/10 {
		t.Errorf("p99 is %v, after 1 ms %v, without %v", p99, p99Delayed, alone)
	}
}

// TestTiedLeavesNothingBehind: with jitter, crashes and callers that hang up, no knot
// outlives its call.
func TestTiedLeavesNothingBehind(t *testing.T) {
	s := serviceOf("s", 1, waits(t, "exp(20ms)"))
	s.Replicas = 3
	m := modelOf(120, "s", s)
	m.Network.SameZone.Latency = dur(t, "exp(1ms)")
	m.Duration = 5 * time.Second
	m.Policies = []policy.Rule{{To: "s", Hedging: &policy.Hedging{MaxAttempts: 3, HedgingDelay: 2e6, Tied: true, NonFatalStatusCodes: []string{"unavailable"}}}}
	p, err := Compile(&m)
	if err != nil {
		t.Fatal(err)
	}
	r := p.New(3)
	if _, err := r.Go(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for ref := range r.ties {
		if r.calls.get(ref) == nil {
			t.Errorf("a knot of call %d, which is over", ref)
		}
	}
	if len(r.ties) > r.calls.taken() {
		t.Errorf("%d knots, %d calls", len(r.ties), r.calls.taken())
	}
}
