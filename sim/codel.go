package sim

import (
	"math"

	"github.com/meshdyno/meshdyno/mesh"
)

// codel drops from the head of a line whose waits have stayed above a target
// for an interval, ever faster while they do (RFC 8289, sections 4 and 5).
type codel struct {
	above    mesh.Time // when dropping may begin; 0 while waits are short
	next     mesh.Time // when the next drop is due
	count    int64     // drops since dropping began
	last     int64     // count when it began the time before
	dropping bool
	dropped  bool // the one before; when the next is due depends on this one
}

func newCodel(q *mesh.Queue) *codel {
	if q.Order != "codel" {
		return nil
	}
	return &codel{}
}

// drops decides over the visit at the head, which has waited so long.
func (c *codel) drops(now, waited mesh.Time, empty bool, q *mesh.Queue) bool {
	over := c.overTarget(now, waited, empty, q)
	if c.dropped && over {
		c.next += c.spacing(q)
	}
	c.dropped = false
	switch {
	case c.dropping && !over:
		c.dropping = false
	case c.dropping && now >= c.next:
		c.count++
		c.dropped = true
		return true
	case !c.dropping && over:
		c.start(now, q)
		return true
	}
	return false
}

// overTarget says that waits have been above the target for an interval.
func (c *codel) overTarget(now, waited mesh.Time, empty bool, q *mesh.Queue) bool {
	switch {
	case waited < mesh.Time(q.Target) || empty:
		c.above = 0
	case c.above == 0:
		c.above = now + mesh.Time(q.Interval)
	default:
		return now >= c.above
	}
	return false
}

// start begins dropping; soon after the last time it resumes near that rate.
func (c *codel) start(now mesh.Time, q *mesh.Queue) {
	c.dropping = true
	delta := c.count - c.last
	c.count = 1
	if delta > 1 && now-c.next < 16*mesh.Time(q.Interval) {
		c.count = delta
	}
	c.next = now + c.spacing(q)
	c.last = c.count
}

// spacing is the control law: interval / sqrt(count). Division and square root
// are exact on every processor.
func (c *codel) spacing(q *mesh.Queue) mesh.Time {
	return mesh.Time(float64(q.Interval) / math.Sqrt(float64(c.count)))
}
