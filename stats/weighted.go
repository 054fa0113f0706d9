package stats

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/mesh"
)

// TimeWeighted is the integral of a level over time: a queue length, a number in
// system, workers at work. Levels are whole and not negative, and the integral
// is an exact 128-bit integer. The zero value is level 0 from time 0.
type TimeWeighted struct {
	from, since mesh.Time // of the measurement, and of the level
	level, peak int64
	area        Area // from the cut up to since
}

// Set says that the level is this from now on.
func (w *TimeWeighted) Set(now mesh.Time, level int64) {
	w.area = w.Area(now)
	w.since, w.level = now, level
	w.peak = max(w.peak, level)
}

// Add says that the level rises by delta now; it falls where delta is negative.
func (w *TimeWeighted) Add(now mesh.Time, delta int64) { w.Set(now, w.level+delta) }

// Cut starts the measurement now: the integral and the peak so far are
// forgotten, the level stays. Call it at the end of the warm-up.
func (w *TimeWeighted) Cut(now mesh.Time) {
	*w = TimeWeighted{from: now, since: now, level: w.level, peak: w.level}
}

// Level is the present level.
func (w *TimeWeighted) Level() int64 { return w.level }

// Max is the highest level since the cut.
func (w *TimeWeighted) Max() int64 { return w.peak }

// Area is the integral from the cut until now.
func (w *TimeWeighted) Area(now mesh.Time) Area {
	hi, lo := bits.Mul64(uint64(w.level), uint64(now-w.since))
	return w.area.Plus(Area{lo, hi})
}

// Mean is the time average from the cut until now; over no time, the level.
func (w *TimeWeighted) Mean(now mesh.Time) float64 {
	if now <= w.from {
		return float64(w.level)
	}
	return w.Area(now).Over(now.Sub(w.from))
}
