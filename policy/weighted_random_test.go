package policy_test

import (
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// share asks a balancer 3,000 times in ten seconds, lets the hosts fail as they
// do, and returns the part of the first.
func share(b policy.Balancer, set *policy.Set, from mesh.Time, fails []float64) float64 {
	d, got := dice(uint64(from)), 0.0
	for n := range 3000 {
		now := from.Add(time.Duration(n) * 10 * time.Second / 3000)
		host := b.Pick(now, set, &policy.Ask{}, &d)
		if host == 0 {
			got++
		}
		o := mesh.OK
		if d.Float64() < fails[host] {
			o = mesh.Error
		}
		b.(policy.Observer).Done(now, host, 0, o)
	}
	return got / 3000
}

// TestAnomalyMitigation: the weight of the host that fails is halved every ten
// seconds down to 1/64, and comes back as it went.
func TestAnomalyMitigation(t *testing.T) {
	settings := &policy.WeightedRandom{AnomalyMitigation: true, DetectionInterval: 10 * unit.Second}
	b, set := settings.New(), policy.NewSet(nil, make([]policy.Host, 4))
	now := mesh.Time(0)
	period := func(fails []float64, halved int, why string) {
		t.Helper()
		w := math.Exp2(-float64(halved))
		want := w / (3 + w)
		if got := share(b, set, now, fails); math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/3000) {
			t.Errorf("%v: %s: it gets %.4f, want %.4f", now, why, got, want)
		}
		now = now.Add(10 * time.Second)
	}
	bad, well := []float64{.5, .05, .05, .05}, []float64{.05, .05, .05, .05}
	for n := range 8 {
		period(bad, min(n, 6), "it fails")
	}
	period(well, 6, "it fails no more, which is not known yet")
	for n := 5; n >= 0; n-- {
		period(well, n, "it comes back")
	}
	period(well, 0, "and is where it was")
}

// TestNoAnomaly: what fails like the others is not anomalous, nor is anything
// among two.
func TestNoAnomaly(t *testing.T) {
	for _, c := range []struct {
		name  string
		fails []float64
	}{
		{"all fail alike", []float64{.5, .5, .5}},
		{"twice as often, and few", []float64{.06, .03, .03}},
		{"many, and not twice as often", []float64{.6, .4, .4}},
		{"one of two", []float64{1, 0}},
	} {
		settings := &policy.WeightedRandom{AnomalyMitigation: true, DetectionInterval: 10 * unit.Second}
		b, set := settings.New(), policy.NewSet(nil, make([]policy.Host, len(c.fails)))
		even := 1 / float64(len(c.fails))
		for n := range 3 {
			if got := share(b, set, mesh.Time(n)*1e10, c.fails); math.Abs(got-even) > .04 {
				t.Errorf("%s: the first gets %.3f, want %.3f", c.name, got, even)
			}
		}
	}
}

// TestMitigationAllocatesNothing, not even when hosts are compared.
func TestMitigationAllocatesNothing(t *testing.T) {
	b := (&policy.WeightedRandom{AnomalyMitigation: true, DetectionInterval: 1}).New()
	set, d, now, ask := policy.NewSet(nil, make([]policy.Host, 10)), dice(1), mesh.Time(0), &policy.Ask{}
	b.Pick(now, set, ask, &d)
	if n := testing.AllocsPerRun(1000, func() {
		now += 10
		b.(policy.Observer).Done(now, b.Pick(now, set, ask, &d), 0, mesh.Error)
	}); n != 0 {
		t.Errorf("%v allocations a pick", n)
	}
}
