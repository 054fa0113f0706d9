package flow

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// scoreboard are the sums over what is under way (RFC 6675).
type scoreboard struct {
	heard       int64 // sendings below were told of, or are lost
	cursor      int64 // no segment before it waits to be sent again
	waiting     int   // segments lost and not out
	arrived     int   // segments sacked
	sackedBytes int64
	lostBytes   int64
	outBytes    int64
}

// sack marks a segment as arrived.
func (w *Walker) sack(g *segment, size int64) {
	if g.is(lost) {
		w.lostBytes -= size
		if !g.is(out) {
			w.waiting--
		}
	}
	if g.is(out) {
		w.outBytes -= size
	}
	g.marks = g.marks&(again|came) | sacked
	w.sackedBytes += size
	w.arrived++
}

// lose marks a segment lost, also one that was sent again.
func (w *Walker) lose(n int64) {
	g, size := w.segments.at(n), w.size(n, w.path.segment)
	if g.is(sacked) || g.is(lost) && !g.is(out) {
		return
	}
	if g.is(out) {
		w.outBytes -= size
	}
	if !g.is(lost) {
		w.lostBytes += size
	}
	g.marks = g.marks&^out | lost
	w.waiting++
	w.cursor = min(w.cursor, n)
}

// resent marks a segment as sent again.
func (w *Walker) resent(n int64) {
	g := w.segments.at(n)
	if g.is(lost) && !g.is(out) {
		w.waiting--
	}
	if !g.is(out) {
		w.outBytes += w.size(n, w.path.segment)
	}
	g.marks |= out | again
}

// firstLost is the first segment that waits to be sent again, or -1.
func (w *Walker) firstLost() int64 {
	if w.waiting == 0 {
		return -1
	}
	w.cursor = max(w.cursor, w.segments.first)
	for g := w.segments.at(w.cursor); !g.is(lost) || g.is(out); g = w.segments.at(w.cursor) {
		w.cursor++
	}
	return w.cursor
}

// rack finds losses by what was sent later and has arrived (RFC 8985 6).
type rack struct {
	oldest     int64         // sendings below are decided
	latest     int64         // the latest sending that arrived
	latestTrip time.Duration // and its round trip
	least      time.Duration // the least round trip
}

// overtakes is how many must have come for a loss to be sure at once (RFC 5681
// 3.2).
const overtakes = 3

func (w *Walker) patience() time.Duration {
	if w.phase != tcp.Steady || w.arrived >= overtakes {
		return 0
	}
	return min(w.least/4, w.smooth)
}

// search marks what is lost, and sets the alarm for what may be.
func (w *Walker) search() {
	w.rackAt = mesh.Never
	for ; w.oldest < w.latest; w.oldest++ {
		s := w.sends.at(w.oldest)
		if s.number < w.segments.first {
			continue
		}
		g := w.segments.at(s.number)
		if g.order != w.oldest || g.is(sacked) || g.is(lost) && !g.is(out) {
			continue
		}
		if due := s.at.Add(w.latestTrip + w.patience()); due > w.now {
			if w.path.timed {
				w.rackAt = due
			}
			return
		}
		if w.path.timed || w.arrived >= overtakes && !g.is(again) {
			w.lose(s.number)
		}
	}
}

// repair moves between the phases.
func (w *Walker) repair(n *news) {
	if w.phase != tcp.Steady && w.segments.first >= w.until {
		if w.phase == tcp.Recovering {
			w.window.Size = w.window.Threshold
		}
		w.phase, w.hurried = tcp.Steady, false
	}
	if w.phase == tcp.Steady && w.waiting > 0 {
		w.recover()
	}
	if w.phase == tcp.Recovering && w.path.sender.PRR {
		w.window.Size = w.prrWindow(n.delivered)
	}
}

// recover begins fast recovery (RFC 5681 3.2, RFC 6675 section 5).
func (w *Walker) recover() {
	w.phase, w.until, w.hurried = tcp.Recovering, w.segments.end, true
	flight := w.flight()
	w.shrink(flight)
	w.prr = prr{flight: max(flight, 1)}
}

// shrink is what a loss does to the window.
func (w *Walker) shrink(flight int64) {
	w.peak = w.window.Size
	w.path.control.Lost(w.now, &w.window, min(flight, w.window.Size))
	w.window.Size = w.window.Threshold
	w.reductions++
}

// timedOut is the retransmission timeout (RFC 6298, section 5; RFC 5681 3.1).
func (w *Walker) timedOut() {
	if w.tries >= w.path.sender.Retries {
		w.dead = true
		return
	}
	if w.phase == tcp.Steady || w.phase == tcp.Losing && w.tries == 0 {
		w.peak = w.window.Size
		w.path.control.TimedOut(w.now, &w.window, min(w.flight(), w.window.Size))
		w.reductions++
	}
	w.window.Size = w.path.segment
	w.phase, w.until = tcp.Losing, w.segments.end
	for n := w.segments.first; n < w.segments.end; n++ {
		if g := w.segments.at(n); n == w.segments.first || !w.path.timed || g.at.Add(w.latestTrip+w.patience()) <= w.now {
			w.lose(n)
		}
	}
	w.tries++
	w.backoff++
	w.hurried = true
	w.rtoAt = w.now.Add(w.timeout())
	w.probeEnd, w.tailAt, w.rackAt = 0, mesh.Never, mesh.Never
}

// prr is Proportional Rate Reduction (RFC 6937).
type prr struct{ flight, came, sent int64 }

func (w *Walker) prrWindow(delivered int64) int64 {
	r := &w.prr
	r.came += delivered
	pipe, threshold := w.pipe(), w.window.Threshold
	if pipe > threshold {
		return pipe + max((r.came*threshold+r.flight-1)/r.flight-r.sent, 0)
	}
	limit := max(r.came-r.sent, delivered) + w.path.segment
	return pipe + max(min(threshold-pipe, limit), 0)
}

// probe is the probe of the end of a flight (tail loss probe, RFC 8985 7).
type probe struct {
	probeEnd   int64 // what it is about; 0 while none is out
	probeAgain bool  // it was no new segment
}

const (
	delayAllowance = 200 * time.Millisecond // for a single segment, whose acknowledgement may be delayed
)

// probeTime is when to probe if nothing is heard from now on, or Never.
func (w *Walker) probeTime() mesh.Time {
	if !w.path.timed || w.phase != tcp.Steady || w.probeEnd != 0 || w.segments.empty() || w.arrived > 0 {
		return mesh.Never
	}
	wait := 2 * w.smooth
	if w.flight() <= w.path.segment {
		wait += delayAllowance
	}
	return min(w.now.Add(wait), w.rtoAt)
}

// probeAcked finds out whether a probe repaired a loss, and then shrinks the
// window as for any other (7.4).
func (w *Walker) probeAcked(next int64, n *news) {
	switch {
	case w.probeEnd == 0 || next < w.probeEnd:
	case !w.probeAgain, n.double:
		w.probeEnd = 0
	case n.inOrder > 0:
		w.probeEnd = 0
		w.shrink(n.flight)
	}
}
