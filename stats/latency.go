package stats

import (
	"math"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/meshdyno/meshdyno/result"
)

// How the samples are kept depends on their number alone, so that merging in
// any order ends in the same state. The first are kept as they are (exact
// quantiles, and an idle recorder costs next to nothing), the next hundreds
// in a packed histogram (a few bytes for each bucket in use), and more in a
// dense one (fast).
const (
	exactUpTo  = 256
	packedUpTo = 1024
)

// The dense histogram covers values below denseStart (1.07 s), and grows 64-fold
// when one does not fit.
const (
	denseStart = int64(1) << 30
	denseGrow  = 6 // bits
)

// A Latency is a distribution of non-negative durations in nanoseconds. Count,
// sum, sum of squares, minimum and maximum are exact. Quantiles are exact up to
// 256 samples, and above that at most 10^-digits too high, relative to the
// value (HdrHistogram's promise). Make it with NewLatency.
type Latency struct {
	sums
	min, max int64
	digits   int
	late     []int64 // recorded and not yet counted
	exact    []int64
	packed   *hdrhistogram.PackedHistogram
	dense    *dense
}

// NewLatency returns an empty recorder that holds so many significant decimal
// digits, 1 to 5. Three suit the few classes of traffic (up to 200 KiB once
// busy), two the many edges of a large mesh (25 KiB). Memory comes with the
// samples: an idle recorder holds none.
func NewLatency(digits int) *Latency {
	l := LatencyOf(digits)
	return &l
}

// LatencyOf is NewLatency by value, for recorders that live in a slab.
func LatencyOf(digits int) Latency { return Latency{digits: digits, min: math.MaxInt64} }

// batch is how many samples are counted in one go. A histogram is spread over
// many cache lines; touching them for one sample at a time would drive out
// what the simulation itself is working with.
const batch = 256

// Record adds one sample. Time does not run backwards: a negative one panics.
func (l *Latency) Record(ns int64) {
	if ns < 0 {
		panic("stats: a latency below zero")
	}
	if l.late = append(l.late, ns); len(l.late) >= batch {
		l.count()
	}
}

// count counts what was recorded. Whatever reads figures calls it first.
func (l *Latency) count() {
	done := 0
	if l.dense != nil {
		done = l.countDense()
	}
	for _, ns := range l.late[done:] {
		l.countOne(ns)
	}
	l.late = l.late[:0]
}

// countDense counts what was recorded up to the first that is too high, and says how
// many those are.
func (l *Latency) countDense() int {
	s, lowest, highest := l.sums, l.min, l.max
	done := len(l.late)
	for i, ns := range l.late {
		if !l.dense.record(ns) {
			done = i
			break
		}
		s.add(uint64(ns))
		lowest, highest = min(lowest, ns), max(highest, ns)
	}
	l.sums, l.min, l.max = s, lowest, highest
	return done
}

func (l *Latency) countOne(ns int64) {
	if l.dense == nil || !l.dense.record(ns) {
		l.recordSlow(ns)
	}
	l.sums.add(uint64(ns))
	l.min = min(l.min, ns)
	l.max = max(l.max, ns)
}

func (l *Latency) recordSlow(ns int64) {
	l.fit(l.n+1, max(l.max, ns))
	switch {
	case l.dense != nil:
		l.dense.record(ns)
	case l.packed != nil:
		must(l.packed.RecordValue(ns))
	default:
		l.exact = append(l.exact, ns)
	}
}

// fit moves the samples to the storage that n samples up to highest call for.
func (l *Latency) fit(n uint64, highest int64) {
	if n > exactUpTo && l.packed == nil && l.dense == nil {
		l.pack()
	}
	if n > packedUpTo && (l.dense == nil || l.dense.index(highest) >= len(l.dense.counts)) {
		l.widen(highest)
	}
}

func (l *Latency) pack() {
	l.packed = hdrhistogram.NewPacked(1, math.MaxInt64, l.digits)
	for _, v := range l.exact {
		must(l.packed.RecordValue(v))
	}
	l.exact = nil
}

func (l *Latency) widen(highest int64) {
	wider := newDense(denseRange(highest), l.digits)
	l.fill(wider)
	l.packed, l.dense = nil, wider
}

// denseRange is the smallest range of the ladder that covers highest.
func denseRange(highest int64) int64 {
	for r := denseStart; r < math.MaxInt64>>denseGrow; r <<= denseGrow {
		if highest < r {
			return r - 1
		}
	}
	return math.MaxInt64
}

// pour adds the samples to h, which must cover them.
func (l *Latency) pour(h *hdrhistogram.Histogram) {
	for _, v := range l.exact {
		must(h.RecordValue(v))
	}
	if l.packed != nil && l.packed.MergeInto(h) != 0 {
		panic("stats: a histogram too narrow for its samples")
	}
	if l.dense != nil {
		l.dense.pour(h)
	}
}

// fill adds the samples to d, which must cover them.
func (l *Latency) fill(d *dense) {
	for _, v := range l.exact {
		d.record(v)
	}
	switch {
	case l.packed != nil: // and so nothing is kept as it is
		h := hdrhistogram.New(1, denseRange(l.max), l.digits)
		l.pour(h)
		d.add(h)
	case l.dense != nil:
		for i, n := range l.dense.counts { // the rows of one precision are the same
			if n > 0 {
				d.counts[i] += n
			}
		}
	}
}

// Merge adds the samples of o, which stays as it is. Both must hold the same
// number of digits.
func (l *Latency) Merge(o *Latency) {
	if l.digits != o.digits {
		panic("stats: merge of latencies of unlike precision")
	}
	l.count()
	o.count()
	l.fit(l.n+o.n, max(l.max, o.max))
	l.take(o)
	l.sums.merge(&o.sums)
	l.min = min(l.min, o.min)
	l.max = max(l.max, o.max)
}

func (l *Latency) take(o *Latency) {
	switch {
	case l.dense != nil:
		o.fill(l.dense)
	case l.packed != nil && o.packed != nil:
		l.packed.Merge(o.packed)
	case l.packed != nil:
		for _, v := range o.exact {
			must(l.packed.RecordValue(v))
		}
	default:
		l.exact = append(l.exact, o.exact...)
	}
}

// Reset forgets all samples.
func (l *Latency) Reset() {
	exact, late := l.exact[:0], l.late[:0]
	*l = LatencyOf(l.digits)
	l.exact, l.late = exact, late
}

// Count is the number of samples.
func (l *Latency) Count() uint64 { return l.n + uint64(len(l.late)) }

// Mean is the exact mean in nanoseconds, rounded once; 0 without samples.
func (l *Latency) Mean() float64 {
	l.count()
	return l.mean()
}

// Stddev is the sample standard deviation (n-1 below the line) in nanoseconds.
func (l *Latency) Stddev() float64 {
	l.count()
	return l.stddev()
}

// Min is the smallest sample, 0 without samples.
func (l *Latency) Min() int64 {
	l.count()
	if l.n == 0 {
		return 0
	}
	return l.min
}

// Max is the largest sample, 0 without samples.
func (l *Latency) Max() int64 {
	l.count()
	return l.max
}

// Quantile returns the nearest-rank quantile: the sample that stands at place
// ceil(q*n), at least 1, when all n stand in rising order (Hyndman and Fan 1996,
// definition 1). Up to 256 samples that is the very sample; above, the upper end
// of its bucket, at most Max. 0 without samples.
func (l *Latency) Quantile(q float64) int64 {
	l.count()
	return l.atRank(rankOf(q, l.n))
}

// rankOf is ceil(q*n) within 1..n. The last bits of q are forgiven: 0.9 of 10
// is rank 9 and not 10, though 0.9 has no exact double.
func rankOf(q float64, n uint64) uint64 {
	at := float64(q * float64(n))
	rank := math.Ceil(at - float64(at*1e-12))
	return uint64(min(max(rank, 1), float64(n)))
}

func (l *Latency) atRank(rank uint64) int64 {
	percent := float64(float64(rank) / float64(l.n) * 100) // lands on rank again within the library
	switch {
	case l.n == 0:
		return 0
	case l.dense != nil:
		return min(l.dense.atRank(rank), l.max)
	case l.packed != nil:
		return min(l.packed.ValueAtPercentile(percent), l.max)
	}
	return l.sorted()[rank-1]
}

func (l *Latency) sorted() []int64 {
	if !slices.IsSorted(l.exact) {
		slices.Sort(l.exact)
	}
	return l.exact
}

// Summary is the distribution in milliseconds, as results write it; nil without
// samples.
func (l *Latency) Summary() *result.Latency {
	l.count()
	if l.n == 0 {
		return nil
	}
	at := func(q float64) float64 { return milliseconds(l.Quantile(q)) }
	return &result.Latency{
		Mean: l.Mean() / 1e6, Stddev: l.Stddev() / 1e6,
		Min: milliseconds(l.min), Max: milliseconds(l.max),
		P50: at(0.5), P90: at(0.9), P95: at(0.95), P99: at(0.99), P999: at(0.999), P9999: at(0.9999),
	}
}

func milliseconds(ns int64) float64 { return float64(ns) / 1e6 }

// Histogram returns a copy of the distribution in HdrHistogram's own form, for
// files that other tools read.
func (l *Latency) Histogram() *hdrhistogram.Histogram {
	l.count()
	h := hdrhistogram.New(1, denseRange(l.max), l.digits)
	l.pour(h)
	return h
}

func must(err error) {
	if err != nil {
		panic("stats: " + err.Error())
	}
}
