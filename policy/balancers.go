package policy

import "github.com/meshdyno/meshdyno/internal/menu"

// BalancerSettings are the knobs of one kind of balancer; they make the state
// that one proxy keeps for one upstream.
type BalancerSettings interface {
	New(hosts int) Balancer
}

// Balancers is the menu of load balancers.
var Balancers = menu.Of("balancer",
	menu.Row[BalancerSettings]{Name: "round_robin", About: "each host in turn", New: func() BalancerSettings { return &RoundRobin{} }},
	menu.Row[BalancerSettings]{Name: "least_request", About: "the less busy of choice_count hosts drawn at random", New: func() BalancerSettings { return &LeastRequest{ChoiceCount: 2} }},
	menu.Row[BalancerSettings]{Name: "random", About: "any host, all alike", New: func() BalancerSettings { return &Random{} }},
)
