package policy

import "github.com/meshdyno/meshdyno/chance"

// Random asks any host, all alike (Envoy's random_lb.cc).
type Random struct{}

// New makes the state for one upstream.
func (*Random) New() Balancer { return random{} }

type random struct{}

func (random) Pick(hosts []Host, dice *chance.Stream) int { return dice.IntN(len(hosts)) }
