package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// LeastRequest draws ChoiceCount hosts with replacement and takes the one with
// the fewest requests under way; among equals the first drawn stays. Envoy's
// unweighted N_CHOICES (least_request_lb.cc, unweightedHostPickNChoices).
type LeastRequest struct {
	ChoiceCount int `yaml:"choice_count" min:"2" max:"1000" doc:"how many hosts are drawn for each decision"`
}

// New makes the state for one upstream.
func (l *LeastRequest) New() Balancer { return &leastRequest{choices: l.ChoiceCount} }

type leastRequest struct{ choices int }

func (l *leastRequest) Pick(_ mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	best, least := set.at(dice.IntN(len(set.Eligible)))
	for range l.choices - 1 {
		if i, h := set.at(dice.IntN(len(set.Eligible))); h.Active < least.Active {
			best, least = i, h
		}
	}
	return best
}
