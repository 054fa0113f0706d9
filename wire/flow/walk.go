package flow

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// Walker carries messages that do not simply glide. One is enough for an
// engine; it allocates only to grow with the most segments ever under way.
type Walker struct {
	path     *Path
	now      mesh.Time
	start    mesh.Time // when the message was offered
	free     mesh.Time // when the transmitter is free, for this message alone
	freeHome mesh.Time // and that of acknowledgements
	before   mesh.Time // when the last packet arrives: none overtakes it
	beyond   mesh.Time // and the last acknowledgement
	ending   mesh.Time // when the message before has arrived
	gap      mesh.Time // since that was sent; Never when not known
	nextAt   mesh.Time // when the next may follow
	there    luck
	back     luck
	dice     chance.Stream
	sends    ring[sending]
	acks     ring[ack]
	shape
	sender
	receiver
	out   Delivery
	stood snapshot
}

// shape is what is sent: segments of the messages before that are still under
// way, those of this one, and those of messages that may follow before it has
// arrived. All are full but the last of each.
type shape struct {
	old, goal, total int64 // segments
	oldLast, newLast int64 // bytes of the last
	follower         int64 // bytes of a segment that follows
}

// sending is one segment on its way.
type sending struct {
	number  int64
	at      mesh.Time // when it was sent
	arrives mesh.Time
	lost    bool
}

// ack is one acknowledgement on its way: all that came of the first so many
// sendings.
type ack struct {
	at     mesh.Time
	upTo   int64
	next   int64 // the first segment that has not come
	double bool  // one of them had come before
}

// snapshot is the sender when the last byte was sent for the first time.
type snapshot struct {
	window, threshold, flight int64
	trips, reductions         int
}

func (s *shape) size(i, full int64) int64 {
	switch {
	case i >= s.goal:
		return s.follower
	case i == s.goal-1:
		return s.newLast
	case i == s.old-1:
		return s.oldLast
	}
	return full
}

// bytes are those of the segments from a to b, b not included.
func (s *shape) bytes(a, b, full int64) int64 {
	n := (b - a) * full
	if a < s.old && s.old <= b {
		n -= full - s.oldLast
	}
	if a < s.goal && s.goal <= b {
		n -= full - s.newLast
	}
	if b > s.goal {
		n -= (b - max(a, s.goal)) * (full - s.follower)
	}
	return n
}

func newShape(full, under, n int64) shape {
	s := shape{old: (under + full - 1) / full, oldLast: full}
	if under > 0 {
		s.oldLast = under - (under-1)/full*full
	}
	s.goal = s.old + (n+full-1)/full
	s.newLast = n - (n-1)/full*full
	s.follower = min(n, full)
	s.total = s.goal
	return s
}

// walk goes through a message's segments, from one thing that happens to the
// next, until the last has arrived.
func (w *Walker) walk(now mesh.Time, p *Path, h *Half, free *mesh.Time, n int64, gap mesh.Time, dice *chance.Stream) Delivery {
	w.begin(now, p, h, *free, n, gap, dice)
	w.sendAll()
	for w.reached < w.goal && !w.dead {
		w.step()
	}
	if w.reductions > w.stood.reductions || w.probeEnd != 0 {
		w.windUp()
	}
	if p.rate > 0 {
		p.transmit(now, (w.goal-w.old-1)*p.full+p.busy(w.newLast), free)
	}
	w.end(h)
	return w.out
}

// begin sets the walk up.
func (w *Walker) begin(now mesh.Time, p *Path, h *Half, free mesh.Time, n int64, gap mesh.Time, dice *chance.Stream) {
	w.path, w.now, w.free, w.ending = p, now, free, h.done(now, p)
	w.start, w.before, w.beyond, w.freeHome = now, 0, 0, 0
	w.there, w.dice = p.loss.luck(*dice), chance.Keyed(dice.Uint64())
	w.back = p.lossHome.luck(chance.Keyed(w.dice.Uint64()))
	w.sends.reset()
	w.acks.reset()
	w.out = Delivery{First: mesh.Never, Last: mesh.Never}
	w.gap, w.nextAt = gap, mesh.Never
	if p.Follow && gap > 0 && gap != mesh.Never {
		w.nextAt = now + gap
	}
	w.shape = newShape(p.segment, h.underWay(p), n)
	w.receiver.begin(p, h)
	w.sender.begin(p, h)
	w.window = p.stand(now, h)
	w.resume(h.sent(now))
}

// resume puts the flight of the messages before on its way, which ends when
// they have arrived, unless something holds them up.
func (w *Walker) resume(sent mesh.Time) {
	p := w.path
	last := min(w.ending, max(w.now, w.free, sent)+mesh.Time(p.way))
	apart := p.full
	if w.old > 0 && (sent > w.now || w.gap > 0 && w.gap != mesh.Never) {
		apart = max(apart, p.trip()/w.old) // not in one go
	}
	for i := range w.old {
		at := last - mesh.Time((w.old-1-i)*apart)
		*w.sends.push() = sending{number: i, at: at - mesh.Time(p.way+p.full), arrives: at}
		*w.segments.push() = segment{at: at - mesh.Time(p.way+p.full), order: i}
		w.before = at
	}
	if w.old > 0 {
		w.rtoAt = w.now + mesh.Time(w.timeout())
	}
}

// step lets the next thing happen. At one moment acknowledgements come first,
// then segments, then the alarms.
func (w *Walker) step() {
	ackAt, dataAt := mesh.Never, mesh.Never
	if !w.acks.empty() {
		ackAt = w.acks.at(w.acks.first).at
	}
	for ; w.coming < w.sends.end; w.coming++ {
		if s := w.sends.at(w.coming); !s.lost {
			dataAt = s.arrives
			break
		}
	}
	alarm := min(w.rtoAt, w.tailAt, w.rackAt, w.ackAt, w.nextAt)
	switch at := min(ackAt, dataAt, alarm); at {
	case ackAt:
		w.now = max(at, w.start)
		w.learn(*w.acks.at(w.acks.first))
		w.acks.first++
		w.sendAll()
	case dataAt:
		w.now = at
		w.coming++
		w.receive(w.sends.at(w.coming - 1).number)
	default:
		w.now = max(at, w.start)
		w.alarmed()
	}
}

// transmit puts a segment on its way.
func (w *Walker) transmit(number int64) {
	p := w.path
	s := sending{number: number, at: w.now, lost: w.crowded()}
	if !s.lost {
		w.free = max(w.free, w.now) + mesh.Time(p.busy(w.size(number, p.segment)))
		s.lost = w.there.loses()
	}
	if !s.lost {
		w.before = max(w.before, w.free+p.draw(&w.dice))
		s.arrives = w.before
	}
	*w.sends.push() = s
}

// crowded says that the queue before the transmitter has no room.
func (w *Walker) crowded() bool {
	p := w.path
	return p.room > 0 && w.free > w.now && (int64(w.free-w.now)+p.full-1)/p.full > p.room
}

// acknowledge puts an acknowledgement on its way.
func (w *Walker) acknowledge() {
	p := w.path
	w.owed, w.ackAt = 0, mesh.Never
	if w.quick > 0 {
		w.quick--
	}
	w.freeHome = max(w.freeHome, w.now) + mesh.Time(p.ack)
	if w.back.loses() {
		return
	}
	w.beyond = max(w.beyond, w.freeHome+mesh.Time(p.home.Draw(&w.dice)))
	*w.acks.push() = ack{at: w.beyond, upTo: w.coming, next: w.reached, double: w.doubled}
	w.doubled = false
}

// end keeps what the next message needs to know.
func (w *Walker) end(h *Half) {
	if w.out.Last == mesh.Never {
		return
	}
	h.setTimes(w.out.Sent, w.out.Last, w.path)
	s := &w.stood
	h.keep(w.path, s.window, s.threshold, s.flight, s.trips)
	if w.peak > 0 {
		h.setPeak(w.path, w.peak)
	}
}

// windUp goes on until the sender knows what became of its losses, for the
// message is not the last.
func (w *Walker) windUp() {
	w.nextAt = mesh.Never
	for !w.segments.empty() && !w.dead {
		w.step()
	}
	if w.phase == tcp.Recovering {
		w.window.Size = w.window.Threshold
	}
	w.stood = snapshot{w.window.Size, w.window.Threshold, 0, w.trips, w.reductions}
}
