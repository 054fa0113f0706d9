package tcp

import "github.com/meshdyno/meshdyno/mesh"

// Close says that nothing more will be written. What was is still sent, and a
// FIN behind it (RFC 9293 3.6).
func (e *Endpoint) Close(_ mesh.Time) {
	switch e.state {
	case Listen, SynSent:
		e.over(Finished)
	case SynReceived:
		e.closing = true
	case Established:
		e.closing, e.state = true, FinWait1
	case CloseWait:
		e.closing, e.state = true, LastAck
	}
}

// Abort ends the connection with a RST (RFC 9293 3.10.5).
func (e *Endpoint) Abort(_ mesh.Time) {
	switch e.state {
	case Closed:
	case TimeWait:
		e.over(Finished)
	case Listen, SynSent:
		e.over(Aborted)
	default:
		e.over(Aborted)
		e.farewell = farewell{due: true, seq: e.nxt, ack: e.next, flags: RST | ACK}
	}
}

// farewell is the RST of an endpoint that has no connection any more.
type farewell struct {
	seq, ack int64
	flags    Flags
	due      bool
}

// refuse answers a segment for which there is no connection (RFC 9293
// 3.10.7.1).
func (e *Endpoint) refuse(s *Segment) {
	switch {
	case s.Flags&RST != 0:
	case s.Flags&ACK != 0:
		e.farewell = farewell{due: true, seq: s.Ack, flags: RST}
	default:
		e.farewell = farewell{due: true, ack: s.End(), flags: RST | ACK}
	}
}

// bye sends it.
func (e *Endpoint) bye(s *Segment) bool {
	f := &e.farewell
	if !f.due {
		return false
	}
	f.due = false
	*s = Segment{Seq: f.seq, Ack: f.ack, Flags: f.flags, Echo: mesh.Never}
	e.Counts.Sent++
	return true
}
