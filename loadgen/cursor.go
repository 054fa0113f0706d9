package loadgen

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// cursor is a place on a profile. It turns operational time, in which one
// arrival is expected per unit, into virtual time, by the inverse of the
// cumulative rate: a unit-rate process put through it has the profile's rate
// and keeps its shape (Cinlar, Introduction to Stochastic Processes, 1975,
// chapter 4.7; Lewis and Shedler, Naval Research Logistics Quarterly 26, 1979,
// set it against thinning). For lines of rate the inverse is a square root.
//
// Units are counted from a base near the present, so that the billionth arrival
// is placed as exactly as the first.
type cursor struct {
	stretches []stretch // the present one first
	base      mesh.Time // a moment of the present stretch: of a ramp, its start
	spent     float64   // units from base to the present
	room      float64   // units from base to the end of the stretch
	last      mesh.Time // the last arrival
}

const (
	// nearBase is how far, in ns, a level stretch runs before its base moves:
	// a bit over a minute, where a float64 tells 1/100,000 of a ns apart.
	nearBase = 1 << 36
	// farAway is the last moment, in ns, that is worth an arrival: 146 years.
	farAway = 1 << 62
)

func newCursor(p Profile) cursor {
	all := p.stretches()
	return cursor{stretches: all, room: all[0].units}
}

// advance goes on until that many more arrivals were to be expected, and tells
// the moment; Never when the profile never has so many.
func (c *cursor) advance(units float64) mesh.Time {
	c.spent += units
	for c.spent > c.room {
		c.cross(c.spent - c.room)
	}
	s := &c.stretches[0]
	if !s.level() {
		return c.arrive(s.nsAt(c.spent))
	}
	ns := float64(c.spent * s.gap)
	t := c.arrive(ns)
	if ns > nearBase && t != mesh.Never {
		c.rebase(s, int64(ns/nsPerSecond))
	}
	return t
}

// arrive rounds a distance from base to whole nanoseconds. Rounding may not put
// an arrival before the last one.
func (c *cursor) arrive(ns float64) mesh.Time {
	if !(ns < farAway) { // also when a rate of 0 made it infinite, or no number
		c.last = mesh.Never
		return mesh.Never
	}
	c.last = max(c.last, c.base.Add(time.Duration(ns+0.5)))
	return c.last
}

// cross goes over to the next stretch, with what was spent beyond the end.
func (c *cursor) cross(spent float64) {
	c.stretches = c.stretches[1:]
	c.base, c.spent, c.room = c.stretches[0].start, spent, c.stretches[0].units
}

// rebase moves the base of a level stretch by whole seconds, which are whole
// numbers of units at the rates that people write.
func (c *cursor) rebase(s *stretch, seconds int64) {
	units := float64(float64(seconds) * s.from)
	c.base = c.base.Add(time.Duration(seconds) * time.Second)
	c.spent -= units
	c.room -= units
}

// unitsTo is how many arrivals are expected from the present until t.
func (c *cursor) unitsTo(t mesh.Time) float64 {
	units, base := -c.spent, c.base
	for i := range c.stretches {
		s := &c.stretches[i]
		if t <= s.end {
			return units + s.unitsIn(t-base)
		}
		units += s.unitsIn(s.end - base)
		base = s.end
	}
	return units
}

// moveTo makes t the present.
func (c *cursor) moveTo(t mesh.Time) {
	for t > c.stretches[0].end {
		c.cross(0)
	}
	s := &c.stretches[0]
	if !s.level() {
		c.spent = s.unitsIn(t - s.start)
		return
	}
	c.base, c.spent = t, 0
	if s.ends() {
		c.room = s.unitsIn(s.end - t)
	}
}

// over says whether no further arrival can come, however long one waits.
func (c *cursor) over() bool {
	s := &c.stretches[0]
	return !s.ends() && s.from <= 0
}
