package sim

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/policy"
)

// TestPrequalAvoidsSlowReplicas: of twenty replicas four take three times as
// long. Round robin sends them a fifth, which is more than they can do; Prequal
// much less, whatever it may know of their speed only from their answers.
func TestPrequalAvoidsSlowReplicas(t *testing.T) {
	outcome := func(balancer string) (slow float64, p99 time.Duration) {
		s := serviceOf("s", 1, waits(t, "10ms"))
		s.Replicas = 20
		m := modelOf(1000, "s", s)
		m.Network.SameZone.Latency = dur(t, "200us")
		m.Warmup, m.Duration = 2*time.Second, 20*time.Second
		m.Faults = []fault.Fault{{Kind: &fault.Slow{Service: "s", Replicas: 4, By: 20e6}}}
		var r policy.Rule
		if _, err := strict.Decode("rule.yaml", []byte("load_balancer: "+balancer), &r); err != nil {
			t.Fatal(err)
		}
		m.Policies = []policy.Rule{r}
		tally := run(t, m, 1)
		all, those := uint64(0), uint64(0)
		for i, n := range tally.Edges[0].Picks {
			if all += n; i < 4 {
				those += n
			}
		}
		return float64(those) / float64(all), time.Duration(tally.Classes[0].OK.Quantile(.99))
	}
	blind, blindP99 := outcome("round_robin")
	slow, p99 := outcome("prequal")
	t.Logf("round robin sends them %.3f and has a p99 of %v, Prequal %.3f and %v", blind, blindP99, slow, p99)
	if blind < .19 || slow > .1 {
		t.Errorf("the slow get %.3f of round robin and %.3f of Prequal", blind, slow)
	}
	if p99 > blindP99/10 {
		t.Errorf("p99 is %v, of round robin %v", p99, blindP99)
	}
}

// TestMedianAtThatNumber: the latency that a replica tells is the median of those
// at its present number of requests, or at the nearest that there was.
func TestMedianAtThatNumber(t *testing.T) {
	a := &answers{}
	equal(t, "latency of none", a.latency(3), 0)
	for _, l := range []struct {
		rif    int32
		stayed time.Duration
	}{{1, 10}, {1, 30}, {1, 20}, {4, 50}, {4, 70}} {
		a.add(l.rif, l.stayed)
	}
	equal(t, "at 1", a.latency(1), 20)
	equal(t, "at 2", a.latency(2), 20)
	equal(t, "at 9", a.latency(9), 70)
	for range answersKept {
		a.add(2, 5)
	}
	equal(t, "when the old are forgotten", a.latency(9), 5)
}

// TestProbesCrossTheLink: what takes longer than
// their timeout is of no use, and the picks are those of chance.
func TestProbesCrossTheLink(t *testing.T) {
	share := func(latency string) float64 {
		s := serviceOf("s", 0, waits(t, "1ms"))
		s.Replicas = 4
		m := modelOf(500, "s", s)
		m.Network.SameZone.Latency = dur(t, latency)
		m.Warmup, m.Duration = time.Second, 10*time.Second
		m.Faults = []fault.Fault{{Kind: &fault.Slow{Service: "s", Replicas: 1, By: 50e6}}}
		m.Policies = []policy.Rule{{LoadBalancer: &policy.LoadBalancer{Policy: "prequal", Settings: policy.Balancers.Must("prequal")}}}
		tally := run(t, m, 1)
		sum := uint64(0)
		for _, n := range tally.Edges[0].Picks {
			sum += n
		}
		return float64(tally.Edges[0].Picks[0]) / float64(sum)
	}
	if got := share("1ms"); got > .1 {
		t.Errorf("the slow one gets %.3f", got)
	}
	if got := share("2ms"); got < .2 || got > .3 {
		t.Errorf("probes take 4 ms, more than their 3, and the slow one gets %.3f, want a quarter", got)
	}
}
