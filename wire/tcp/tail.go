package tcp

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// tail probes the end of a flight, whose loss no later segment would tell
// (tail loss probe, RFC 8985 section 7).
type tail struct {
	end   int64 // TLP.end_seq; 0 while no probe is out
	again bool  // TLP.is_retrans
}

func (t *tail) forget() { *t = tail{} }

// The extra patience for a single segment, whose acknowledgement may be delayed
// (7.2), and the timeout before a round trip was measured.
const (
	delayAllowance = 200 * time.Millisecond
	blindProbe     = time.Second
)

// probeTime is when to probe if nothing is heard from now on (7.2), or Never.
func (e *Endpoint) probeTime(now mesh.Time) mesh.Time {
	if !e.timed() || !e.state.synchronized() || e.phase != Steady || e.tail.end != 0 || e.board.empty() || e.board.arrived > 0 {
		return mesh.Never
	}
	wait := blindProbe
	if e.trip.smooth > 0 {
		wait = 2 * e.trip.smooth
		if e.nxt-e.una <= e.segment {
			wait += delayAllowance
		}
	}
	return min(now.Add(wait), e.alarms.rtoAt)
}

// probe sends something new, or the last segment again (7.3).
func (e *Endpoint) probe(now mesh.Time) {
	e.alarms.tailAt = mesh.Never
	e.pushed = true
	e.Counts.Probes++
	e.alarms.rtoAt = now.Add(e.trip.timeout(e.settings))
}

// tailAcked finds out whether a probe repaired a loss, and then shrinks the
// window as for any other (7.4).
func (e *Endpoint) tailAcked(now mesh.Time, s *Segment, n *news) {
	if n.double {
		e.Counts.Doubles++
		e.rack.doubled(e.una, e.nxt)
	}
	switch t := &e.tail; {
	case t.end == 0 || s.Ack < t.end:
	case !t.again, n.double: // nothing was lost
		t.forget()
	case s.Ack > t.end: // no second acknowledgement of the tail: one of the two was lost
		t.forget()
		e.control.Lost(now, &e.window, min(n.flight, e.window.Size))
		e.window.Size = e.window.Threshold
		e.Counts.Episodes++
	case n.inOrder == 0 && s.Count == 0 && s.space() == 0: // both arrived
		t.forget()
	}
}
