package sim

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// link is the way from one agent to another. A message first leaves through
// the sender's interface, behind those before it, then travels.
type link struct {
	latency   chance.Dist
	bandwidth int64 // bits a second; 0 is unlimited
	loss      float64
}

// retransmission is how long TCP waits before it sends a lost message again,
// doubled each time: Linux's minimum, which RFC 6298 lets be below its own
// one second.
const retransmission = 200_000_000

func newLink(l *mesh.Link) link {
	return link{latency: l.Latency.Dist, bandwidth: int64(l.Bandwidth), loss: float64(l.Loss)}
}

// free says that the link costs nothing at all.
func (l *link) free() bool {
	c, ok := l.latency.Const()
	return ok && c == 0 && l.bandwidth == 0 && l.loss == 0
}

// travel is the time on the way, drawn from the message's own key.
func (l *link) travel(key uint64, p purpose) int64 {
	if c, ok := l.latency.Const(); ok && l.loss == 0 {
		return c
	}
	dice := chance.Keyed(chance.Mix(key, uint64(p)))
	d := l.latency.Draw(&dice)
	for wait := int64(retransmission); l.loss > 0 && dice.Float64() < l.loss && wait < 64*retransmission; wait *= 2 {
		d += wait
	}
	return d
}

// wire is how long the sender's interface is busy with a message:
// ceil(bytes*8e9/bandwidth).
func (l *link) wire(bytes int64) int64 {
	if l.bandwidth == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(bytes), 8_000_000_000)
	lo, carry := bits.Add64(lo, uint64(l.bandwidth)-1, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(l.bandwidth))
	return int64(q)
}
