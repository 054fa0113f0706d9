package capture

// half is the bytes of one direction.
type half struct {
	seen   bool
	first  uint32 // sequence number of the SYN, or of what was seen first
	next   uint32 // behind what was seen furthest
	acked  uint32 // what the other side acknowledged
	hasAck bool
	holes  [8]hole // bytes not seen yet, before next
	n      int
	finish uint32 // of the FIN
	sent   int    // segments with data
	lost   int
	spared int // that were sent again and had arrived, as the receiver says
}

// span is sequence numbers, to not included.
type span struct{ from, to uint32 }

// hole is a span that was skipped.
type hole struct {
	span
	at int64
}

// after compares sequence numbers (RFC 9293 3.4).
func after(a, b uint32) bool { return int32(a-b) > 0 }

// take is a segment with data; it returns how many bytes lie beyond what was
// seen before. Half a round trip decides whether what comes
// late was sent again or overtaken.
func (h *half) take(s *segment, trip int64, n *Counts) (advance int) {
	end := s.seq + uint32(s.size)
	if h.sent++; !h.seen {
		h.seen, h.first, h.next = true, s.seq-1, s.seq
	}
	switch {
	case !after(end, h.next):
		h.late(s, end, trip, n)
		return 0
	case after(s.seq, h.next):
		h.skip(hole{span{h.next, s.seq}, s.at})
	case s.seq != h.next:
		n.Overlaps++
	}
	advance = int(end - h.next)
	h.next = end
	return advance
}

// late is a segment whose bytes were passed before.
func (h *half) late(s *segment, end uint32, trip int64, n *Counts) {
	for i := range h.n {
		if o := &h.holes[i]; !after(o.from, s.seq) && !after(end, o.to) {
			h.fill(i, s, end, trip, n)
			return
		}
	}
	if !h.hasAck || after(end, h.acked) {
		h.lost++
	}
}

// fill takes a segment out of a hole; of the two parts that may remain the
// first is given up.
func (h *half) fill(i int, s *segment, end uint32, trip int64, n *Counts) {
	o := &h.holes[i]
	if s.at-o.at < max(trip/2, 1) {
		n.Reordered++
	} else {
		h.lost++
		h.sent++ // the first one, which was not seen
	}
	switch {
	case end != o.to:
		o.from = end
	case s.seq != o.from:
		o.to = s.seq
	default:
		h.n--
		h.holes[i] = h.holes[h.n]
	}
}

// losses is how many segments were lost, as far as one can tell.
func (h *half) losses() int { return max(h.lost-h.spared, 0) }

// skip notes a hole, or forgets it when there are too many.
func (h *half) skip(new hole) {
	if h.n < len(h.holes) {
		h.holes[h.n] = new
		h.n++
	}
}

// closed says that the FIN was acknowledged.
func (h *half) closed() bool { return h.hasAck && after(h.acked, h.finish) }

// acknowledged is what the other side says.
func (h *half) acknowledged(ack uint32) {
	if !h.hasAck || after(ack, h.acked) {
		h.hasAck, h.acked = true, ack
	}
}
