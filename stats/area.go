package stats

import (
	"math/bits"
	"time"
)

// Area is the integral of a level over time, in nanoseconds: 128 bits, so that
// it is exact and adding areas in any order gives the same. Low word first.
type Area [2]uint64

// Plus adds two areas.
func (a Area) Plus(b Area) Area {
	lo, carry := bits.Add64(a[0], b[0], 0)
	return Area{lo, a[1] + b[1] + carry}
}

// Minus is the area that came since b.
func (a Area) Minus(b Area) Area {
	lo, borrow := bits.Sub64(a[0], b[0], 0)
	return Area{lo, a[1] - b[1] - borrow}
}

// Over is the mean level of the area over a span of time.
func (a Area) Over(span time.Duration) float64 {
	if a[1] == 0 && a[0] < 1<<53 {
		return float64(a[0]) / float64(span)
	}
	return quotient(wide(a[:]), wide([]uint64{uint64(span)}))
}
