package tcp

import "github.com/meshdyno/meshdyno/mesh"

// acknowledge fills in what the peer is told of what it sent.
func (e *Endpoint) acknowledge(_ mesh.Time, s *Segment) {
	if s.Len > 0 && e.owed > 0 {
		e.interactive = true
	}
	if s.Len == 0 && e.quick > 0 {
		e.quick--
	}
	s.Ack, e.acknowledged = e.next, e.next
	if s.Flags&SYN == 0 {
		e.promise()
		s.Window = e.promised - e.next
	}
	if e.options&WithTimestamps != 0 {
		s.Echo = e.stamp
	}
	if e.options&WithSACK != 0 && (len(e.islands) > 0 || e.double.To > 0) && s.Len == 0 {
		e.tell(s)
	}
	e.ackNow, e.owed, e.ackAt = false, 0, mesh.Never
}

// promise moves the edge of the window, but not for silly little steps (RFC
// 9293 3.8.6.2.2), and never back.
func (e *Endpoint) promise() {
	room := e.room()
	if room-e.promised >= min(int64(e.settings.ReceiveBuffer)/2, e.segment) {
		e.promised = room
	}
	e.promised = max(e.promised, min(e.next, room))
}

// tell fills in the blocks: what came twice (RFC 2883), then the island that
// grew last and those that did before it (RFC 2018, section 4).
func (e *Endpoint) tell(s *Segment) {
	most := uint8(len(s.Blocks))
	if e.options&WithTimestamps != 0 {
		most--
	}
	if e.double.To > 0 {
		s.Blocks[0], s.Count, e.double = e.double, 1, Block{}
	}
	for _, position := range e.recent {
		if s.Count == most {
			return
		}
		if i := e.beside(position + 1); position >= e.next && i < len(e.islands) && e.islands[i].From <= position {
			e.tellOnce(s, e.islands[i])
		}
	}
}

// tellOnce adds a block that is not there yet: islands of two positions may
// have become one.
func (e *Endpoint) tellOnce(s *Segment, b Block) {
	for _, told := range s.Blocks[:s.Count] {
		if told == b {
			return
		}
	}
	s.Blocks[s.Count] = b
	s.Count++
}

// remember keeps the timestamp to be answered: of the earliest segment that is
// not acknowledged yet (RFC 7323 4.3).
func (e *Endpoint) remember(s *Segment) {
	if e.options&WithTimestamps != 0 && s.Seq <= e.acknowledged && (e.stamp == mesh.Never || s.Sent >= e.stamp) {
		e.stamp = s.Sent
	}
}
