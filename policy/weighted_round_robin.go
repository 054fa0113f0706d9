package policy

import (
	"math"
	"slices"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// ClientSideWeightedRoundRobin asks each host in turn, in proportion to weights
// that follow from the load they report:
//
//	qps / (utilization + error_utilization_penalty * eps / qps)
//
// Hosts without a usable report have the median. Envoy's
// client_side_weighted_round_robin_lb.cc, which reads the reports that come with
// answers; those out of band it has knobs for, and no code.
type ClientSideWeightedRoundRobin struct{ ReportedWeights }

// defaultClientSide has Envoy's settings. Its documents say that the penalty is
// 1 when left out; its code takes 0.
func defaultClientSide() *ClientSideWeightedRoundRobin {
	return &ClientSideWeightedRoundRobin{defaultReportedWeights(0)}
}

// New makes the state for one upstream.
func (c *ClientSideWeightedRoundRobin) New() Balancer {
	return &clientSideWeighted{
		loads: newLoads(&c.ReportedWeights),
		robin: newRoundRobin(nil),
	}
}

type clientSideWeighted struct {
	loads
	robin *roundRobin
	seen  uint32 // version of the set
	valid []uint32
}

func (c *clientSideWeighted) Pick(now mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	c.tell(now)
	if c.seen != set.Version {
		c.meet(now, set)
	}
	return c.robin.Pick(now, set, ask, dice)
}

// meet takes in hosts that came or went. The weights of the endpoints stand
// until the first look.
func (c *clientSideWeighted) meet(now mesh.Time, set *Set) {
	if c.seen == 0 {
		c.due = now.Add(c.period)
	}
	known := len(c.robin.own)
	c.grow(len(set.Hosts))
	for i := known; i < len(set.Hosts); i++ {
		c.robin.own = append(c.robin.own, set.weight(i))
	}
	if c.seen != 0 {
		c.update(now)
	}
	c.seen = set.Version
}

// tell lets the look at the weights that was due by now take place.
func (c *clientSideWeighted) tell(now mesh.Time) {
	if c.seen == 0 {
		return
	}
	if at, due := c.tick(now); due {
		c.update(at)
	}
}

// Report takes a load report. Reports before the first pick are not heard.
func (c *clientSideWeighted) Report(now mesh.Time, host int, r Report) {
	if host >= len(c.hosts) {
		return
	}
	c.tell(now)
	if w := c.weigh(&r); w > 0 {
		c.take(now, host, float64(max(1, uint32(min(w, math.MaxUint32)))))
	}
}

// update computes all weights, and has the schedule made anew if one changed.
func (c *clientSideWeighted) update(now mesh.Time) {
	c.valid = c.valid[:0]
	for i := range c.hosts {
		if c.usable(now, i) {
			c.valid = append(c.valid, uint32(c.hosts[i].weight))
		}
	}
	usual := median(c.valid)
	for i := range c.hosts {
		weight := usual
		if c.usable(now, i) {
			weight = uint32(c.hosts[i].weight)
		}
		if c.robin.own[i] != weight {
			c.robin.own[i], c.robin.version = weight, 0
		}
	}
}

// usable says whether a host has reported for long enough, and lately.
func (c *clientSideWeighted) usable(now mesh.Time, host int) bool {
	h := &c.hosts[host]
	if h.since == mesh.Never || now.Sub(h.since) < c.blackout {
		return false
	}
	if now.Sub(h.last) > c.expiration {
		h.since = mesh.Never
		return false
	}
	return true
}

// median sorts the weights; 1 of none.
func median(weights []uint32) uint32 {
	slices.Sort(weights)
	switch middle := len(weights) / 2; {
	case len(weights) == 0:
		return 1
	case len(weights)%2 == 1:
		return weights[middle]
	default:
		return uint32((uint64(weights[middle-1]) + uint64(weights[middle])) / 2)
	}
}
