package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// LeastRequest asks a host with few requests under way. Among hosts of equal
// weight it draws ChoiceCount with replacement and takes the least busy, the
// first drawn among equals; or it looks at all of them and draws among the
// least busy. Hosts of unequal weight, or in slow start, take turns by
// weight / (active + 1) ^ active_request_bias. Envoy's least_request_lb.cc.
type LeastRequest struct {
	ChoiceCount       int        `yaml:"choice_count" min:"2" max:"1000" doc:"how many hosts are drawn for each decision"`
	ActiveRequestBias float64    `yaml:"active_request_bias" min:"0" max:"100" doc:"how much requests under way take from a host's weight, where weights are unequal; 0 is weighted round robin"`
	SelectionMethod   string     `yaml:"selection_method" enum:"n_choices,full_scan" doc:"draw choice_count hosts, or look at all"`
	SlowStart         *SlowStart `yaml:"slow_start_config" doc:"what a host that has just joined gets less; nothing when left out"`
}

// New makes the state for one upstream.
func (l *LeastRequest) New() Balancer {
	return &leastRequest{rotation{slow: l.SlowStart, bias: l.ActiveRequestBias}, l.ChoiceCount, l.SelectionMethod == "full_scan"}
}

type leastRequest struct {
	rotation
	choices int
	scan    bool
}

func (l *leastRequest) Pick(now mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	l.renew(now, set, dice)
	switch {
	case !l.turns.empty():
		return l.rotation.pick(now, set)
	case l.scan:
		return leastBusy(set, dice)
	}
	best, least := set.at(dice.IntN(len(set.Eligible)))
	for range l.choices - 1 {
		if i, h := set.at(dice.IntN(len(set.Eligible))); h.Active < least.Active {
			best, least = i, h
		}
	}
	return best
}

// leastBusy is the host with the fewest requests under way; each of n equals
// replaces the one before with chance 1/n, so that all are alike.
func leastBusy(set *Set, dice *chance.Stream) int {
	best, least := set.at(0)
	for i, equals := 1, 1; i < len(set.Eligible); i++ {
		switch host, h := set.at(i); {
		case h.Active < least.Active:
			best, least, equals = host, h, 1
		case h.Active == least.Active:
			if equals++; dice.IntN(equals) == 0 {
				best, least = host, h
			}
		}
	}
	return best
}
