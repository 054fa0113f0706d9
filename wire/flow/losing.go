package flow

import (
	"math"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/wire/link"
)

// losing is how a link loses packets. A message meets it as it is on average:
// what befell the message before plays no part, so that the order in which
// messages are offered does not either.
type losing struct {
	rate    float64 // share of packets lost, each by itself
	logPass float64 // the logarithm of what is left
	bursts  *link.GilbertElliott
	every   int // one of so many
}

func newLosing(s *link.Settings) (l losing) {
	pass := 1 - float64(s.Corrupt) // what arrives damaged is as good as lost
	if s.Loss != nil {
		switch kind := s.Loss.Settings.(type) {
		case *link.Bernoulli:
			pass = float64(pass * (1 - float64(kind.Rate)))
		case *link.GilbertElliott:
			l.bursts = kind
		case *link.Periodic:
			l.every = kind.Every
		}
	}
	l.rate = 1 - pass
	if pass > 0 && pass < 1 {
		l.logPass = chance.Log(pass)
	}
	return l
}

// never says that the link loses nothing.
func (l *losing) never() bool { return l.rate == 0 && l.bursts == nil && l.every == 0 }

// luck is one message's share of it.
type luck struct {
	*losing
	dice   chance.Stream
	passes int64 // packets that pass before the next that is lost by itself
	tick   int   // packets until the next of every
	bad    bool  // the link is in its bad state
}

func (l *losing) luck(dice chance.Stream) luck {
	k := luck{losing: l, dice: dice}
	k.passes = k.gap()
	if l.every > 0 {
		k.tick = k.dice.IntN(l.every)
	}
	if b := l.bursts; b != nil {
		sum := float64(b.ToBad + b.ToGood)
		k.bad = float64(k.dice.Float64()*sum) < float64(b.ToBad)
	}
	return k
}

// gap draws how many packets pass before the next that is lost: geometric, so
// that packets that pass cost nothing.
func (k *luck) gap() int64 {
	switch {
	case k.rate == 0:
		return math.MaxInt64
	case k.rate >= 1:
		return 0
	}
	return int64(min(chance.Log(1-k.dice.Float64())/k.logPass, 1<<60))
}

// loses decides over the next packet.
func (k *luck) loses() bool {
	if k.passes == 0 {
		k.passes = k.gap()
		return true
	}
	k.passes--
	return k.every > 0 && k.ticks() || k.bursts != nil && k.inBurst()
}

func (k *luck) ticks() bool {
	k.tick--
	if k.tick >= 0 {
		return false
	}
	k.tick = k.every - 1
	return true
}

func (k *luck) inBurst() bool {
	turn, share := k.bursts.ToBad, k.bursts.LossGood
	if k.bad {
		turn = k.bursts.ToGood
	}
	if k.dice.Float64() < float64(turn) {
		k.bad = !k.bad
	}
	if k.bad {
		share = k.bursts.LossBad
	}
	return k.dice.Float64() < float64(share)
}

// spares says that of so many packets none is lost. It draws from a copy: a walk
// with the same dice meets the same losses.
func (l *losing) spares(packets int64, dice chance.Stream) bool {
	if l.bursts == nil && l.every == 0 {
		if u := dice; u.Float64() >= float64(float64(packets)*l.rate) { // the union of their chances
			return true
		}
	}
	k := l.luck(dice)
	for range packets {
		if k.loses() {
			return false
		}
	}
	return true
}
