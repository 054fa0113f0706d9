package policy

import "github.com/meshdyno/meshdyno/chance"

// LeastRequest draws ChoiceCount hosts with replacement and takes the one with
// the fewest requests under way; among equals the first drawn stays. Envoy's
// unweighted N_CHOICES (least_request_lb.cc, unweightedHostPickNChoices).
type LeastRequest struct {
	ChoiceCount int `yaml:"choice_count" min:"2" max:"1000" doc:"how many hosts are drawn for each decision"`
}

// New makes the state for one upstream.
func (l *LeastRequest) New() Balancer { return &leastRequest{choices: l.ChoiceCount} }

type leastRequest struct{ choices int }

func (l *leastRequest) Pick(hosts []Host, dice *chance.Stream) int {
	best := dice.IntN(len(hosts))
	for range l.choices - 1 {
		if other := dice.IntN(len(hosts)); hosts[other].Active < hosts[best].Active {
			best = other
		}
	}
	return best
}
