package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

func TestTimeWeightedByHand(t *testing.T) {
	var w TimeWeighted
	w.Set(0, 2)  // 2 for 3
	w.Add(3, 4)  // 6 for 1
	w.Add(4, -5) // 1 for 6
	if got := w.Mean(10); got != (2*3+6*1+1*6)/10.0 {
		t.Errorf("mean %v, want 1.8", got)
	}
	if w.Level() != 1 {
		t.Errorf("level %d, want 1", w.Level())
	}
}

func TestCutForgetsTheWarmupAndKeepsTheLevel(t *testing.T) {
	var w TimeWeighted
	w.Set(5, 100)
	w.Set(8, 3)
	w.Cut(10)
	if w.Mean(10) != 3 {
		t.Errorf("at the cut: mean %v, want the level 3", w.Mean(10))
	}
	w.Set(15, 5)
	if got := w.Mean(20); got != 4 {
		t.Errorf("mean %v, want 4: 3 for half of the time, 5 for the other", got)
	}
}

func TestFoldingHoldsALevelOfABillionForHours(t *testing.T) {
	var w TimeWeighted
	const level, minute = 1 << 30, 60_000_000_000
	w.Set(0, level)
	for now := mesh.Time(0); now <= 600*minute; now += minute / 6 {
		w.Fold(now) // less than 2^64 at a time
	}
	if got, want := w.Area(600*minute), product(level, 600*minute); got != want {
		t.Errorf("area %v, want %v", got, want)
	}
	if got := w.Mean(600 * minute); got != level {
		t.Errorf("mean %v, want %v", got, level)
	}
}

func TestTimeWeightedAgreesWithANaiveTwin(t *testing.T) {
	const from, every, until = 70, 100, 1_000
	r := rand.New(rand.NewPCG(3, 4))
	var w TimeWeighted
	var areas []Area    // from the cut to the end of each interval
	var at [until]int64 // the level in each nanosecond
	for now := 0; now < until; now++ {
		if r.IntN(5) == 0 {
			level := r.Int64N(9)
			w.Set(mesh.Time(now), level)
		}
		if now == from {
			w.Cut(from)
		}
		if now >= from && (now-from)%every == 0 {
			areas = append(areas, w.Area(mesh.Time(now)))
		}
		at[now] = w.Level()
	}
	if got, want := w.Mean(until), naiveMean(at[from:]); math.Abs(got-want) > 1e-12 {
		t.Errorf("mean %v, counted one by one %v", got, want)
	}
	for i := range areas[1:] {
		got, want := areas[i+1].Minus(areas[i]).Over(every), naiveMean(at[from+i*every:from+(i+1)*every])
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("interval %d: mean %v, counted one by one %v", i, got, want)
		}
	}
}

func product(a, b uint64) Area {
	hi, lo := bits.Mul64(a, b)
	return Area{lo, hi}
}

func naiveMean(levels []int64) float64 {
	sum := int64(0)
	for _, l := range levels {
		sum += l
	}
	return float64(sum) / float64(len(levels))
}
