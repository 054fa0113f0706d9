package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// NLBFlowHash chooses a target for each flow, not for each request, as a
// Network Load Balancer of AWS does. A flow is hashed by protocol, addresses,
// ports and, for TCP, the first sequence number, of which port and number are
// new for each connection: a flow may go anywhere, and stays there. So a caller
// with few long connections burdens few targets. (Elastic Load Balancing,
// User Guide for Network Load Balancers, "Routing algorithm".)
type NLBFlowHash struct {
	Protocol string `yaml:"protocol" enum:"tcp,udp" doc:"tcp: a flow is a connection; udp: all datagrams from one caller are one flow"`
}

// New makes the state for one upstream.
func (n *NLBFlowHash) New() Balancer { return &nlbFlowHash{udp: n.Protocol == "udp", last: -1} }

type nlbFlowHash struct {
	udp  bool
	last int // the host of the last request
}

// Pick takes a flow that has room for the request, the last one used if it can
// be; or begins one.
func (n *nlbFlowHash) Pick(_ mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	if !n.again(set) && (n.udp || !n.other(set)) {
		n.last, _ = set.at(dice.IntN(len(set.Eligible)))
	}
	return n.last
}

// again says that the flow of the last request can take one more.
func (n *nlbFlowHash) again(set *Set) bool {
	if n.last < 0 || !n.udp && !set.carries(n.last) {
		return false
	}
	_, eligible := slices.BinarySearch(set.Eligible, int32(n.last))
	return eligible
}

// other finds another flow that can take one more.
func (n *nlbFlowHash) other(set *Set) bool {
	for _, host := range set.Eligible {
		if set.carries(int(host)) {
			n.last = int(host)
			return true
		}
	}
	return false
}

// carries says that a connection to a host can take one more request.
func (s *Set) carries(host int) bool {
	h := &s.Hosts[host]
	return h.Conns > h.Active || s.Multiplexed && h.Conns > 0
}
