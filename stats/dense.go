package stats

import (
	"math/bits"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// dense counts samples in the buckets of an HdrHistogram whose lowest value is 1,
// which the simulator does for every request at every hop: here a count is a few
// instructions. All else that HdrHistogram can do is left to it.
//
// Buckets come in rows, each twice as wide as those of the row before. The
// first row has 2*half of them, one nanosecond wide; every other has half,
// because what its lower half would hold is in the row before
// (HdrHistogram.countsIndexFor).
type dense struct {
	counts []uint64
	mask   int64 // 2*half - 1
	shift  int   // half is 1<<shift
}

// newDense covers values up to highest.
func newDense(highest int64, digits int) *dense {
	units := uint64(2) // that stand alone, so that each digit is told apart
	for range digits {
		units *= 10
	}
	d := &dense{shift: bits.Len64(units-1) - 1}
	d.mask = int64(2)<<d.shift - 1
	d.counts = make([]uint64, d.index(highest)+1)
	return d
}

func (d *dense) index(v int64) int {
	row := bits.Len64(uint64(v|d.mask)) - 1 - d.shift
	return row<<d.shift + int(v>>row)
}

// bounds are the lowest and the highest value of a bucket.
func (d *dense) bounds(index int) (low, high int64) {
	row := max(index>>d.shift-1, 0)
	low = int64(index-row<<d.shift) << row
	return low, low + int64(1)<<row - 1
}

// record counts a sample, unless it is too high.
func (d *dense) record(v int64) bool {
	i := d.index(v)
	if i >= len(d.counts) {
		return false
	}
	d.counts[i]++
	return true
}

// atRank is the upper end of the bucket with the sample that stands at a place, from
// 1, when all stand in rising order.
func (d *dense) atRank(rank uint64) int64 {
	i := slices.IndexFunc(d.counts, func(n uint64) bool {
		if n < rank {
			rank -= n
			return false
		}
		return true
	})
	_, high := d.bounds(i)
	return high
}

// add adds what h counted, which must fit.
func (d *dense) add(h *hdrhistogram.Histogram) {
	for i, n := range h.Export().Counts {
		if n > 0 {
			low, _ := d.bounds(i)
			d.counts[d.index(low)] += uint64(n)
		}
	}
}

// pour adds the samples to h, which must cover them.
func (d *dense) pour(h *hdrhistogram.Histogram) {
	for i, n := range d.counts {
		if n > 0 {
			low, _ := d.bounds(i)
			must(h.RecordValues(low, int64(n)))
		}
	}
}
