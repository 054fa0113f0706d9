package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// RoundRobin asks each host in turn, and hosts of unequal weight in proportion
// to it. Envoy starts each worker at a random place (round_robin_lb.h), so that
// many fresh proxies do not all begin with the first host; so does this.
type RoundRobin struct {
	SlowStart *SlowStart `yaml:"slow_start_config" doc:"what a host that has just joined gets less; nothing when left out"`
}

// New makes the state for one upstream.
func (r *RoundRobin) New() Balancer { return newRoundRobin(r.SlowStart) }

func newRoundRobin(slow *SlowStart) *roundRobin { return &roundRobin{rotation: rotation{slow: slow}} }

type roundRobin struct {
	rotation
	started bool
	next    uint64 // turns taken, from a random beginning; goes on when hosts come and go
	peeked  uint64 // turns after that which were told ahead
}

func (r *roundRobin) Pick(now mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	r.renew(now, set, dice)
	if !r.turns.empty() {
		return r.rotation.pick(now, set)
	}
	i := r.turn(set, r.next, dice)
	r.next++
	r.peeked -= min(r.peeked, 1)
	return i
}

// turn is whose turn number n is.
func (r *roundRobin) turn(set *Set, n uint64, dice *chance.Stream) int {
	if !r.started {
		r.next, r.started = uint64(dice.IntN(len(set.Eligible))), true
		n += r.next
	}
	i, _ := set.at(int(n % uint64(len(set.Eligible))))
	return i
}

// Peek tells the turns to come, one after the other, and each host once at most
// (unweightedHostPeek, tooManyPreconnects). It knows none where weights differ.
func (r *roundRobin) Peek(now mesh.Time, set *Set, dice *chance.Stream) int {
	r.renew(now, set, dice)
	if !r.turns.empty() || r.peeked >= uint64(len(set.Eligible)) {
		return -1
	}
	r.peeked++
	return r.turn(set, r.next+r.peeked-1, dice)
}
