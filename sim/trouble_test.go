package sim

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// four is a service of four replicas, asked a thousand times in ten seconds.
func four(t *testing.T, faults ...fault.Fault) Model {
	s := serviceOf("s", 0, waits(t, "1ms"))
	s.Replicas = 4
	m := modelOf(100, "s", s)
	m.Duration, m.Warmup = 10*time.Second, 0
	m.Faults = faults
	return m
}

// TestErrorsStrikeSomeReplicas: one of four fails throughout, and half of what
// comes to two others.
func TestErrorsStrikeSomeReplicas(t *testing.T) {
	tally := run(t, four(t, fault.Fault{Kind: &fault.Errors{Service: "s", Replicas: 1, Rate: 1}}), 1)
	c := &tally.Classes[0]
	if quarter := c.Requests / 4; c.Outcomes[mesh.Error] < quarter-1 || c.Outcomes[mesh.Error] > quarter+1 {
		t.Errorf("%d of %d fail, want those of one replica of four", c.Outcomes[mesh.Error], c.Requests)
	}
	tally = run(t, four(t, fault.Fault{Kind: &fault.Errors{Service: "s", Replicas: 2, Rate: .5}}), 1)
	c = &tally.Classes[0]
	if share := float64(c.Outcomes[mesh.Error]) / float64(c.Requests); share < .18 || share > .32 { // five standard errors
		t.Errorf("%v fail, want a quarter", share)
	}
}

// TestErrorsEnd to the last bit, in whatever order they do.
func TestErrorsEnd(t *testing.T) {
	var faults []fault.Fault
	for i := range 5 {
		faults = append(faults, fault.Fault{At: unit.Duration(i) * unit.Second / 10, For: span(time.Duration(7-i) * time.Second / 10), Kind: &fault.Errors{Service: "s", Rate: .3}})
	}
	p := compiled(t, four(t, faults...))
	r := p.New(1)
	if _, err := r.Go(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for i := range r.replicas {
		if r.replicas[i].errors != 0 {
			t.Errorf("replica %d fails %v when all is over", i, r.replicas[i].errors)
		}
	}
}

// TestSlowMayStrikeSomeReplicas: a quarter of the requests take longer.
func TestSlowMayStrikeSomeReplicas(t *testing.T) {
	tally := run(t, four(t, fault.Fault{Kind: &fault.Slow{Service: "s", Replicas: 1, By: 100 * unit.Millisecond}}), 1)
	ok := tally.Classes[0].OK
	if fast, slow := time.Duration(ok.Quantile(.74)), time.Duration(ok.Quantile(.76)); fast > 2*time.Millisecond || slow < 100*time.Millisecond {
		t.Errorf("p74 %v and p76 %v, want a quarter to be slow", fast, slow)
	}
}

// TestProxiesEjectWhoFails: a replica that fails is out after five answers, for
// 30 s; each caller has a proxy of its own, and finds out for itself.
func TestProxiesEjectWhoFails(t *testing.T) {
	m := four(t, fault.Fault{Kind: &fault.Errors{Service: "s", Replicas: 1, Rate: 1}})
	front := serviceOf("front", 0, mesh.Step{Call: &mesh.Call{To: "s", Chance: 1, Optional: true}})
	front.Replicas = 3
	m.Services = append(m.Services, front)
	m.Traffic[0].To = "front"
	o := &policy.OutlierDetection{}
	o.SetDefaults()
	o.MaxEjectionPercent = 0.25
	m.Policies = []policy.Rule{{To: "s", Dialect: "envoy", OutlierDetection: &policy.OutlierChoice{Kind: "envoy", Settings: o}}}
	m.Duration = 35 * time.Second
	tally := run(t, m, 1)
	for i := range tally.Edges {
		e := &tally.Edges[i]
		if _, to := tally.Edge(i); to != "s" {
			equal(t, "ejections from the front", e.Ejections, 0)
			continue
		}
		equal(t, "ejections", e.Ejections, 3)
		equal(t, "attempts at the first replica", e.Picks[0], 15)
		equal(t, "failures", e.Requests-e.Succeeded, 15)
	}
}

// TestEjectionsCountFromTheWarmup: the one that there is room for comes at once.
func TestEjectionsCountFromTheWarmup(t *testing.T) {
	for warmup, want := range map[time.Duration]uint64{0: 1, 5 * time.Second: 0} {
		m := four(t)
		m.Services[0].Endpoints[0].Errors.Ratio = 1
		o := &policy.OutlierDetection{}
		o.SetDefaults()
		o.MaxEjectionPercent = 0.25
		m.Policies = []policy.Rule{{Dialect: "envoy", OutlierDetection: &policy.OutlierChoice{Kind: "envoy", Settings: o}}}
		m.Warmup = warmup
		equal(t, "ejections", run(t, m, 1).Edges[0].Ejections, want)
	}
}

// TestTheDeadRetryNoMore: a caller crashes while its calls fail, and are to be
// tried again; nobody is left to try.
func TestTheDeadRetryNoMore(t *testing.T) {
	back := serviceOf("back", 0, waits(t, "1ms"))
	back.Endpoints[0].Errors.Ratio = 1
	front := serviceOf("front", 0, mesh.Step{Call: &mesh.Call{To: "back", Chance: 1}})
	m := modelOf(100, "front", front, back)
	m.Duration, m.Warmup = 10*time.Second, 0
	retry := &policy.Retry{}
	retry.SetDefaults()
	retry.RetryOn, retry.NumRetries = []string{"5xx"}, 1000
	m.Policies = []policy.Rule{{To: "back", Dialect: "envoy", Retry: retry}}
	crash := fault.Fault{At: unit.Second, Kind: &fault.Crash{Service: "front", Replicas: 1}}
	before, after := m, m
	before.Duration = time.Second
	after.Faults = []fault.Fault{crash}
	p := compiled(t, after)
	r := p.New(1)
	if _, err := r.Go(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	audit(t, r)
	alive := run(t, before, 1)
	for i := range alive.Edges {
		if _, to := alive.Edge(i); to == "back" {
			equal(t, "attempts after the crash", r.tally.Edges[i].Attempts-alive.Edges[i].Attempts, 0)
			equal(t, "calls in flight", uint64(r.calls.taken()), 0)
		}
	}
}
