package flow

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Open sets a connection up (RFC 9293 3.5) and returns when the client may
// send: a round trip later, if nothing is lost. What is lost is sent again
// after one second, two more, four more... It is mesh.Never when the client
// gives up. Free is when its transmitter is free.
func (p *Path) Open(now mesh.Time, c *Conn, free *mesh.Time, dice *chance.Stream) mesh.Time {
	wait := p.sender.InitialRTO.Std()
	answered := false // a SYN has come: the server sends its answer again by itself
	for try := 0; try <= p.sender.SynRetries; try++ {
		came := p.loss.spares(1, *dice)
		dice.Uint64()
		at := p.transmit(now, p.greeting, free) + p.draw(dice)
		for copies := answers(came, answered); copies > 0; copies-- {
			home := p.lossHome.spares(1, *dice)
			dice.Uint64()
			if home {
				at += mesh.Time(p.answer + p.home.Draw(dice))
				c.There.open(at, p.first(try > 0))
				c.Back.open(at, p.first(answered))
				return at
			}
		}
		answered = answered || came
		now = now.Add(wait)
		wait = min(2*wait, p.sender.MaxRTO.Std())
	}
	return mesh.Never
}

// answers is how many SYN-ACKs a try brings about: the SYN's, and if one went
// before, that of the server's own timeout, which comes at the same time.
func answers(came, answered bool) (n int) {
	for _, yes := range [...]bool{came, answered} {
		if yes {
			n++
		}
	}
	return n
}

// first is the first window: one segment if the SYN was lost (RFC 5681 3.1).
func (p *Path) first(lost bool) int64 {
	if lost {
		return p.segment
	}
	return p.initial
}

// transmit occupies the transmitter for so long, and returns until when.
func (p *Path) transmit(now mesh.Time, busy int64, free *mesh.Time) mesh.Time {
	if busy == 0 {
		return now
	}
	*free = max(now, *free).Add(time.Duration(busy))
	return *free
}
