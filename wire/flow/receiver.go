package flow

import "github.com/meshdyno/meshdyno/mesh"

// receiver is the end where the message arrives.
type receiver struct {
	coming  int64     // the next sending to arrive
	reached int64     // segments below have all come
	ahead   int64     // segments that came beyond
	owed    int64     // bytes since the last acknowledgement
	doubled bool      // something came again
	largest int64     // the largest segment that came
	quick   int64     // acknowledgements that do not wait
	ackAt   mesh.Time // delayed acknowledgement
}

func (r *receiver) begin(p *Path, h *Half) {
	*r = receiver{ackAt: mesh.Never, quick: p.quick(h.trips())}
	if h.trips() > 0 {
		r.largest = p.segment
	}
}

// receive takes a segment in, and acknowledges at once or later (RFC 1122
// 4.2.3.2, RFC 5681 4.2).
func (w *Walker) receive(number int64) {
	size := w.size(number, w.path.segment)
	w.largest = max(w.largest, size)
	switch {
	case number < w.reached || number > w.reached && w.segments.at(number).is(came):
		w.doubled = true
		w.acknowledge()
	case number > w.reached:
		w.segments.at(number).marks |= came
		w.ahead++
		w.acknowledge()
	default:
		w.owed += size
		w.inLine()
	}
}

// inLine moves on over what came before.
func (w *Walker) inLine() {
	gap := w.ahead > 0
	w.reached++
	for w.ahead > 0 && w.reached < w.segments.end && w.segments.at(w.reached).is(came) {
		w.owed += w.size(w.reached, w.path.segment)
		w.reached++
		w.ahead--
	}
	w.notice()
	switch wait := w.path.receiver.DelayedAck.Std(); {
	case gap, wait == 0, w.owed >= 2*w.largest, w.quick > 0:
		w.acknowledge()
	case w.ackAt == mesh.Never:
		w.ackAt = w.now.Add(wait)
	}
}

// notice notes when the first and the last of the message have come.
func (w *Walker) notice() {
	if w.out.First == mesh.Never && w.reached > w.old {
		w.out.First = max(w.now, w.ending)
	}
	if w.out.Last == mesh.Never && w.reached >= w.goal {
		w.out.Last = max(w.now, w.ending)
	}
}
