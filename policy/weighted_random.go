package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// WeightedRandom asks any host, in proportion to weight.
type WeightedRandom struct{}

// New makes the state for one upstream.
func (*WeightedRandom) New() Balancer { return &weightedRandom{} }

type weightedRandom struct {
	version uint32
	below   []uint64 // by place: the weights of it and all before it
}

func (w *weightedRandom) Pick(_ mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	if w.version != set.Version {
		w.add(set)
	}
	mark := uint64(dice.IntN(int(w.below[len(w.below)-1])))
	place, _ := slices.BinarySearch(w.below, mark+1)
	host, _ := set.at(place)
	return host
}

// add sums up the weights of a set.
func (w *weightedRandom) add(set *Set) {
	w.version, w.below = set.Version, w.below[:0]
	sum := uint64(0)
	for _, host := range set.Eligible {
		sum += uint64(set.weight(int(host)))
		w.below = append(w.below, sum)
	}
}
