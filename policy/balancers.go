package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Balancer chooses the host of an attempt. It is the state that one proxy keeps
// for one upstream.
type Balancer interface {
	// Pick returns the index in set.Hosts of the chosen host, one of set.Eligible.
	Pick(now mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int
}

// Peeker is a balancer that can tell whom it will pick next.
type Peeker interface {
	// Peek says so, and the next Pick does it; -1 when it cannot.
	Peek(now mesh.Time, set *Set, dice *chance.Stream) int
}

// Observer is a balancer that learns from how attempts went.
type Observer interface {
	// Done tells that the attempt at a host has ended after latency. One that was
	// given up ends too: in Timeout, or Unfinished when nobody waits any more.
	Done(now mesh.Time, host int, latency time.Duration, o mesh.Outcome)
}

// BalancerSettings are the knobs of one kind of balancer.
type BalancerSettings interface {
	// New makes the state for one upstream.
	New() Balancer
}

// Balancers is the menu of load balancers.
var Balancers = menu.Of("balancer",
	menu.Row[BalancerSettings]{Name: "round_robin", About: "each host in turn, by weight", New: func() BalancerSettings { return &RoundRobin{} }},
	menu.Row[BalancerSettings]{Name: "least_request", About: "the less busy of choice_count hosts drawn at random", New: func() BalancerSettings {
		return &LeastRequest{ChoiceCount: 2, ActiveRequestBias: 1, SelectionMethod: "n_choices"}
	}},
	menu.Row[BalancerSettings]{Name: "random", About: "any host, all alike", New: func() BalancerSettings { return &Random{} }},
	menu.Row[BalancerSettings]{Name: "ring_hash", About: "the host that follows the request's hash on a ring", New: func() BalancerSettings { return DefaultRingHash() }},
	menu.Row[BalancerSettings]{Name: "maglev", About: "the host that stands at the request's hash in a table", New: func() BalancerSettings { return DefaultMaglev() }},
	menu.Row[BalancerSettings]{Name: "source_hash", About: "the host that the hash of the caller, divided by all weights, leaves", New: func() BalancerSettings { return &SourceHash{} }},
	menu.Row[BalancerSettings]{Name: "nlb_flow_hash", About: "any host for each connection, which then stays there", New: func() BalancerSettings { return &NLBFlowHash{Protocol: "tcp"} }},
	menu.Row[BalancerSettings]{Name: "client_side_weighted_round_robin", About: "each host in turn, by weights from the load it reports (Envoy)", New: func() BalancerSettings { return defaultClientSide() }},
	menu.Row[BalancerSettings]{Name: "weighted_round_robin", About: "each host in turn, by weights from the load it reports (gRPC)", New: func() BalancerSettings { return defaultWeighted() }},
	menu.Row[BalancerSettings]{Name: "prequal", About: "the host of the lowest latency that is not too busy, as it said when it was asked (Google)", New: func() BalancerSettings { return defaultPrequal() }},
	menu.Row[BalancerSettings]{Name: "peak_ewma", About: "the one of two hosts whose answers are expected sooner (Linkerd)", New: func() BalancerSettings { return defaultPeakEWMA() }},
	menu.Row[BalancerSettings]{Name: "pick_first", About: "one host, for as long as it can be reached (gRPC)", New: func() BalancerSettings { return &PickFirst{} }},
	menu.Row[BalancerSettings]{Name: "first", About: "the first host that has a place free (HAProxy)", New: func() BalancerSettings { return &First{} }},
	menu.Row[BalancerSettings]{Name: "least_outstanding_requests", About: "the least busy of all hosts (AWS ALB)", New: func() BalancerSettings { return &LeastOutstanding{} }},
	menu.Row[BalancerSettings]{Name: "smooth_round_robin", About: "each host in turn, by weight and as evenly as can be, less after failures (NGINX)", New: func() BalancerSettings { return &SmoothRoundRobin{MaxFails: 1} }},
	menu.Row[BalancerSettings]{Name: "least_conn", About: "the least busy for its weight, and equal ones in turn (NGINX, HAProxy)", New: func() BalancerSettings { return &LeastConn{SmoothRoundRobin{MaxFails: 1}} }},
	menu.Row[BalancerSettings]{Name: "weighted_random", About: "any host, by weight, and less while it fails more than the others (AWS ALB)", New: func() BalancerSettings { return &WeightedRandom{DetectionInterval: 10 * unit.Second} }},
)
