package flow

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// sender is the end that sends the message, as in package wire/tcp.
type sender struct {
	segments   ring[segment] // from the first that is not acknowledged to the last that was sent
	window     tcp.Window
	phase      tcp.Phase
	until      int64 // losing or recovering ends when this is acknowledged
	peak       int64 // the window when it last shrank, if it did
	reductions int
	dead       bool
	hurried    bool // the first segment lost is sent whatever the window says
	pushed     bool // a probe is due
	scoreboard
	rack
	probe
	prr
	alarms
}

// segment is one that was sent.
type segment struct {
	at    mesh.Time // when it was last sent
	order int64     // of that among all sendings
	marks mark
}

type mark uint8

const (
	came   mark = 1 << iota // the receiver has it, out of order
	sacked                  // and the sender knows
	lost                    // thought to be lost
	out                     // sent again, and that one is under way
	again                   // was ever sent again
)

func (s *segment) is(m mark) bool { return s.marks&m != 0 }

func (s *sender) begin(p *Path, h *Half) {
	segments := s.segments
	segments.reset()
	*s = sender{segments: segments, alarms: alarms{rtoAt: mesh.Never, tailAt: mesh.Never, rackAt: mesh.Never}}
	s.trips = h.trips()
	s.smooth, s.variation = time.Duration(p.smooth(s.trips)), time.Duration(p.variation(s.trips))
	s.least, s.latest = s.smooth, -1
}

// flight is what was sent and is not acknowledged in order, in bytes.
func (w *Walker) flight() int64 {
	return w.bytes(w.segments.first, w.segments.end, w.path.segment)
}

// pipe is how much is under way (RFC 6675, section 4).
func (w *Walker) pipe() int64 {
	return max(w.flight()-w.sackedBytes-w.lostBytes+w.outBytes, 0)
}

// sendAll sends what may be sent now: what is lost, then what is new, then a
// probe.
func (w *Walker) sendAll() {
	for w.resend() || w.fresh() || w.repeat() {
	}
}

func (w *Walker) resend() bool {
	n := w.firstLost()
	if n < 0 || !w.hurried && w.pipe()+w.size(n, w.path.segment) > w.window.Size {
		return false
	}
	w.hurried = false
	w.sendAgain(n)
	return true
}

// repeat sends the last segment again, as a probe (RFC 8985 7.3).
func (w *Walker) repeat() bool {
	if !w.pushed {
		return false
	}
	w.pushed = false
	if w.segments.empty() {
		return false
	}
	w.probeEnd, w.probeAgain = w.segments.end, true
	w.sendAgain(w.segments.end - 1)
	return true
}

func (w *Walker) sendAgain(n int64) {
	w.resent(n)
	w.prr.sent += w.size(n, w.path.segment)
	w.started(n)
}

// fresh sends the next segment for the first time.
func (w *Walker) fresh() bool {
	n := w.segments.end
	if n == w.total || !w.pushed && !w.admitted(n) {
		return false
	}
	if w.pushed && !w.segments.empty() {
		w.probeEnd, w.probeAgain = n+1, false
	}
	w.pushed = false
	*w.segments.push() = segment{}
	w.prr.sent += w.size(n, w.path.segment)
	w.started(n)
	if n+1 == w.goal {
		w.out.Sent = w.now
		w.stood = snapshot{w.window.Size, w.window.Threshold, w.flight(), w.trips, w.reductions}
	}
	return true
}

// admitted says whether the windows and Nagle's rule let a new segment go.
func (w *Walker) admitted(n int64) bool {
	p := w.path
	size := w.size(n, p.segment)
	if w.pipe()+size > w.window.Size || w.flight()+size > p.widest {
		return false
	}
	return size == p.segment || p.sender.NoDelay || w.segments.empty()
}

// started books that a segment was sent and puts it on its way.
func (w *Walker) started(n int64) {
	s := w.segments.at(n)
	s.at, s.order = w.now, w.sends.end
	w.transmit(n)
	if w.rtoAt == mesh.Never {
		w.rtoAt = w.now.Add(w.timeout())
	}
	w.tailAt = w.probeTime()
}
