package sim

import (
	"math/bits"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// level is a number that changes over time and the area under it, in integers.
type level struct {
	n    int64
	last mesh.Time
	area area
}

// area is an integral of a level over time, in ns.
type area struct{ hi, lo uint64 }

// add changes the level.
func (l *level) add(now mesh.Time, delta int64) {
	l.fold(now)
	l.n += delta
}

func (l *level) fold(now mesh.Time) {
	hi, lo := bits.Mul64(uint64(l.n), uint64(now-l.last))
	var carry uint64
	l.area.lo, carry = bits.Add64(l.area.lo, lo, 0)
	l.area.hi += hi + carry
	l.last = now
}

// cut forgets the area so far and keeps the level.
func (l *level) cut(now mesh.Time) { l.last, l.area = now, area{} }

// until is the area from the cut to now.
func (l *level) until(now mesh.Time) area {
	l.fold(now)
	return l.area
}

func (a area) plus(b area) area {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	return area{a.hi + b.hi + carry, lo}
}

func (a area) minus(b area) area {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	return area{a.hi - b.hi - borrow, lo}
}

// over is the mean level of an area over a span of time.
func (a area) over(d time.Duration) float64 {
	return (float64(float64(a.hi)*0x1p64) + float64(a.lo)) / float64(d)
}
