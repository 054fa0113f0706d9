package capture

import "net/netip"

// flow is one TCP connection.
type flow struct {
	key          pair
	older, newer *flow
	client       int     // which end of key: 0 or 1
	half         [2]half // of the client, of the server
	sound        bool    // nothing of the handshake was sent twice
	syn, answer  int64   // when; 0 for not seen
	trip         int64   // of the handshake; 0 for not known
	near         int64   // the part of it between the interface and the server
	fins         [2]bool
	reset        bool
	service      *Service
	tls, sniffed bool
	turn         turn
	streams      *streams // of HTTP/2 that is followed
}

func newFlow(key pair, s *segment) *flow {
	f := &flow{key: key, sound: true}
	from := 0
	if s.from != key.a {
		from = 1
	}
	f.client = from
	beginning := s.flags.syn && !s.flags.ack
	if answering := s.flags.syn && s.flags.ack; answering || !beginning && s.from.Port() < s.to.Port() {
		f.client = 1 - from
	}
	return f
}

func (f *flow) ends() (client, server netip.AddrPort) {
	if f.client == 0 {
		return f.key.a, f.key.b
	}
	return f.key.b, f.key.a
}

// sideOf is who sent a segment: 0 the client.
func (f *flow) sideOf(s *segment) int {
	if client, _ := f.ends(); s.from == client {
		return 0
	}
	return 1
}

// begun says that the beginning was seen.
func (f *flow) begun() bool { return f.syn != 0 }

// over says that there is nothing more to come.
func (f *flow) over() bool {
	return f.reset || f.fins[0] && f.fins[1] && f.half[0].closed() && f.half[1].closed()
}

// segment is the next one of the connection.
func (f *flow) segment(t *table, s *segment) {
	side := f.sideOf(s)
	h := &f.half[side]
	if s.flags.syn {
		f.handshake(side, s)
		return
	}
	if s.flags.ack {
		f.half[1-side].acknowledged(s.ack)
		if s.again {
			f.half[1-side].spared++
			t.Counts.Duplicates++
		}
		f.complete(t, side, s)
	}
	if s.size > 0 {
		was := h.next
		if n := h.take(s, f.trip, &t.Counts); n > 0 {
			f.bytes(t, side, s, n, h.sent == 1 || s.seq == was)
		}
	}
	f.reset = f.reset || s.flags.rst
	if s.flags.fin {
		f.fins[side] = true
		h.finish = s.seq + uint32(s.size)
	}
}

// handshake is SYN and SYN-ACK.
func (f *flow) handshake(side int, s *segment) {
	h := &f.half[side]
	when := &f.syn
	if side == 1 {
		when = &f.answer
	}
	if *when != 0 {
		f.sound = false
		h.sent, h.lost = h.sent+1, h.lost+1
		return
	}
	*when, h.seen, h.first, h.next = s.at, true, s.seq, s.seq+1
}

// complete is the acknowledgement that ends the handshake. With data in it, it
// may be the second, which a timeout sent because the first was lost.
func (f *flow) complete(t *table, side int, s *segment) {
	if side != 0 || f.trip != 0 || !f.sound || f.syn == 0 || f.answer == 0 || s.at <= f.syn || f.answer < f.syn {
		return
	}
	if far := s.at - f.answer; t.far == 0 || far < t.far {
		t.far = max(far, 1)
	} else if s.size > 0 && far-t.far >= leastTimeout {
		t.Counts.Doubtful++
		f.sound = false
		return
	}
	f.trip, f.near = s.at-f.syn, f.answer-f.syn
	t.Trip.Add(float64(f.trip))
}

// leastTimeout is Linux's least retransmission timeout.
const leastTimeout = 200e6

// bytes are new ones of a side.
func (f *flow) bytes(t *table, side int, s *segment, n int, inOrder bool) {
	if f.service == nil {
		f.meet(t)
	}
	if side == 0 && !f.sniffed {
		f.sniff(s.data)
	}
	if f.streams != nil && !f.streams.lost {
		f.streams.feed(f, side, s, n, inOrder, &t.Counts)
		return
	}
	f.turns(t, side, s, n)
}

// meet is the first data of the connection.
func (f *flow) meet(t *table) {
	if !f.begun() && f.answer == 0 {
		t.Counts.Midway++
	}
	_, server := f.ends()
	if f.service = t.service(server); f.service == nil {
		f.service = &Service{Callers: map[netip.Addr]int{}} // nobody looks at it
	}
	f.service.Connections++
}

// finish adds up what is left at the end.
func (f *flow) finish(t *table) {
	if f.service != nil {
		f.exchange(t)
	}
	for i := range f.half {
		t.Sent += f.half[i].sent
		t.Lost += f.half[i].losses()
	}
	if f.streams != nil {
		t.Counts.Unpaired += len(f.streams.open)
	}
}
