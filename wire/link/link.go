package link

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Link is one direction of a wire.
type Link struct {
	settings *Settings
	latency  int64 // if it is always the same
	fixed    bool
	troubled bool // some packets are doubled, damaged or held up
	gate     Gate
	queue    Queue // or this one
	loss     Loss  // or nil
	backlog  Backlog
	outbox   Outbox
	free     mesh.Time // when the transmitter has sent what it was given
	last     mesh.Time // when the last packet arrives
	onLoss   chance.Stream
	onTime   chance.Stream
	onHarm   chance.Stream
	onQueue  chance.Stream
}

// The children of a link's key, so that no knob moves the draws of another.
const (
	keyLoss uint64 = iota
	keyTime
	keyHarm
	keyQueue
)

// New makes an idle link. All its chance comes from the key.
func New(s *Settings, key uint64) *Link {
	l := &Link{
		settings: s,
		onLoss:   chance.Keyed(chance.Mix(key, keyLoss)), onTime: chance.Keyed(chance.Mix(key, keyTime)),
		onHarm: chance.Keyed(chance.Mix(key, keyHarm)), onQueue: chance.Keyed(chance.Mix(key, keyQueue)),
	}
	l.latency, l.fixed = s.Latency.Const()
	l.troubled = s.Duplicate > 0 || s.Corrupt > 0 || s.Reorder > 0
	if s.Loss != nil {
		l.loss = s.Loss.Settings.New()
	}
	if s.Queue != nil {
		l.gate, l.queue = s.Queue.Settings.New(s)
	}
	return l
}

// Offer hands a packet over.
func (l *Link) Offer(now mesh.Time, p Packet) {
	if m := int64(l.settings.MTU); p.Whole && m > 0 && int64(p.Bytes) > m {
		l.outbox.put(now, &p, TooBig)
		return
	}
	if l.queue != nil {
		l.Wake(now)
		l.queue.Enter(now, p, &l.outbox)
		l.Wake(now)
		return
	}
	l.enter(now, &p)
}

// enter lets a packet in whose way through the queue is known from the start.
func (l *Link) enter(now mesh.Time, p *Packet) {
	start := max(now, l.free)
	if l.gate != nil {
		l.backlog.drain(now)
		if fate := l.gate.Admits(now, &l.backlog, *p, &l.onQueue); fate != Arrives {
			l.outbox.put(now, p, fate)
			return
		}
		if start > now {
			l.backlog.add(start, p.Bytes)
		}
	}
	l.send(start, p)
}

// Wake lets the transmitter go on. It may come too early.
func (l *Link) Wake(now mesh.Time) {
	for l.queue != nil && !l.queue.Empty() && l.free <= now {
		at := max(l.free, l.queue.Since())
		p, ok := l.queue.Leave(at, &l.outbox)
		if !ok {
			return
		}
		l.send(at, &p)
	}
}

// WakeAt is when the transmitter can take the next packet out of the queue.
func (l *Link) WakeAt() mesh.Time {
	if l.queue == nil || l.queue.Empty() {
		return mesh.Never
	}
	return l.free
}

// Next takes the next passage.
func (l *Link) Next(_ mesh.Time, p *Passage) bool { return l.outbox.take(p) }

// send sends a packet from the moment start, and lets it travel.
func (l *Link) send(start mesh.Time, p *Packet) {
	s := l.settings
	count, bytes := fragments(int64(p.Bytes), int64(s.MTU))
	l.free = start
	if s.Bandwidth > 0 {
		l.free += mesh.Time(busy(bytes+count*int64(s.Framing), int64(s.Bandwidth)))
	}
	for ; l.loss != nil && count > 0; count-- {
		if l.loss.Loses(&l.onLoss) { // one fragment lost is the packet lost
			l.outbox.put(l.free, p, Lost)
			return
		}
	}
	l.travel(p)
}

// busy is how long so many bytes take: ceil(bytes*8e9/bandwidth).
func busy(bytes, bandwidth int64) int64 {
	if bytes < 1<<30 {
		return (bytes*8_000_000_000 + bandwidth - 1) / bandwidth
	}
	hi, lo := bits.Mul64(uint64(bytes), 8_000_000_000)
	lo, carry := bits.Add64(lo, uint64(bandwidth)-1, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(bandwidth))
	return int64(q)
}

// travel lets a packet travel that was just sent.
func (l *Link) travel(p *Packet) {
	way := l.latency
	if !l.fixed {
		way = l.settings.Latency.Draw(&l.onTime)
	}
	at := max(l.free+mesh.Time(way), l.last)
	if l.troubled {
		l.harm(at, p)
		return
	}
	l.last = at
	l.outbox.put(at, p, Arrives)
}

// harm throws the dice for each trouble, always all of them.
func (l *Link) harm(at mesh.Time, p *Packet) {
	s, fate := l.settings, Arrives
	damaged := l.onHarm.Float64() < float64(s.Corrupt)
	held := l.onHarm.Float64() < float64(s.Reorder)
	twice := l.onHarm.Float64() < float64(s.Duplicate)
	if held {
		at += mesh.Time(s.ReorderFor.Draw(&l.onHarm))
	} else {
		l.last = at
	}
	if damaged {
		fate = Damaged
	}
	l.outbox.put(at, p, fate)
	if twice {
		l.outbox.twin()
	}
}
