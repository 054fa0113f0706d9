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

// random says which kinds draw their arrivals.
var random = map[string]bool{"poisson": true, "mmpp": true, "renewal": true}

// kinds runs a test over the whole menu, at 1000/s.
func kinds(t *testing.T, test func(t *testing.T, kind string, make func(chance.Stream) Pacer)) {
	for _, kind := range Pacers.Names() {
		t.Run(kind, func(t *testing.T) {
			settings := ready(t, kind)
			test(t, kind, func(s chance.Stream) Pacer { return settings.New(at(1000), s) })
		})
	}
}

func TestEveryKindGoesForward(t *testing.T) {
	kinds(t, func(t *testing.T, _ string, make func(chance.Stream) Pacer) {
		pacer, last := make(stream("a")), mesh.Time(0)
		for i := range 100_000 {
			now := pacer.Next()
			if now < last {
				t.Fatalf("arrival %d is at %v, the one before at %v", i, now, last)
			}
			last = now
		}
	})
}

func TestEveryKindRepeatsItselfFromTheSameStream(t *testing.T) {
	kinds(t, func(t *testing.T, kind string, make func(chance.Stream) Pacer) {
		one, same, other := make(stream("a")), make(stream("a")), make(stream("b"))
		differs := false
		for range 1000 {
			now := one.Next()
			if now != same.Next() {
				t.Fatal("the same stream gave other arrivals")
			}
			differs = differs || now != other.Next()
		}
		if differs != random[kind] {
			t.Errorf("another stream gave other arrivals: %v, want %v", differs, random[kind])
		}
	})
}

// Over 20 s each kind sends 20,000, within four standard errors of forty runs;
// what draws nothing within the two hits that vegeta's rounding costs.
func TestEveryKindKeepsItsRate(t *testing.T) {
	kinds(t, func(t *testing.T, kind string, make func(chance.Stream) Pacer) {
		const runs = 40
		var counts [runs]float64
		for i := range counts {
			counts[i] = float64(until(make(stream(fmt.Sprint(i))), mesh.Time(20*time.Second)))
		}
		mean, deviation := moments(counts[:])
		allowed := 2.0
		if random[kind] {
			allowed = 4 * deviation / math.Sqrt(runs)
		}
		if math.Abs(mean-20_000) > allowed {
			t.Errorf("%v arrivals on average, want 20000 within %v", mean, allowed)
		}
	})
}

func TestNoKindAllocates(t *testing.T) {
	kinds(t, func(t *testing.T, _ string, make func(chance.Stream) Pacer) {
		pacer := make(stream("a"))
		if n := testing.AllocsPerRun(1000, func() { pacer.Next() }); n != 0 {
			t.Errorf("%v allocations for each arrival", n)
		}
	})
}

// Every shape rides on every profile: what it expects by t is the integral.
func TestTheShapesFollowTheProfile(t *testing.T) {
	end := mesh.Time(100 * time.Second)
	for _, kind := range []string{"constant", "poisson", "mmpp", "renewal"} {
		settings := ready(t, kind)
		if m, ok := settings.(*MMPP); ok { // short enough to average out
			m.MeanBurst, m.MeanPause = 100*unit.Millisecond, 900*unit.Millisecond
		}
		const runs = 40
		var counts [runs]float64
		for i := range counts {
			counts[i] = float64(until(settings.New(wave, stream(fmt.Sprint(i))), end))
		}
		mean, deviation := moments(counts[:])
		if want := expected(wave, end); math.Abs(mean-want) > 1+4*deviation/math.Sqrt(runs) {
			t.Errorf("%s: %v arrivals in %v, want %v", kind, mean, end, want)
		}
	}
}

// The first arrivals of each kind, at 1000/s from one stream. A change here
// changes every result that anyone has kept.
func TestGoldenArrivals(t *testing.T) {
	golden := map[string][]mesh.Time{
		"poisson":         {385196, 1240554, 1945901, 2604655, 4177771},
		"constant":        {1e6, 2e6, 3e6, 4e6, 5e6},
		"mmpp":            {1340159, 2591793, 5580713, 5955560, 7342844},
		"renewal":         {343607, 393569, 676316, 10432907, 10585191},
		"trace":           {1e6, 2e6, 3e6, 4e6, 5e6},
		"vegeta_constant": {1e6, 2e6, 3e6, 4e6, 5e6},
		"vegeta_sine":     {1000000, 1999058, 2997490, 3995297, 4992482},
		"vegeta_linear":   {0, 4000000, 5998400, 7997002, 9995204},
	}
	kinds(t, func(t *testing.T, kind string, make func(chance.Stream) Pacer) {
		pacer := make(stream("golden"))
		var got []mesh.Time
		for range 5 {
			got = append(got, pacer.Next())
		}
		var slack mesh.Time // vegeta's own floats may be fused on some processors
		if kind == "vegeta_sine" || kind == "vegeta_linear" {
			slack = 2
		}
		if !slices.EqualFunc(got, golden[kind], func(a, b mesh.Time) bool { return max(a-b, b-a) <= slack }) {
			t.Errorf("%q: {%d, %d, %d, %d, %d},", kind, got[0], got[1], got[2], got[3], got[4])
		}
	})
}

func moments(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(deviation)
}

func BenchmarkNext(b *testing.B) {
	for _, kind := range Pacers.Names() {
		b.Run(kind, func(b *testing.B) {
			pacer := ready(b, kind).New(at(1000), stream("a"))
			b.ReportAllocs()
			for b.Loop() {
				pacer.Next()
			}
		})
	}
	b.Run("poisson on a ramp", func(b *testing.B) {
		pacer := (&Poisson{}).New(Profile{phase(1e6*time.Hour, 1000, 2000)}, stream("a"))
		b.ReportAllocs()
		for b.Loop() {
			pacer.Next()
		}
	})
}
