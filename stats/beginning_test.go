package stats

import (
	"testing"

	"github.com/meshdyno/meshdyno/chance"
)

// dependent is a series in which each figure leans on the one before (AR(1)),
// around 100, after a beginning that dies away.
func dependent(seed uint64, n int, lean, beginning, lasts float64) []float64 {
	dice := chance.New(seed, 0, "test", "series")
	series, x := make([]float64, n), 0.0
	for range 100 { // the series itself has no beginning
		x = float64(lean*x) + dice.Float64() - 0.5
	}
	for i := range series {
		x = float64(lean*x) + dice.Float64() - 0.5
		series[i] = 100 + float64(10*x)
		if lasts > 0 {
			series[i] += float64(beginning * chance.Exp(-float64(i)/lasts))
		}
	}
	return series
}

func TestBeginningIsSeldomSeenInNoise(t *testing.T) {
	for _, lean := range []float64{0, 0.5, 0.9, 0.98} {
		seen := 0
		for seed := range uint64(2000) {
			if _, ok := Beginning(dependent(seed, 200, lean, 0, 0)); ok {
				seen++
			}
		}
		if seen > 20 {
			t.Errorf("leaning %v: seen in %d of 2000 series that have none", lean, seen)
		}
	}
}

func TestBeginningIsSeen(t *testing.T) {
	for _, c := range []struct {
		name                   string
		n                      int
		lean, beginning, lasts float64
		from, to               int // where it may be said to end
	}{
		{"empty at first", 200, 0, -100, 5, 5, 30},
		{"for long", 200, 0, -100, 25, 30, 100},
		{"full at first", 200, 0.5, 200, 10, 10, 60},
		{"few intervals", 40, 0, -100, 2, 2, 14},
	} {
		seen := 0
		for seed := range uint64(100) {
			if cut, ok := Beginning(dependent(seed, c.n, c.lean, c.beginning, c.lasts)); ok && cut >= c.from && cut <= c.to {
				seen++
			}
		}
		if seen < 90 {
			t.Errorf("%s: seen in %d of 100 series", c.name, seen)
		}
	}
}

// TestBeginningThatMovesNothing: a constant rate whose first answers come a
// little late is as good as steady.
func TestBeginningThatMovesNothing(t *testing.T) {
	series := make([]float64, 200)
	for i := range series {
		series[i] = 200
	}
	series[0] = 100
	if cut, ok := Beginning(series); ok {
		t.Errorf("cut at %d", cut)
	}
	series = series[:30]
	if cut, ok := Beginning(series); !ok || cut != 1 {
		t.Errorf("cut at %d, %v; in so short a run it moves the mean by 1.7%%", cut, ok)
	}
	if _, ok := Beginning(nil); ok {
		t.Error("nothing has no beginning")
	}
}
