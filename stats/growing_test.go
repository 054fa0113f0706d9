package stats

import (
	"math/rand/v2"
	"testing"
)

func alarms(load float64, arrivals, trials int) float64 {
	r := rand.New(rand.NewPCG(uint64(100*load), uint64(arrivals)))
	n := 0
	for range trials {
		if Growing(inSystem(r, load, arrivals, 120)) {
			n++
		}
	}
	return float64(n) / float64(trials)
}

func TestASteadyQueueIsNotGrowing(t *testing.T) {
	simulates(t)
	for _, load := range []float64{0.5, 0.8, 0.9, 0.95, 0.99} {
		for _, arrivals := range []int{1000, 20_000} {
			if got := alarms(load, arrivals, 200); got > 0.015 {
				t.Errorf("at a load of %v, %d arrivals: false alarm in %.1f %%", load, arrivals, 100*got)
			}
		}
	}
}

func TestAnOverloadedQueueIsGrowing(t *testing.T) {
	simulates(t)
	cases := []struct {
		load             float64
		arrivals, trials int
	}{{1.05, 80_000, 60}, {1.1, 20_000, 100}, {1.2, 6000, 300}, {2, 500, 300}}
	for _, c := range cases {
		if got := alarms(c.load, c.arrivals, c.trials); got < 0.99 {
			t.Errorf("at a load of %v, %d arrivals: seen in only %.1f %%", c.load, c.arrivals, 100*got)
		}
	}
}

func TestGrowingByHand(t *testing.T) {
	line := func(n int, rise float64) []float64 {
		s := make([]float64, n)
		for i := range s {
			s[i] = 100 + rise*float64(i)
		}
		return s
	}
	jump := line(100, 0)
	for i := 80; i < 100; i++ {
		jump[i] = 200
	}
	plateau := append(line(100, 1), line(100, 0)...)
	cases := []struct {
		what   string
		series []float64
		want   bool
	}{
		{"a straight line up", line(100, 1), true},
		{"flat", line(100, 0), false},
		{"a straight line down", line(100, -0.5), false},
		{"up by less than a tenth", line(100, 0.1), false},
		{"one jump, then flat", jump, false},
		{"up, then flat for half of the time", plateau, false},
		{"too few samples to tell", line(15, 10), false},
		{"nothing", nil, false},
	}
	for _, c := range cases {
		if got := Growing(c.series); got != c.want {
			t.Errorf("%s: growing %v, want %v", c.what, got, c.want)
		}
	}
}

func TestOverloaded(t *testing.T) {
	if !Overloaded(8, 8) || !Overloaded(9, 8) || Overloaded(7.9, 8) || Overloaded(5, 0) {
		t.Error("a load of one or more is overload; no capacity known is no verdict")
	}
}
