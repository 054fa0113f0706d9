package link

import (
	"math"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Codel drops at the exit when packets have waited longer than the target for an
// interval, ever faster while they do (RFC 8289).
type Codel struct {
	Limit    int           `yaml:"limit" min:"1" doc:"packets that may wait"`
	Target   unit.Duration `yaml:"target" doc:"the waiting time it accepts"`
	Interval unit.Duration `yaml:"interval" min:"1us" doc:"how long waits may exceed it; about the longest round trip"`
}

// codelDefaults are those of RFC 8289, section 4; the limit is Linux's.
func codelDefaults() *Codel {
	return &Codel{Limit: 1000, Target: 5 * unit.Millisecond, Interval: 100 * unit.Millisecond}
}

// New makes the state of one link.
func (s *Codel) New(*Settings) (Gate, Queue) { return nil, &codelQueue{settings: s} }

type codelQueue struct {
	settings *Codel
	shelf    shelf
	line     line
	law      codel
	count    int
	since    mesh.Time
}

func (q *codelQueue) Enter(now mesh.Time, p Packet, out *Outbox) {
	if q.count >= q.settings.Limit {
		out.put(now, &p, Full)
		return
	}
	if q.count == 0 {
		q.since = now
	}
	q.shelf.push(now, &q.line, p)
	q.count++
}

func (q *codelQueue) Leave(now mesh.Time, out *Outbox) (Packet, bool) {
	return q.law.take(now, &q.shelf, &q.line, &q.count, q.settings, out)
}

func (q *codelQueue) Empty() bool { return q.count == 0 }

func (q *codelQueue) Since() mesh.Time { return q.since }

// codel is the state of one line (RFC 8289, section 5).
type codel struct {
	above    mesh.Time // first_above_time; 0 while waits are short
	next     mesh.Time // drop_next
	count    int64     // drops since dropping began
	last     int64     // count when it began the time before
	dropping bool
}

// largestPacket is one that may always wait: the maximum packet.
const largestPacket = 1514

// take is the dequeue routine of section 5.5.
func (c *codel) take(now mesh.Time, shelf *shelf, l *line, count *int, s *Codel, out *Outbox) (Packet, bool) {
	p, over, ok := c.pop(now, shelf, l, count, s)
	if !ok || !over {
		c.dropping = false
		return p, ok
	}
	if !c.dropping {
		out.put(now, &p, Early)
		p, _, ok = c.pop(now, shelf, l, count, s)
		c.begin(now, s)
		return p, ok
	}
	for c.dropping && now >= c.next {
		out.put(now, &p, Early)
		c.count++
		if p, over, ok = c.pop(now, shelf, l, count, s); !ok || !over {
			c.dropping = false
		} else {
			c.next += c.spacing(s)
		}
	}
	return p, ok
}

// pop takes the first packet and says whether it may be dropped (5.5, dodequeue).
func (c *codel) pop(now mesh.Time, shelf *shelf, l *line, count *int, s *Codel) (p Packet, over, ok bool) {
	if l.head == 0 {
		c.above = 0
		return p, false, false
	}
	p, entered := shelf.pop(l)
	*count--
	switch {
	case now-entered < mesh.Time(s.Target) || l.bytes <= largestPacket:
		c.above = 0
	case c.above == 0:
		c.above = now + mesh.Time(s.Interval)
	default:
		over = now >= c.above
	}
	return p, over, true
}

// begin begins dropping; soon after the last time it resumes near that rate
// (5.4).
func (c *codel) begin(now mesh.Time, s *Codel) {
	c.dropping = true
	delta := c.count - c.last
	c.count = 1
	if delta > 1 && now-c.next < 16*mesh.Time(s.Interval) {
		c.count = delta
	}
	c.next = now + c.spacing(s)
	c.last = c.count
}

// spacing is the control law: interval / sqrt(count).
func (c *codel) spacing(s *Codel) mesh.Time {
	return mesh.Time(float64(s.Interval) / math.Sqrt(float64(c.count)))
}
