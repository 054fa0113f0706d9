package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// rotation is the schedule that Envoy's round robin and least request share
// (EdfLoadBalancerBase, load_balancer_impl.cc). It is there only while the
// eligible hosts have unequal weights or one of them is in slow start, which is
// looked at when the set changes and not before. A weight is looked at when its
// host is picked, for the turn after.
type rotation struct {
	slow    *SlowStart
	bias    float64  // how much requests under way weigh; 0: nothing
	own     []uint32 // weights by host that stand over the endpoints'; nil: none
	version uint32   // of the set the schedule was made for; 0: of none
	seeded  bool
	seed    uint32 // how many picks a new schedule seems to have made
	turns   edf
	weights []float64 // by place; here, so that a rebuild does not allocate
}

// renew makes the schedule anew when the set has changed.
func (r *rotation) renew(now mesh.Time, set *Set, dice *chance.Stream) {
	if r.version == set.Version {
		return
	}
	r.version = set.Version
	r.turns.clear()
	if len(set.Eligible) < 2 || r.equal(set) && !r.slow.covers(now, set) {
		return
	}
	if !r.seeded {
		r.seed, r.seeded = uint32(dice.Uint64()), true
	}
	r.weights = r.weights[:0]
	for _, host := range set.Eligible {
		r.weights = append(r.weights, r.weight(now, set, int(host)))
	}
	r.turns.begin(r.weights, r.seed)
}

// pick is the host whose turn it is. There must be a schedule.
func (r *rotation) pick(now mesh.Time, set *Set) int {
	host, _ := set.at(r.turns.soonest())
	r.turns.again(r.weight(now, set, host))
	return host
}

// equal says whether all eligible hosts have the same weight.
func (r *rotation) equal(set *Set) bool {
	for _, host := range set.Eligible {
		if r.base(set, int(host)) != r.base(set, int(set.Eligible[0])) {
			return false
		}
	}
	return true
}

// base is a host's weight when nothing is under way and it is long there.
func (r *rotation) base(set *Set, host int) uint32 {
	if r.own != nil {
		return r.own[host]
	}
	return set.weight(host)
}

// weight is a host's weight now: base / (active + 1) ^ bias, and slow start
// (least_request_lb.cc, hostWeight; round robin is a bias of 0).
func (r *rotation) weight(now mesh.Time, set *Set, host int) float64 {
	w := float64(r.base(set, host))
	switch busy := float64(set.Hosts[host].Active) + 1; r.bias {
	case 0:
	case 1:
		w /= busy
	default:
		w /= chance.Pow(busy, r.bias)
	}
	return float64(w * r.slow.factor(now, set, host))
}
