package flow

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Delivery is what becomes of a message.
type Delivery struct {
	First mesh.Time // when its first segment has arrived, and can be read
	Last  mesh.Time // when its last has; mesh.Never when TCP gives up
	Sent  mesh.Time // when its last segment was sent for the first time
}

// Send offers n bytes of a message on one direction of a connection. Messages
// of one direction arrive one behind the other, whatever delays the first: head
// of line blocking. Free is when the sender's transmitter is free; all that
// share it share a bottleneck, first come, first served. What takes many round
// trips is better offered in pieces, each at Sent of the one before, so that
// others get between.
func (w *Walker) Send(now mesh.Time, p *Path, h *Half, free *mesh.Time, n int64, dice *chance.Stream) Delivery {
	gap := h.gap(now)
	h.settle(now, gap, p)
	packets := int64(1)
	if n > p.segment {
		packets = (n + p.segment - 1) / p.segment
	}
	flight := n
	if h.flight > 0 {
		flight += h.underWay(p)
	}
	if flight > h.Window() || p.held(h, n, packets) || p.room > 0 || !p.loss.never() && !p.loss.spares(packets, *dice) {
		return w.walk(now, p, h, free, max(n, 1), gap, dice)
	}
	h.setFlight(p, flight)
	return p.glide(now, h, free, n, packets, dice)
}

// held says that Nagle's rule keeps the end of a message back until all else is
// acknowledged (RFC 9293 3.7.4).
func (p *Path) held(h *Half, n, packets int64) bool {
	return !p.sender.NoDelay && (packets > 1 || h.flight > 0) && n%p.segment != 0
}

// glide sends what fits into the window and loses nothing.
func (p *Path) glide(now mesh.Time, h *Half, free *mesh.Time, n, packets int64, dice *chance.Stream) (d Delivery) {
	d.Sent = now
	first, last, done := now, now, h.done(now, p)
	if p.rate > 0 {
		rest := p.busy(n - (packets-1)*p.segment)
		first = p.transmit(now, rest, free)
		last = first
		if packets > 1 {
			first += mesh.Time(p.full - rest)
			last = p.transmit(now, (packets-1)*p.full, free)
		}
	}
	if p.fixed {
		d.First, d.Last = max(first+mesh.Time(p.way), done), max(last+mesh.Time(p.way), done)
	} else {
		d.First, d.Last = p.scatter(first, last, done, packets, dice)
	}
	h.setTimes(now, d.Last, p)
	return d
}

// scatter draws for each packet how long it takes; none overtakes another.
func (p *Path) scatter(first, last, done mesh.Time, packets int64, dice *chance.Stream) (from, to mesh.Time) {
	s := chance.Keyed(dice.Uint64())
	from = max(first+p.draw(&s), done)
	to = from
	for i := int64(1); i < packets; i++ {
		to = max(to, first+mesh.Time(int64(last-first)*i/(packets-1))+p.draw(&s))
	}
	return from, to
}
