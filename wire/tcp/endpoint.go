package tcp

import (
	"github.com/meshdyno/meshdyno/mesh"
)

// Endpoint is one end of a connection. What is not allocated once and for all
// grows with the most segments that were under way at once; Reset keeps it for
// the next connection.
type Endpoint struct {
	settings *Settings
	state    State
	end      End
	options  Options // agreed upon
	segment  int64   // bytes of data in a full segment

	sender
	receiver
	alarms
	keeper keeper
	Counts Counts
}

// sender is the half that sends.
type sender struct {
	una, nxt   int64 // SND.UNA, SND.NXT (RFC 9293 3.3.1)
	limit      int64 // behind the last byte written
	edge       int64 // behind the last position that the peer has room for
	widest     int64 // the largest window that it ever had
	wl1, wl2   int64 // SND.WL1, SND.WL2
	closing    bool  // a FIN follows the last byte
	finished   bool  // and was sent
	board      scoreboard
	seen       [4]Block // what the peer said last to have arrived
	marks      ring[written]
	window     Window
	control    Control
	phase      Phase
	until      int64 // losing or recovering ends when this is acknowledged
	duplicates int64 // acknowledgements that told nothing new, without sack
	hurried    bool  // the first segment lost is sent whatever the window says
	pushed     bool  // a probe is due: send something whatever the window says
	asking     bool  // a question is due: an empty segment that the peer answers
	tries      int   // timeouts since something was acknowledged
	persists   int   // questions about a closed window
	lastSent   mesh.Time
	quiet      mesh.Time // since when nothing is under way
	farewell   farewell
	trip       roundTrip
	rack       rack
	tail       tail
	prr        prr
}

// written is one write of the application.
type written struct {
	end  int64
	mark uint64
}

// Counts are what happened at one end.
type Counts struct {
	Sent     int64 // segments
	Resent   int64 // those among them that had been sent before
	Timeouts int64 // of the retransmission timer
	Probes   int64 // of the tail, of a closed window and of a silent peer
	Episodes int64 // reductions of the window because of losses
	Doubles  int64 // segments that arrived again
}

// New makes an endpoint that is closed.
func New(settings *Settings) *Endpoint {
	e := &Endpoint{}
	e.Reset(settings)
	return e
}

// Reset makes e a closed endpoint of a new connection.
func (e *Endpoint) Reset(settings *Settings) {
	board, marks, islands, control := e.board, e.marks, e.islands, e.control
	if e.settings == nil || e.settings.Congestion != settings.Congestion {
		control = settings.Congestion.Settings.New()
	}
	*e = Endpoint{settings: settings}
	e.board, e.marks, e.islands, e.control = board, marks, islands[:0], control
	e.board.reset()
	e.marks.reset()
	e.control.Reset()
	e.limit = 1
	e.window.Threshold = unlimited
	e.trip.reset(settings)
	e.alarms.reset()
	e.finAt, e.stamp = unlimited, mesh.Never
	e.segment = int64(settings.MTU) - headers
}

// State is where the connection stands.
func (e *Endpoint) State() State { return e.state }

// End is why it is over.
func (e *Endpoint) End() End { return e.end }

// Phase is what the sender is busy with.
func (e *Endpoint) Phase() Phase { return e.phase }

// Window is the congestion window.
func (e *Endpoint) Window() Window { return e.window }

// Segment is how many bytes a full segment carries, once the connection is set
// up.
func (e *Endpoint) Segment() int64 { return e.segment }

// Timeout is the retransmission timeout in nanoseconds, as it would be now.
func (e *Endpoint) Timeout() mesh.Time { return mesh.Time(e.trip.timeout(e.settings)) }

// Unsent is how many bytes were written and not yet sent.
func (e *Endpoint) Unsent() int64 { return max(e.limit-max(e.nxt, 1), 0) }

// Unacked is how many bytes were written and not yet acknowledged.
func (e *Endpoint) Unacked() int64 { return e.limit - min(max(e.una, 1), e.limit) }

// pipe is how much is under way (RFC 6675, section 4; without sack each
// duplicate acknowledgement stands for a segment that arrived).
func (e *Endpoint) pipe() int64 {
	b := &e.board
	flight := e.nxt - e.una
	arrived := b.sackedBytes
	if e.duplicates > 0 {
		arrived = min(e.duplicates*e.segment, flight-1)
	}
	return max(flight-arrived-b.lostBytes+b.outBytes, 0)
}
