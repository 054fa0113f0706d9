package tcp

import "github.com/meshdyno/meshdyno/mesh"

// Open begins the three-way handshake (RFC 9293 3.5).
func (e *Endpoint) Open(now mesh.Time) {
	if e.state != Closed || e.end != Open {
		return
	}
	e.state = SynSent
	e.edge, e.window.Size = 1, unlimited
	e.keeper.heard = now
}

// Listen waits for a SYN.
func (e *Endpoint) Listen() {
	if e.state == Closed && e.end == Open {
		e.state = Listen
	}
}

// offers are the options that this side wants.
func (e *Endpoint) offers() Options {
	var o Options
	if e.settings.SACK {
		o |= WithSACK
	}
	if e.settings.Timestamps {
		o |= WithTimestamps
	}
	if e.settings.WindowScale {
		o |= WithScale
	}
	return o
}

// syn learns from the peer's SYN.
func (e *Endpoint) syn(now mesh.Time, s *Segment) {
	e.next, e.promised = 1, 1+e.unscaled()
	e.options = e.offers() & s.Offers
	e.segment = min(int64(e.settings.MTU)-headers, int64(s.MSS)) // RFC 6691
	if e.options&WithTimestamps != 0 {
		e.segment -= stampBytes
		e.stamp = s.Sent
	}
	e.window.Segment = e.segment
	e.quick = e.settings.QuickAcks
	e.keeper.heard = now
}

// awaken answers the SYN that a listener gets.
func (e *Endpoint) awaken(now mesh.Time, s *Segment) {
	if s.Flags&(SYN|ACK|RST) != SYN {
		return
	}
	e.syn(now, s)
	e.state = SynReceived
	e.window.Size = unlimited
	e.edge = 1
	e.widest = s.Window
}

// greeted is what arrives at whoever sent a SYN (RFC 9293 3.10.7.3).
func (e *Endpoint) greeted(now mesh.Time, s *Segment) {
	answers := s.Flags&ACK != 0 && s.Ack == 1
	switch {
	case s.Flags&RST != 0:
		if answers {
			e.over(Refused)
		}
	case s.Flags&SYN != 0 && answers:
		e.syn(now, s)
		e.acked(now, s)
		e.ackNow = true
		e.establish(now)
	case s.Flags.Has(SYN) && s.Flags&ACK == 0: // both opened at once
		e.syn(now, s)
		e.state = SynReceived
		e.board.lose(e.board.first) // SYN goes again, with ACK
		e.hurried = true
	}
}

// establish opens the windows. The first is one segment if the SYN was lost
// (RFC 5681 3.1), else ten (RFC 6928).
func (e *Endpoint) establish(now mesh.Time) {
	e.state = Established
	e.window.Size = e.initialWindow()
	if e.Counts.Timeouts > 0 {
		e.window.Size = e.segment
		e.trip.afterLostSyn()
	}
	if e.closing {
		e.state = FinWait1
	}
	e.phase = Steady
	e.window.Threshold = unlimited
	e.control.Reset()
	e.keeper.heard = now
}

// initialWindow is min(10*MSS, max(2*MSS, 14600)) with the default of ten (RFC
// 6928, section 2).
func (e *Endpoint) initialWindow() int64 {
	n := int64(e.settings.InitialWindow)
	return min(n*e.segment, max(2*e.segment, n*1460))
}
