package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// LeastOutstanding asks the host with the fewest requests under way, any among
// equals, and knows no weights: least_outstanding_requests of an application
// load balancer (AWS, target group attributes).
type LeastOutstanding struct{}

// Refused says why a key that other balancers have is none here.
func (*LeastOutstanding) Refused(key string) string { return refusedByAWS(key) }

// refusedByAWS knows what target groups refuse beside these two algorithms.
func refusedByAWS(key string) string {
	if key == "slow_start_config" {
		return "an application load balancer has slow start beside round_robin only"
	}
	return ""
}

// New makes the state for one upstream.
func (*LeastOutstanding) New() Balancer { return leastOutstanding{} }

type leastOutstanding struct{}

func (leastOutstanding) Pick(_ mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	return leastBusy(set, dice)
}
