package loadgen

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// dispersion is the variance of the counts in windows over their mean, from
// each of many runs.
func dispersion(settings PacerSettings, window time.Duration, windows, runs int) []float64 {
	var all []float64
	for run := range runs {
		pacer := settings.New(at(100), stream(fmt.Sprint("dispersion ", run)))
		counts := make([]float64, windows)
		for {
			i := int(pacer.Next() / mesh.Time(window))
			if i >= windows {
				break
			}
			counts[i]++
		}
		mean, deviation := moments(counts)
		all = append(all, deviation*deviation/mean)
	}
	return all
}

// Poisson's index of dispersion is 1 on every scale.
func TestPoissonCountsVaryAsMuchAsTheirMean(t *testing.T) {
	for _, window := range []time.Duration{10 * time.Millisecond, time.Second, 10 * time.Second} {
		mean, deviation := moments(dispersion(&Poisson{}, window, 100, 40))
		if math.Abs(mean-1) > 4*deviation/math.Sqrt(40) {
			t.Errorf("in windows of %v: %v, want 1", window, mean)
		}
	}
}

// The index of dispersion of a two-state MMPP in windows of length t (Fischer
// and Meier-Hellstern, 1993) with rates r, s and leaving rates a, b:
//
//	1 + 2 (r-s)^2 a b / ((a+b)^2 (r b + s a)) (1 - (1 - e^(-(a+b)t)) / ((a+b)t))
func TestBurstsDisperseAsTheFormulaSays(t *testing.T) {
	for _, m := range []*MMPP{
		{BurstRatio: 10, MeanBurst: unit.Second, MeanPause: 9 * unit.Second},
		{BurstRatio: 3, MeanBurst: 2 * unit.Second, MeanPause: unit.Second},
		{BurstRatio: 1e6, MeanBurst: 200 * unit.Millisecond, MeanPause: 5 * unit.Second},
		{BurstRatio: 1, MeanBurst: unit.Second, MeanPause: unit.Second},
	} {
		pause, burst := m.multiples()
		r, s := 100*burst, 100*pause
		a, b := 1/m.MeanBurst.Seconds(), 1/m.MeanPause.Seconds()
		if mean := (r*b + s*a) / (a + b); math.Abs(mean-100) > 1e-9 {
			t.Errorf("%+v: the mean rate is %v, want 100", *m, mean)
		}
		for _, window := range []time.Duration{50 * time.Millisecond, 2 * time.Second} {
			x := (a + b) * window.Seconds()
			want := 1 + 2*(r-s)*(r-s)*a*b/((a+b)*(a+b)*(r*b+s*a))*(1-(1-math.Exp(-x))/x)
			const runs = 60
			mean, deviation := moments(dispersion(m, window, 1000, runs))
			if math.Abs(mean-want) > 4*deviation/math.Sqrt(runs)+0.01*want {
				t.Errorf("%+v in windows of %v: %v, want %v", *m, window, mean, want)
			}
		}
	}
}

// The long-run index of dispersion of a renewal process is cv^2 (Cox, Renewal
// Theory, 1962, section 4.5); a long window comes close.
func TestRenewalsDisperseByTheVariationOfTheirGaps(t *testing.T) {
	for text, cv := range map[string]float64{
		"gamma(1s, cv=2)": 2, "gamma(10ms, cv=0.5)": 0.5, "exp(1s)": 1, "lognormal(2s, cv=1.5)": 1.5,
	} {
		const runs = 40
		mean, deviation := moments(dispersion(&Renewal{Gaps: gaps(t, text)}, 20*time.Second, 60, runs))
		if math.Abs(mean-cv*cv) > 4*deviation/math.Sqrt(runs)+0.03*cv*cv {
			t.Errorf("%s: %v, want %v", text, mean, cv*cv)
		}
	}
}

// thinned is the naive twin of a ramped Poisson: candidates at the highest rate,
// each kept with the chance rate/highest (Lewis and Shedler, 1979).
func thinned(p Profile, highest float64, end mesh.Time, s *chance.Stream) (kept []mesh.Time) {
	for now := 0.0; ; {
		now += s.Exp() / highest * nsPerSecond
		if now >= float64(end) {
			return kept
		}
		t := mesh.Time(now)
		if rate := (expected(p, t+1000) - expected(p, t)) * 1e6; s.Float64() < rate/highest {
			kept = append(kept, t)
		}
	}
}

func TestRampedPoissonIsDistributedAsItsThinnedTwin(t *testing.T) {
	p := Profile{phase(4*time.Second, 20, 300), phase(2*time.Second, 300, 300), phase(4*time.Second, 300, 0)}
	end := mesh.Time(10 * time.Second)
	var ours, twins []mesh.Time
	var counts []float64
	for run := range 20 {
		pacer := (&Poisson{}).New(p, stream(fmt.Sprint("ours ", run)))
		before := len(ours)
		for now := pacer.Next(); now <= end; now = pacer.Next() {
			ours = append(ours, now)
		}
		counts = append(counts, float64(len(ours)-before))
		s := stream(fmt.Sprint("twin ", run))
		twins = append(twins, thinned(p, 300, end, &s)...)
	}
	if d, limit := kolmogorov(ours, twins); d > limit {
		t.Errorf("the distributions of %d and %d arrivals are %v apart, allowed %v", len(ours), len(twins), d, limit)
	}
	want := expected(p, end)
	if mean, _ := moments(counts); math.Abs(mean-want) > 4*math.Sqrt(want/20) {
		t.Errorf("%v arrivals in a run, want %v", mean, want)
	}
}

// kolmogorov is the largest difference of two empirical distribution functions,
// and what it exceeds once in a thousand times when both samples are of one kind.
func kolmogorov(a, b []mesh.Time) (d, limit float64) {
	slices.Sort(a)
	slices.Sort(b)
	n, m := float64(len(a)), float64(len(b))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if a[i] <= b[j] {
			i++
		} else {
			j++
		}
		d = max(d, math.Abs(float64(i)/n-float64(j)/m))
	}
	return d, 1.95 * math.Sqrt((n+m)/(n*m))
}
