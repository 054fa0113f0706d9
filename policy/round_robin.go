package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// RoundRobin asks each host in turn. Envoy starts each worker at a random
// place (round_robin_lb.cc), so that many fresh proxies do not all begin with
// the first host; so does this.
type RoundRobin struct{}

// New makes the state for one upstream.
func (*RoundRobin) New() Balancer { return &roundRobin{next: -1} }

type roundRobin struct{ next int }

func (r *roundRobin) Pick(_ mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	r.next++
	if r.next == 0 {
		r.next = dice.IntN(len(set.Eligible))
	}
	if r.next >= len(set.Eligible) {
		r.next = 0
	}
	i, _ := set.at(r.next)
	return i
}
