package tcp

import "github.com/meshdyno/meshdyno/mesh"

// Arrives tells that a segment came from the peer. The endpoint keeps nothing
// of s.
func (e *Endpoint) Arrives(now mesh.Time, s *Segment) {
	switch e.state {
	case Closed: // RFC 9293 3.10.7.1
		e.refuse(s)
	case Listen:
		e.awaken(now, s)
	case SynSent:
		e.greeted(now, s)
	default:
		e.heard(now, s)
	}
}

// heard takes a segment in the order of RFC 9293 3.10.7.4.
func (e *Endpoint) heard(now mesh.Time, s *Segment) {
	e.keeper.hear(now)
	e.remember(s)
	switch {
	case s.Flags&RST != 0:
		e.cut(s)
	case s.Flags&SYN != 0:
		e.again(s)
	case s.Flags&ACK == 0:
	case s.End() < e.next && s.space() == 0: // a question whether this end lives
		e.acked(now, s)
		e.ackNow = true
	default:
		e.known(now, s)
	}
}

// known is a segment of a connection that is set up, or becomes so by it.
func (e *Endpoint) known(now mesh.Time, s *Segment) {
	if e.state == SynReceived {
		if s.Ack < 1 {
			return
		}
		e.acked(now, s)
		e.establish(now)
		e.refresh(s)
	} else {
		e.acked(now, s)
	}
	if s.space() > 0 {
		e.receive(now, s)
	}
	e.advance(now)
	if e.state == TimeWait && s.Flags&FIN != 0 {
		e.wait(now) // again: the last acknowledgement was lost
	}
}

// cut ends the connection, if the RST stands where it should (RFC 5961 3.2).
func (e *Endpoint) cut(s *Segment) {
	switch {
	case s.Seq != e.next:
		e.ackNow = true
	case e.state == TimeWait:
		e.over(Finished)
	default:
		e.over(ResetEnd)
	}
}

// again is a second SYN: the answer to the first was lost, or was slow.
func (e *Endpoint) again(s *Segment) {
	if e.state != SynReceived {
		e.ackNow = true // RFC 5961 4.2
		return
	}
	if s.Flags&ACK != 0 { // both opened at once, and this is the answer
		e.ackNow = true
		return
	}
	if n := e.board.first; !e.board.empty() {
		e.board.lose(n)
		e.hurried = true
	}
}

// advance moves the state on, when a FIN arrived or was acknowledged (RFC 9293,
// figure 5).
func (e *Endpoint) advance(now mesh.Time) {
	ours := e.finished && e.una == e.limit+1
	theirs := e.next > e.finAt
	switch {
	case e.state == Established && theirs:
		e.state = CloseWait
	case e.state == FinWait1 && ours && theirs:
		e.wait(now)
	case e.state == FinWait1 && ours:
		e.state = FinWait2
	case e.state == FinWait1 && theirs:
		e.state = Closing
	case e.state == FinWait2 && theirs, e.state == Closing && ours:
		e.wait(now)
	case e.state == LastAck && ours:
		e.over(Finished)
	}
}

// wait begins TIME_WAIT.
func (e *Endpoint) wait(now mesh.Time) {
	e.state = TimeWait
	e.alarms.waitAt = now.Add(e.settings.TimeWait.Std())
}

// over ends it all.
func (e *Endpoint) over(why End) {
	e.state, e.end = Closed, why
	e.ackNow = false
	e.alarms.reset()
}
