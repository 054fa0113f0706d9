package stats

import (
	"math"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// TestBucketsAreThoseOfHdrHistogram: each value falls into the bucket that the
// library has for it, at every precision and on every edge.
func TestBucketsAreThoseOfHdrHistogram(t *testing.T) {
	for digits := 1; digits <= 3; digits++ {
		d, h := newDense(math.MaxInt64, digits), hdrhistogram.New(1, math.MaxInt64, digits)
		for shift := range 63 {
			for _, by := range []int64{-1, 0, 1, 1 << shift / 3} {
				v := max(int64(1)<<shift+by, 0)
				h.Reset()
				must(h.RecordValue(v))
				if low, high := d.bounds(d.index(v)); low != h.Min() || high != h.Max() {
					t.Fatalf("%d digits: %d is in %d..%d, the library has %d..%d", digits, v, low, high, h.Min(), h.Max())
				}
			}
		}
	}
}

// TestDenseRanksAreThoseOfASortedList, up to the width of a bucket, and what is
// poured out is what went in.
func TestDenseRanksAreThoseOfASortedList(t *testing.T) {
	samples := draws("exponential", 3000, 1)
	l := recorded(3, samples)
	if l.count(); l.dense == nil {
		t.Fatal("3,000 samples are not dense")
	}
	exact := &Latency{exact: append([]int64(nil), samples...)}
	for i, v := range exact.sorted() {
		_, high := l.dense.bounds(l.dense.index(v))
		if got := l.dense.atRank(uint64(i + 1)); got != high {
			t.Fatalf("rank %d is %d, want %d, the end of the bucket of %d", i+1, got, high, v)
		}
	}
	again := newDense(denseStart, 3)
	again.add(l.Histogram())
	for i, n := range l.dense.counts {
		if i < len(again.counts) && again.counts[i] != n {
			t.Fatalf("bucket %d has %d samples, and %d after pouring", i, n, again.counts[i])
		}
	}
}
