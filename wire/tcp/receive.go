package tcp

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
)

// receiver is the half that receives.
type receiver struct {
	next         int64     // RCV.NXT: what is expected
	finAt        int64     // where the FIN stands
	read         int64     // bytes that the application took
	promised     int64     // behind the last position that the peer may send
	acknowledged int64     // what was last acknowledged
	islands      []Block   // what arrived beyond next, in order
	recent       [4]int64  // a position in the islands that grew last, the latest first
	double       Block     // what arrived again and was not told of yet
	owed         int64     // bytes received since the last acknowledgement
	largest      int64     // the largest segment that came
	quick        int       // acknowledgements that are not delayed
	interactive  bool      // the application answers: delay them
	held         bool      // the application reads by Read
	ackNow       bool      // an acknowledgement is due
	stamp        mesh.Time // TS.Recent; Never before one came
}

// Received is how many bytes have arrived in order.
func (e *Endpoint) Received() int64 { return max(min(e.next, e.finAt)-1, 0) }

// Ended says that the peer has closed and all it sent is here.
func (e *Endpoint) Ended() bool { return e.next > e.finAt }

// receive takes data and FIN in (RFC 9293 3.10.7.4, seventh and eighth).
func (e *Endpoint) receive(now mesh.Time, s *Segment) {
	if s.Flags&FIN != 0 {
		e.finAt = s.End() - 1
	}
	e.largest = max(e.largest, int64(s.Len))
	switch b := (Block{s.Seq, s.End()}); {
	case b.To <= e.next:
		e.Counts.Doubles++
		e.double, e.ackNow = b, true
	case b.From > e.next && b.From+int64(s.Len) > e.promised:
		e.ackNow = true // beyond the window
	case b.From > e.next:
		e.island(b)
		e.ackNow = true // RFC 5681 4.2: at once
	default:
		e.owed += b.To - e.next
		e.inLine(now, b.To)
	}
	if !e.held {
		e.read = e.Received()
	}
}

// inLine moves on to a position, and over what arrived before.
func (e *Endpoint) inLine(now mesh.Time, to int64) {
	e.next = to
	if len(e.islands) > 0 {
		e.ackNow = true // it fills a gap, or part of one: RFC 5681 4.2
		e.join()
	}
	if e.next > e.finAt {
		e.ackNow = true
	}
	e.delay(now)
}

// join goes over the islands that are reached.
func (e *Endpoint) join() {
	reached := 0
	for _, b := range e.islands {
		if b.From > e.next {
			break
		}
		e.next = max(e.next, b.To)
		reached++
	}
	e.islands = slices.Delete(e.islands, 0, reached)
}

// delay decides when to acknowledge what came in order (RFC 1122 4.2.3.2): each
// second full segment at once, and otherwise after a while.
func (e *Endpoint) delay(now mesh.Time) {
	switch {
	case e.settings.DelayedAck == 0, e.owed >= 2*e.largest, e.quick > 0 && !e.interactive:
		e.ackNow = true
	case e.ackAt == mesh.Never:
		e.ackAt = now.Add(e.settings.DelayedAck.Std())
	}
}

// island takes in what came out of order.
func (e *Endpoint) island(b Block) {
	i := e.beside(b.From)
	j := i
	for j < len(e.islands) && e.islands[j].From <= b.To {
		j++
	}
	if i < j {
		if e.islands[i].From <= b.From && b.To <= e.islands[i].To {
			e.Counts.Doubles++
			e.double = b
		}
		b.From, b.To = min(b.From, e.islands[i].From), max(b.To, e.islands[j-1].To)
	}
	e.islands = slices.Replace(e.islands, i, j, b)
	e.note(b.From)
}

// beside is the first island that ends at or behind a position.
func (e *Endpoint) beside(position int64) int {
	low, high := 0, len(e.islands)
	for low < high {
		if middle := (low + high) / 2; e.islands[middle].To < position {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// note puts the island of a position first.
func (e *Endpoint) note(position int64) {
	b := e.islands[e.beside(position+1)]
	i := 0
	for i < len(e.recent)-1 && !(b.From <= e.recent[i] && e.recent[i] < b.To) {
		i++
	}
	copy(e.recent[1:i+1], e.recent[:i])
	e.recent[0] = position
}

// Hold makes the application read by Read from now on; otherwise it takes all
// at once.
func (e *Endpoint) Hold() { e.held = true }

// Read takes n bytes out of the buffer, or what is there, and returns how many.
// The peer is told when that makes enough room (RFC 9293 3.8.6.2.2).
func (e *Endpoint) Read(_ mesh.Time, n int64) int64 {
	n = min(n, e.Received()-e.read)
	e.read += n
	if e.state.synchronized() && e.room()-e.promised >= min(2*e.segment, (int64(e.settings.ReceiveBuffer)+1)/2) {
		e.ackNow = true
	}
	return n
}

// room is behind the last position that there is room for.
func (e *Endpoint) room() int64 {
	most := e.read + 1 + int64(e.settings.ReceiveBuffer)
	if e.options&WithScale == 0 {
		most = min(most, e.next+65535)
	}
	return most
}
