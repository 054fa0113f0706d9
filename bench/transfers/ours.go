package main

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/lab"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// ours is how long a transfer takes here, in seconds. Two things are off that
// ns-3 3.37 does not have: quick acknowledgements, and the Reno-friendly region of
// CUBIC, without which it is slower than Reno on short ways with losses. Its own
// way to find losses is RFC 6675 and its HyStart the older one.
func ours(t transfer, seed uint64) float64 {
	var s tcp.Settings
	s.SetDefaults()
	s.QuickAcks, s.NoDelay = 0, true
	control := tcp.Controls.Must(t.control)
	if c, ok := control.(*tcp.Cubic); ok {
		c.RenoFriendly = false
	}
	s.Congestion.SetKind(t.control, control)
	there, back := wires(t)
	l := lab.New(&there, &back, chance.Key(seed, 0, "bench", "transfers"))
	c, v := l.Connect(&s, &s)
	c.Write(0, t.bytes, 0)
	l.Start()
	l.RunWhile(func() bool { return v.Received() < t.bytes })
	return l.Now.Seconds()
}

// wires are those of ns-3's point-to-point device: two bytes of PPP around each
// packet, and losses at the receiver.
func wires(t transfer) (there, back link.Settings) {
	back = link.Settings{Latency: latency(t.latency), Bandwidth: t.rate, Framing: 2, Queue: &link.QueueChoice{}}
	back.Queue.SetKind("drop_tail", &link.DropTail{Limit: t.queue()})
	there = back
	if t.loss > 0 {
		there.Loss = &link.LossChoice{}
		there.Loss.SetKind("bernoulli", &link.Bernoulli{Rate: unit.Ratio(t.loss)})
	}
	return there, back
}

func latency(d time.Duration) chance.Duration { return chance.FixedDuration(unit.Duration(d)) }
