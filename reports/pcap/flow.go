package pcap

import (
	"cmp"
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// Flow makes the segments of a connection of which only the messages are known:
// when each left and when it had arrived whole. Nothing is lost; segments of a
// message leave evenly over the time that it takes beyond the latency.
type Flow struct {
	Conn    *Conn
	Latency mesh.Time // one way
	Segment int       // bytes of data in a full segment; 1448 when 0
	Window  int64     // of both receivers; 6 MiB when 0

	opened, closed mesh.Time
	opens, closes  bool
	messages       []passing
}

// passing is a message on its way.
type passing struct {
	side            int
	leaves, arrives mesh.Time
	bytes           int
	comment         string
}

// Open lets the client send its SYN.
func (f *Flow) Open(now mesh.Time) { f.opened, f.opens = now, true }

// Close lets the client send its FIN, after all messages.
func (f *Flow) Close(now mesh.Time) { f.closed, f.closes = now, true }

// Message is bytes from a side, which are appended to the stream of that side
// of Conn. Messages of one side come in the order in which they leave.
func (f *Flow) Message(side int, leaves, arrives mesh.Time, data []byte, comment string) {
	f.Conn.Data[side].Write(data)
	f.messages = append(f.messages, passing{side, leaves, arrives, len(data), comment})
}

// known is when a side learned how far the other has got.
type known struct {
	at  mesh.Time
	ack int64
}

// Packets is the connection as it looks where packets leave, in order of time.
func (f *Flow) Packets() []Packet {
	f.defaults()
	r := &rendering{Flow: f, next: [2]int64{1, 1}}
	r.handshake()
	for _, m := range f.messages {
		r.message(m)
	}
	r.farewell()
	r.acknowledge()
	return r.tape.Sorted()
}

func (f *Flow) defaults() {
	if f.Segment == 0 {
		f.Segment = 1448
	}
	if f.Window == 0 {
		f.Window = 6 << 20
	}
}

// rendering is a flow on the way to packets.
type rendering struct {
	*Flow
	tape    Tape
	next    [2]int64   // position that each side sends next
	arrived [2][]known // at each side
	echoes  [2]mesh.Time
	free    [2]mesh.Time // when each side has sent what it was told before
}

const everything = tcp.WithTimestamps | tcp.WithSACK | tcp.WithScale

func (r *rendering) packet(now mesh.Time, side int, flags tcp.Flags, comment string) *Packet {
	s := tcp.Segment{Seq: r.next[side], Window: r.Window, Sent: now, Echo: mesh.Never, Flags: flags, Offers: tcp.WithTimestamps}
	r.tape = append(r.tape, Packet{At: now, Conn: r.Conn, Side: side, Segment: s, Comment: comment})
	return &r.tape[len(r.tape)-1]
}

// handshake is SYN, SYN-ACK and the acknowledgement of it.
func (r *rendering) handshake() {
	if !r.opens {
		return
	}
	for side, flags := range [2]tcp.Flags{tcp.SYN, tcp.SYN | tcp.ACK} {
		at := r.opened + mesh.Time(side)*r.Latency
		s := &r.packet(at, side, flags, "").Segment
		s.Seq, s.MSS, s.Offers, s.Window = 0, int32(r.Segment)+12, everything, min(r.Window, 65535)
		r.arrived[1-side] = append(r.arrived[1-side], known{at + r.Latency, 1})
	}
	r.packet(r.opened+2*r.Latency, 0, tcp.ACK, "")
}

// message is the segments of one, and an acknowledgement of each second and of
// the last as it arrives.
func (r *rendering) message(m passing) {
	pieces := mesh.Time((m.bytes + r.Segment - 1) / r.Segment)
	spread := max(m.arrives-m.leaves-r.Latency, 0)
	begin := max(m.leaves, r.free[m.side])
	r.free[m.side] = begin + spread
	for i := mesh.Time(0); i < pieces; i++ {
		n := min(r.Segment, m.bytes-int(i)*r.Segment)
		at, flags := begin+spread*i/max(pieces-1, 1), tcp.ACK
		if i == pieces-1 {
			flags |= tcp.PSH
		}
		s := &r.packet(at, m.side, flags, m.comment).Segment
		s.Len = int32(n)
		r.next[m.side] += int64(n)
		r.arrived[1-m.side] = append(r.arrived[1-m.side], known{at + r.Latency, r.next[m.side]})
		if i%2 == 1 || i == pieces-1 {
			r.answer(at+r.Latency, 1-m.side)
		}
	}
}

// answer is an acknowledgement without data, whose place among the bytes is
// settled by acknowledge.
func (r *rendering) answer(now mesh.Time, side int) {
	r.packet(now, side, tcp.ACK, "").Segment.Seq = -1
}

// farewell closes in three packets.
func (r *rendering) farewell() {
	if !r.closes {
		return
	}
	for side := range 2 {
		at := r.closed + mesh.Time(side)*r.Latency
		r.packet(at, side, tcp.FIN|tcp.ACK, "")
		r.next[side]++
		r.arrived[1-side] = append(r.arrived[1-side], known{at + r.Latency, r.next[side]})
	}
	r.answer(r.closed+2*r.Latency, 0)
}

// acknowledge goes through the packets in order of time and writes into each
// how far its side knows the other to be, and into those without data where
// their own side is.
func (r *rendering) acknowledge() {
	for side := range r.arrived {
		slices.SortStableFunc(r.arrived[side], func(a, b known) int { return cmp.Compare(a.at, b.at) })
	}
	var seen [2]int
	var acked, sent [2]int64
	sent = [2]int64{1, 1}
	for i := range r.tape.Sorted() {
		p := &r.tape[i]
		for side := p.Side; seen[side] < len(r.arrived[side]) && r.arrived[side][seen[side]].at <= p.At; seen[side]++ {
			acked[side], r.echoes[side] = r.arrived[side][seen[side]].ack, r.arrived[side][seen[side]].at-r.Latency
		}
		s := &p.Segment
		if s.Seq < 0 {
			s.Seq = sent[p.Side]
		}
		sent[p.Side] = max(sent[p.Side], s.End())
		if s.Flags.Has(tcp.ACK) {
			s.Ack, s.Echo = acked[p.Side], r.echoes[p.Side]
		}
	}
}

// Tape is packets to be brought into order.
type Tape []Packet

// Sorted is the tape in order of time; packets of one moment stay as they came.
func (t Tape) Sorted() Tape {
	slices.SortStableFunc(t, func(a, b Packet) int { return cmp.Compare(a.At, b.At) })
	return t
}

// Write writes the packets in order of time.
func (t Tape) Write(w *Writer) error {
	for i := range t.Sorted() {
		if err := w.Segment(&t[i]); err != nil {
			return err
		}
	}
	return nil
}
