package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The shapes a latency takes, from tight to wild.
func draws(shape string, n int, seed uint64) []int64 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]int64, n)
	for i := range v {
		switch shape {
		case "constant":
			v[i] = 5_000_000
		case "exponential":
			v[i] = int64(r.ExpFloat64() * 5e6)
		case "lognormal":
			v[i] = int64(math.Exp(r.NormFloat64()*2) * 1e6)
		case "pareto":
			v[i] = int64(1e6 / math.Pow(1-r.Float64(), 1/0.8)) // no mean: hours turn up
		case "two peaks":
			v[i] = 1_000_000 + int64(r.IntN(2))*3_000_000_000
		}
	}
	return v
}

var shapes = []string{"constant", "exponential", "lognormal", "pareto", "two peaks"}

func recorded(digits int, values []int64) *Latency {
	l := NewLatency(digits)
	for _, v := range values {
		l.Record(v)
	}
	return l
}

func nearestRank(sorted []int64, q float64) int64 {
	return sorted[max(1, int(math.Ceil(q*float64(len(sorted))-1e-9)))-1]
}

func TestQuantilesStandAgainstTheSortedList(t *testing.T) {
	for _, shape := range shapes {
		for _, n := range []int{1, 2, 10, 256, 257, 1024, 1025, 60_000} {
			for digits := 2; digits <= 3; digits++ {
				values := draws(shape, n, uint64(n))
				l := recorded(digits, values)
				slices.Sort(values)
				for _, q := range []float64{0, 0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1} {
					want, got := nearestRank(values, q), l.Quantile(q)
					loose := int64(float64(want) * math.Pow10(-digits))
					if n <= exactUpTo {
						loose = 0
					}
					if got < want || got > want+loose {
						t.Errorf("%s, n %d, %d digits: quantile %v is %d, sorted list says %d", shape, n, digits, q, got, want)
					}
				}
				if l.Min() != values[0] || l.Max() != values[n-1] || l.Count() != uint64(n) {
					t.Errorf("%s, n %d: min %d max %d count %d", shape, n, l.Min(), l.Max(), l.Count())
				}
			}
		}
	}
}

func TestMeanAndStddevLoseNothing(t *testing.T) {
	// An hour, give or take 1 ns: sums of squares in floats would drown it.
	l := recorded(3, []int64{3_600_000_000_000 - 1, 3_600_000_000_000 + 1})
	if l.Mean() != 3.6e12 || l.Stddev() != math.Sqrt2 {
		t.Errorf("mean %v stddev %v, want 3.6e12 and sqrt 2", l.Mean(), l.Stddev())
	}
	big := recorded(2, slices.Repeat([]int64{math.MaxInt64}, 10_000)) // far beyond 64 and 128 bits
	if big.Mean() != math.MaxInt64 || big.Stddev() != 0 {
		t.Errorf("mean %v stddev %v, want the largest time and no spread", big.Mean(), big.Stddev())
	}
	one := recorded(3, []int64{7})
	if one.Mean() != 7 || one.Stddev() != 0 {
		t.Errorf("one sample: mean %v stddev %v", one.Mean(), one.Stddev())
	}
}

func TestMergeIsTheSameInAnyOrder(t *testing.T) {
	parts := [][]int64{
		draws("exponential", 100, 1), draws("pareto", 200, 2), nil,
		draws("lognormal", 3000, 3), draws("two peaks", 5000, 4), draws("constant", 1, 5),
	}
	whole := recorded(3, slices.Concat(parts...))
	orders := [][]int{{0, 1, 2, 3, 4, 5}, {5, 4, 3, 2, 1, 0}, {4, 2, 0, 5, 3, 1}, {3, 1, 5, 0, 2, 4}}
	for _, order := range orders {
		merged := NewLatency(3)
		for _, i := range order {
			merged.Merge(recorded(3, parts[i]))
		}
		merged.count()
		whole.count()
		if merged.sums != whole.sums || *merged.Summary() != *whole.Summary() || !merged.Histogram().Equals(whole.Histogram()) {
			t.Errorf("merged in order %v it is %+v, all at once %+v", order, *merged.Summary(), *whole.Summary())
		}
	}
}

func TestMergeLeavesTheOtherAlone(t *testing.T) {
	a, b := recorded(2, draws("exponential", 10, 1)), recorded(2, draws("exponential", 5000, 2))
	before := *b.Summary()
	a.Merge(b)
	a.Record(1)
	if *b.Summary() != before {
		t.Error("the merged-in side changed")
	}
}

func TestIdleRecordersHoldNoMemory(t *testing.T) {
	if n := testing.AllocsPerRun(10, func() { _ = LatencyOf(2) }); n != 0 {
		t.Errorf("an idle recorder allocates %v times", n)
	}
	l := recorded(2, draws("exponential", 1000, 1))
	if l.dense != nil || l.packed.GetMemorySize() > 8<<10 {
		t.Errorf("1,000 samples take %d bytes", l.packed.GetMemorySize())
	}
	busy := recorded(2, draws("exponential", 5000, 1))
	if size := 8 * len(busy.dense.counts); size > 26<<10 {
		t.Errorf("a busy recorder of two digits takes %d bytes", size)
	}
}

func TestRecordAllocatesNothingOnceGrown(t *testing.T) {
	l := recorded(3, draws("exponential", 5000, 1))
	if n := testing.AllocsPerRun(1000, func() { l.Record(5_000_000) }); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

func TestAnEmptyLatencySaysNothing(t *testing.T) {
	l := NewLatency(3)
	if l.Summary() != nil || l.Quantile(0.5) != 0 || l.Min() != 0 || l.Max() != 0 || l.Mean() != 0 || l.Stddev() != 0 {
		t.Error("figures out of nothing")
	}
	full := recorded(3, draws("pareto", 10_000, 1))
	full.Reset()
	full.Record(3)
	if s := full.Summary(); full.Count() != 1 || s.Min != 3e-6 || s.Max != 3e-6 || s.P50 != 3e-6 {
		t.Errorf("after Reset and one sample of 3 ns: %+v", s)
	}
}

func TestNegativeLatencyPanics(t *testing.T) {
	for _, n := range []int{0, 300, 5000} {
		l := recorded(3, draws("exponential", n, 1))
		if !panics(func() { l.Record(-1) }) || l.Count() != uint64(n) {
			t.Errorf("after %d samples a latency of -1 was taken", n)
		}
	}
	if !panics(func() { NewLatency(3).Merge(NewLatency(2)) }) {
		t.Error("latencies of unlike precision were merged")
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
