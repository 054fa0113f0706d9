package policy

import (
	"slices"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// PickFirst asks one host for as long as it can be reached: the first of the
// list, or of a list that each proxy shuffles for itself. When no connection can
// be made the next of the list has its turn; when the host leaves, or the
// connection breaks, the first again. gRPC's pick_first (A62).
type PickFirst struct {
	ShuffleAddressList bool `yaml:"shuffle_address_list" doc:"each proxy puts the hosts in an order of its own"`
}

// New makes the state for one upstream.
func (p *PickFirst) New() Balancer { return &pickFirst{shuffle: p.ShuffleAddressList} }

type pickFirst struct {
	shuffle bool
	order   []int32 // hosts
	place   int     // in order, of the host that is asked
	version uint32  // of the set it was found in; 0: look again, from place on
}

func (p *pickFirst) Pick(_ mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	if len(p.order) != len(set.Hosts) {
		p.deal(len(set.Hosts), dice)
	}
	if p.version != set.Version {
		if p.version != 0 && !set.may(p.order[p.place]) {
			p.place = 0
		}
		for !set.may(p.order[p.place]) {
			p.place = (p.place + 1) % len(p.order)
		}
		p.version = set.Version
	}
	return int(p.order[p.place])
}

// deal makes the list anew.
func (p *pickFirst) deal(hosts int, dice *chance.Stream) {
	p.order, p.place, p.version = p.order[:0], 0, 0
	for i := range hosts {
		p.order = append(p.order, int32(i))
	}
	if p.shuffle {
		for i := len(p.order) - 1; i > 0; i-- {
			j := dice.IntN(i + 1)
			p.order[i], p.order[j] = p.order[j], p.order[i]
		}
	}
}

// Done looks for another host when this one cannot be reached.
func (p *pickFirst) Done(_ mesh.Time, host int, _ time.Duration, o mesh.Outcome) {
	if p.place >= len(p.order) || int(p.order[p.place]) != host {
		return
	}
	switch o {
	case mesh.ConnectFailure:
		p.place, p.version = (p.place+1)%len(p.order), 0
	case mesh.Reset:
		p.place, p.version = 0, 0
	}
}

// may says whether a host is eligible.
func (s *Set) may(host int32) bool {
	_, found := slices.BinarySearch(s.Eligible, host)
	return found
}
