package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// tenths is how many slices most sources cut a time into.
const tenths = 10

// span counts over the time that has just passed, in slices that are forgotten
// one by one. A slice is as wide as the span divided by their number.
type span struct {
	width time.Duration
	since mesh.Time // the slice that is written began
	at    int
	cells []cell
}

type cell struct{ all, marked uint32 }

func newSpan(length time.Duration, parts int) span {
	return span{width: max(length/time.Duration(parts), 1), cells: make([]cell, parts)}
}

// add counts one.
func (s *span) add(now mesh.Time, marked bool) {
	s.roll(now)
	c := &s.cells[s.at]
	c.all++
	if marked {
		c.marked++
	}
}

// sum is what was counted since the oldest slice began.
func (s *span) sum(now mesh.Time) (all, marked uint64) {
	s.roll(now)
	for _, c := range s.cells {
		all += uint64(c.all)
		marked += uint64(c.marked)
	}
	return all, marked
}

// roll forgets the slices whose time has passed. They begin at whole multiples
// of their width after the span was cleared.
func (s *span) roll(now mesh.Time) {
	steps := int64(now.Sub(s.since) / s.width)
	if steps <= 0 {
		return
	}
	for range min(steps, int64(len(s.cells))) {
		s.at = (s.at + 1) % len(s.cells)
		s.cells[s.at] = cell{}
	}
	s.since = s.since.Add(time.Duration(steps) * s.width)
}

// clear forgets everything. The slices begin anew.
func (s *span) clear(now mesh.Time) {
	clear(s.cells)
	s.at, s.since = 0, now
}
