package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// WeightedRandom asks any host, in proportion to weight: weighted_random of an
// application load balancer, which with anomaly_mitigation gives a host less
// while it fails more than the others (AWS, target group attributes).
type WeightedRandom struct {
	AnomalyMitigation bool          `yaml:"anomaly_mitigation" doc:"send less to hosts that fail out of proportion, while there are three or more to ask"`
	DetectionInterval unit.Duration `yaml:"detection_interval" min:"1ms" doc:"how often hosts are compared; a number of this model, AWS names none"`
}

// Refused says why a key that other balancers have is none here.
func (*WeightedRandom) Refused(key string) string { return refusedByAWS(key) }

// New makes the state for one upstream.
func (w *WeightedRandom) New() Balancer {
	if w.AnomalyMitigation {
		return &mitigating{interval: w.DetectionInterval.Std()}
	}
	return &weightedRandom{}
}

type weightedRandom struct {
	version uint32
	below   []uint64 // by place: the weights of it and all before it
	eased   []uint8  // by host: how often its weight was halved; nil when none may be
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
		weight := uint64(set.weight(int(host)))
		if w.eased != nil {
			weight = weight << fullWeight >> w.eased[host]
		}
		sum += weight
		w.below = append(w.below, sum)
	}
}
