package flow

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// news is what one acknowledgement told.
type news struct {
	inOrder   int64         // bytes acknowledged in order
	delivered int64         // bytes that are known to have arrived only now
	flight    int64         // bytes not acknowledged, before it
	trip      time.Duration // the round trip that it measured; 0 for none
	double    bool          // something had come twice
}

// learn takes an acknowledgement in. It tells all that had come when it was
// sent, which three blocks of SACK do but in the worst of cases.
func (w *Walker) learn(a ack) {
	n := news{flight: w.flight(), double: a.double}
	for ; w.heard < a.upTo; w.heard++ {
		if s := w.sends.at(w.heard); !s.lost {
			w.delivered(s, a.next, &n)
		}
	}
	for w.segments.first < a.next {
		w.inOrder(&n)
	}
	if n.trip > 0 {
		w.measured(n.trip)
	}
	w.probeAcked(a.next, &n)
	w.search()
	w.repair(&n)
	w.grow(&n)
	w.restart(&n)
	w.sends.first = min(w.heard, w.oldest)
}

// delivered notes that a sending has come.
func (w *Walker) delivered(s *sending, next int64, n *news) {
	if s.number < w.segments.first {
		return
	}
	g := w.segments.at(s.number)
	if g.is(sacked) {
		return
	}
	trip := w.now.Sub(s.at)
	if !g.is(again) {
		w.least = min(w.least, trip)
	}
	if g.order == w.heard && g.order > w.latest {
		w.latest, w.latestTrip = g.order, max(trip, 1)
	}
	if n.trip == 0 && s.number < next && (!g.is(again) || w.path.sender.Timestamps) {
		n.trip = max(trip, 1)
	}
	size := w.size(s.number, w.path.segment)
	n.delivered += size
	w.sack(g, size)
}

// inOrder drops the first segment, which has come.
func (w *Walker) inOrder(n *news) {
	g := w.segments.at(w.segments.first)
	size := w.size(w.segments.first, w.path.segment)
	n.inOrder += size
	w.sackedBytes -= size
	w.arrived--
	if !g.is(sacked) {
		panic("flow: acknowledged and not delivered")
	}
	w.segments.first++
	w.tries = 0
}

// measured takes a round trip in (RFC 6298, section 2).
func (w *Walker) measured(trip time.Duration) {
	w.backoff = 0
	w.trips = min(w.trips+1, mostTrips)
	w.variation += (max(w.smooth-trip, trip-w.smooth) - w.variation) / 4
	w.smooth += (trip - w.smooth) / 8
}

// grow lets the congestion control move the window, when the sender made use
// of it.
func (w *Walker) grow(n *news) {
	acked := n.inOrder
	if w.phase == tcp.Losing {
		acked = n.delivered
	}
	if acked <= 0 || w.phase == tcp.Recovering {
		return
	}
	full := w.path.segment
	used := n.flight + full
	if w.window.SlowStart() {
		used = 2 * n.flight
	}
	if used <= w.window.Size {
		return
	}
	w.path.control.Acked(w.now, &w.window, tcp.Ack{
		Bytes: acked, Una: w.segments.first * full, Nxt: w.segments.end * full, Trip: n.trip, Smooth: w.smooth})
}

// alarms are what the two ends wait for.
type alarms struct {
	rtoAt, tailAt, rackAt mesh.Time
	smooth, variation     time.Duration
	trips                 int
	backoff               int
	tries                 int
}

// timeout is the retransmission timeout, doubled for each that was in vain.
func (w *Walker) timeout() time.Duration {
	s := w.path.sender
	rto := w.smooth + max(4*w.variation, s.MinRTO.Std())
	for i := 0; i < w.backoff && rto < s.MaxRTO.Std(); i++ {
		rto *= 2
	}
	return min(rto, s.MaxRTO.Std())
}

// restart sets the alarms after an acknowledgement.
func (w *Walker) restart(n *news) {
	switch {
	case w.segments.empty():
		w.rtoAt, w.tailAt = mesh.Never, mesh.Never
		return
	case n.inOrder > 0:
		w.rtoAt = w.now.Add(w.timeout())
	}
	if n.delivered > 0 {
		w.tailAt = w.probeTime()
	}
}

// alarmed lets the alarms go off that are due.
func (w *Walker) alarmed() {
	if w.now >= w.ackAt {
		w.acknowledge()
	}
	due := false
	if w.now >= w.rackAt {
		w.search()
		w.repair(&news{})
		due = true
	}
	if w.now >= w.tailAt {
		w.tailAt, w.pushed, due = mesh.Never, true, true
		w.rtoAt = w.now.Add(w.timeout())
	}
	if w.now >= w.nextAt {
		w.follow()
		due = true
	}
	if w.now >= w.rtoAt {
		w.timedOut()
		due = true
	}
	if due {
		w.sendAll()
	}
}

// mostFollowers is as many messages as are foreseen: enough to tell of a loss.
const mostFollowers = 16

// follow lets the next message come.
func (w *Walker) follow() {
	each := w.goal - w.old
	w.total += each
	w.nextAt += w.gap
	if w.total >= w.goal+mostFollowers*each {
		w.nextAt = mesh.Never
	}
}
