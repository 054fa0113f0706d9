package sim

import (
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// reporting is a service of four replicas with ten places each, one of which
// takes 30 ms where the others take 10 ms, and a rule for it.
func reporting(t *testing.T, balancer string) Model {
	s := serviceOf("s", 10, waits(t, "10ms"))
	s.Replicas, s.LoadReport = 4, &mesh.LoadReport{}
	s.LoadReport.SetDefaults()
	m := modelOf(400, "s", s)
	m.Warmup, m.Duration = 20*time.Second, 60*time.Second
	m.Faults = []fault.Fault{{Kind: &fault.Slow{Service: "s", Replicas: 1, By: 20e6}}}
	var r policy.Rule
	if _, err := strict.Decode("rule.yaml", []byte("load_balancer: "+balancer), &r); err != nil {
		t.Fatal(err)
	}
	m.Policies = []policy.Rule{r}
	return m
}

func shareOfSlow(t *testing.T, m Model) (share float64, tally *Tally) {
	tally = run(t, m, 1)
	e := &tally.Edges[0]
	all := uint64(0)
	for _, n := range e.Picks {
		all += n
	}
	return float64(e.Picks[0]) / float64(all), tally
}

// TestReportsShiftLoad: the weight of a replica is qps / utilization. With p
// places and h s for each request its utilization is qps * h / p, so its weight
// is p / h, whatever it is asked: 1000 for those of 10 ms and 333 for the one of
// 30 ms. It gets 333 / (3 * 1000 + 333), a tenth. Without reports, or balancers
// that take them, it gets a quarter.
func TestReportsShiftLoad(t *testing.T) {
	for _, c := range []struct {
		balancer string
		reports  bool
		want     float64
	}{
		{"round_robin", true, 0.25},
		{"client_side_weighted_round_robin", false, 0.25},
		{"weighted_round_robin", false, 0.25},
		{"client_side_weighted_round_robin", true, 0.1},
		{"weighted_round_robin", true, 0.1},
		{"{policy: weighted_round_robin, enable_oob_load_report: true, oob_reporting_period: 500ms}", true, 0.1},
		{"{policy: client_side_weighted_round_robin, blackout_period: 10m}", true, 0.25},
		{"{policy: client_side_weighted_round_robin, metric_names_for_computing_utilization: [named_metrics.places]}", true, 0.1},
	} {
		m := reporting(t, c.balancer)
		if !c.reports {
			m.Services[0].LoadReport = nil
		}
		if got, _ := shareOfSlow(t, m); math.Abs(got-c.want) > .01 {
			t.Errorf("%s, reports %v: the slow replica gets %.4f, want %v", c.balancer, c.reports, got, c.want)
		}
	}
}

// TestReportedLoad holds what a replica measures to what it does. Asked 20 times
// a second for 10 ms of each of its 2 cores' time, in 5 places that it keeps for
// 40 ms, it is 10% busy in its cores and 16% in its places; half of its answers
// are errors.
func TestReportedLoad(t *testing.T) {
	d := dur(t, "10ms")
	s := serviceOf("s", 5, mesh.Step{Work: &d}, waits(t, "30ms"))
	s.CPU, s.LoadReport, s.Endpoints[0].Errors.Ratio = 2, &mesh.LoadReport{Window: 10e9, Application: "places"}, 0.5
	m := modelOf(20, "s", s)
	m.Duration, m.Warmup = 60*time.Second, 0
	plan := compiled(t, m)
	r := plan.New(1)
	for r.now < mesh.Time(55*time.Second) {
		r.step()
		if r.now%mesh.Time(time.Second) < 1e6 {
			r.load(&r.replicas[0]) // looking often changes nothing
		}
	}
	l := r.load(&r.replicas[0])
	near := func(what string, got, want, off float64) {
		if math.Abs(got-want) > off {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("qps", l.qps, 20, 4)
	near("eps", l.eps, l.qps/2, 3)
	near("cpu", l.cpu, l.qps*0.010/2, 0.01)
	near("places", l.places, l.qps*0.040/5, 0.02)
	near("application", l.application, l.places, 0)
}

// TestToMeasureIsNotToDisturb: a run whose replicas report is the run without,
// while nobody listens.
func TestToMeasureIsNotToDisturb(t *testing.T) {
	m := reporting(t, "round_robin")
	m.Services[0].CPU = 1
	_, with := shareOfSlow(t, m)
	m.Services[0].LoadReport = nil
	_, without := shareOfSlow(t, m)
	equal(t, "fingerprint", with.Fingerprint, without.Fingerprint)
}
