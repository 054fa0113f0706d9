package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Random asks any host, all alike (Envoy's random_lb.cc).
type Random struct{}

// New makes the state for one upstream.
func (*Random) New() Balancer { return random{} }

type random struct{}

func (random) Pick(_ mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	i, _ := set.at(dice.IntN(len(set.Eligible)))
	return i
}
