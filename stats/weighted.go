package stats

import "github.com/meshdyno/meshdyno/mesh"

// TimeWeighted is the integral of a level over time: a queue length, a number in
// system, workers at work. The zero value is level 0 from time 0.
//
// Integrating by parts saves the multiplication at each change:
//
//	area up to t = level(t) * t - sum over all changes of (change * its moment)
//
// in words of 64 bits that may wrap around on the way, for the area that is left
// in the end is small: below 2^64 between two calls of Fold, which is 584 years
// of one request.
type TimeWeighted struct {
	level  int64
	moment uint64 // minus the sum of change times moment, and what Cut and Fold took
	area   Area   // folded away
	from   mesh.Time
}

// Add says that the level rises by delta now; it falls where delta is negative.
func (w *TimeWeighted) Add(now mesh.Time, delta int64) {
	w.level += delta
	w.moment -= uint64(delta) * uint64(now)
}

// Set says that the level is this from now on.
func (w *TimeWeighted) Set(now mesh.Time, level int64) { w.Add(now, level-w.level) }

// open is the area since the last fold.
func (w *TimeWeighted) open(now mesh.Time) uint64 { return uint64(w.level)*uint64(now) + w.moment }

// Fold puts the area up to now away, exact however large it grows.
func (w *TimeWeighted) Fold(now mesh.Time) {
	area := w.open(now)
	w.area = w.area.Plus(Area{area})
	w.moment -= area
}

// Cut starts the measurement now: the integral so far is forgotten, the level
// stays. Call it at the end of the warm-up.
func (w *TimeWeighted) Cut(now mesh.Time) {
	w.Fold(now)
	w.area, w.from = Area{}, now
}

// Level is the present level.
func (w *TimeWeighted) Level() int64 { return w.level }

// Area is the integral from the cut until now.
func (w *TimeWeighted) Area(now mesh.Time) Area { return w.area.Plus(Area{w.open(now)}) }

// Mean is the time average from the cut until now; over no time, the level.
func (w *TimeWeighted) Mean(now mesh.Time) float64 {
	if now <= w.from {
		return float64(w.level)
	}
	return w.Area(now).Over(now.Sub(w.from))
}
