package tcp

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// news is what one acknowledgement told.
type news struct {
	inOrder   int64         // positions acknowledged in order
	delivered int64         // positions that are known to have arrived only now
	flight    int64         // positions not acknowledged, before it
	trip      time.Duration // the round trip of the first segment acknowledged; 0 for none
	double    bool          // the peer had something twice (RFC 2883)
	reordered bool          // something arrived out of order that was sent once
}

// acked learns from the acknowledgement of a segment.
func (e *Endpoint) acked(now mesh.Time, s *Segment) {
	if s.Ack > e.nxt { // of what was not sent: RFC 9293 3.10.7.4
		e.ackNow = true
		return
	}
	n := news{flight: e.nxt - e.una}
	before := e.una
	if s.Ack > e.una {
		e.inOrder(now, s, &n)
	}
	if s.Count > 0 {
		e.outOfOrder(now, s, &n)
	}
	moved := e.refresh(s)
	if e.una == e.nxt {
		e.duplicates, e.quiet = 0, now
	} else if s.Ack == before && !moved && s.space() == 0 && e.options&WithSACK == 0 {
		e.duplicates++ // RFC 5681, section 2
		n.delivered = e.segment
	}
	e.tailAcked(now, s, &n)
	if n.flight == 0 {
		return
	}
	e.rack.learn(&n)
	e.search(now, &n)
	e.repair(now, &n)
	e.grow(now, &n)
	e.restart(now, &n)
}

// inOrder drops what is acknowledged in order and measures the round trip.
func (e *Endpoint) inOrder(now mesh.Time, s *Segment, n *news) {
	n.inOrder, e.tries = s.Ack-e.una, 0
	had := e.board.sackedBytes
	e.una = s.Ack
	for !e.board.empty() && e.board.at(e.board.first).end() <= s.Ack {
		r := e.board.at(e.board.first)
		if !r.is(sacked) {
			if n.trip == 0 && !r.is(again) { // RFC 6298, section 3: Karn's algorithm
				n.trip = max(now.Sub(r.at), 1)
			}
			e.rack.delivered(now, r, s, n)
		}
		e.board.ack()
	}
	n.delivered += n.inOrder - (had - e.board.sackedBytes)
	if e.duplicates > 0 { // what they stood for is in order now, but for what filled the gap
		counted := min(e.duplicates*e.segment, max(n.inOrder-e.segment, 0))
		e.duplicates = max(e.duplicates-counted/e.segment, 0)
		n.delivered -= counted
	}
	if n.trip == 0 && s.Echo != mesh.Never && e.options&WithTimestamps != 0 { // RFC 7323, section 4
		n.trip = max(now.Sub(s.Echo), 1)
	}
	if n.trip > 0 {
		e.trip.measured(n.trip)
	}
}

// outOfOrder takes the blocks of a segment in.
func (e *Endpoint) outOfOrder(now mesh.Time, s *Segment, n *news) {
	blocks := s.Blocks[:s.Count]
	if first := blocks[0]; first.To <= s.Ack || len(blocks) > 1 && blocks[1].From <= first.From && first.To <= blocks[1].To {
		n.double, blocks = true, blocks[1:] // RFC 2883, section 4
	}
	had := e.board.sackedBytes
	for _, b := range blocks {
		e.block(now, b, s, n)
	}
	n.delivered += e.board.sackedBytes - had
	copied := copy(e.seen[:], blocks)
	clear(e.seen[copied:])
}

// block marks what is in it, but for what was in a block before: most blocks
// only grew at one end.
func (e *Endpoint) block(now mesh.Time, b Block, s *Segment, n *news) {
	b.From, b.To = max(b.From, e.una), min(b.To, e.nxt)
	for _, old := range e.seen {
		if b.From <= old.From && old.From < old.To && old.To <= b.To {
			e.span(now, Block{b.From, old.From}, s, n)
			b.From = old.To
		}
	}
	e.span(now, b, s, n)
}

func (e *Endpoint) span(now mesh.Time, b Block, s *Segment, n *news) {
	if b.From >= b.To {
		return
	}
	for i := e.board.find(b.From); i < e.board.end; i++ {
		r := e.board.at(i)
		if r.end() > b.To {
			return
		}
		if !r.is(sacked) {
			e.rack.delivered(now, r, s, n)
			e.board.sack(i)
		}
	}
}

// refresh takes the peer's window from the newest segment (RFC 9293 3.10.7.4),
// and says whether it moved the edge.
func (e *Endpoint) refresh(s *Segment) bool {
	if s.Seq < e.wl1 || s.Seq == e.wl1 && s.Ack < e.wl2 {
		return false
	}
	e.wl1, e.wl2 = s.Seq, s.Ack
	edge := s.Ack + s.Window
	moved := edge != e.edge
	e.edge = edge
	e.widest = max(e.widest, s.Window)
	return moved
}

// grow lets the congestion control move the window, when the sender made use
// of all of it (RFC 7661 is the reason): in slow start half of it is enough,
// because it may double.
func (e *Endpoint) grow(now mesh.Time, n *news) {
	acked := n.inOrder // RFC 3465: bytes acknowledged, not acknowledgements
	if e.phase == Losing {
		acked = n.delivered // what arrived out of order counted then, not when the gap is filled
	}
	if acked <= 0 || e.phase == Recovering {
		return
	}
	used := n.flight + e.segment
	if e.window.SlowStart() {
		used = 2 * n.flight
	}
	if used <= e.window.Size {
		return
	}
	e.control.Acked(now, &e.window, Ack{Bytes: acked, Una: e.una, Nxt: e.nxt, Trip: n.trip, Smooth: e.trip.smooth})
}
