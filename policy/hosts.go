package policy

import "github.com/meshdyno/meshdyno/mesh"

// Endpoint is a replica of the callee as it was discovered. All proxies see the
// same endpoints and share them.
type Endpoint struct {
	Address    string // what consistent hashing hashes: "payments-2"
	Hostname   string // what it hashes when it is told to hash names; may be left out
	Zone       string
	Weight     uint32       // its share beside the others; 0 is 1
	ZoneWeight uint32       // the share of its zone beside the others, all its hosts together
	Labels     []mesh.Label // what is said of it, by key
	Priority   uint8        // 0 is asked first
	Joined     mesh.Time    // when it was discovered, for slow start
}

// Host is what one proxy keeps about an endpoint.
type Host struct {
	Active  int32 // attempts under way, those that wait for a connection not counted
	Conns   int32 // connections open, idle or not, or being made
	Ejected bool  // by outlier detection
	Shut    bool  // by its breaker
	drained bool  // its connections were, when it was ejected
	Health  HostHealth
}

// Set is the endpoints of an upstream, what the proxy keeps about each, and
// those among them that a balancer may choose from.
type Set struct {
	Endpoints   []Endpoint // nil: all alike
	Hosts       []Host
	Eligible    []int32 // indexes into Hosts, rising; never empty when a balancer is asked
	Members     []int32 // those that could be eligible; nil: all Hosts
	Multiplexed bool    // one connection carries many requests
	byZone      bool    // hosts share their zone's weight, for balancers that hash
	Version     uint32  // another one when Eligible or a weight has changed; never 0

	probes *loadProbes // where a balancer has hosts asked for their load; or nil
	passed []mesh.Time // when health checks let a host in, by host; nil: there are none
}

// NewSet makes all hosts eligible.
func NewSet(endpoints []Endpoint, hosts []Host) *Set {
	s := &Set{Endpoints: endpoints, Hosts: hosts, Eligible: make([]int32, 0, len(hosts))}
	s.Choose(func(*Host) bool { return true })
	return s
}

// Choose makes those hosts eligible that fit.
func (s *Set) Choose(fits func(*Host) bool) {
	s.Eligible = s.Eligible[:0]
	for i := range s.Hosts {
		if fits(&s.Hosts[i]) {
			s.Eligible = append(s.Eligible, int32(i))
		}
	}
	s.Version++
}

// at is the eligible host number i.
func (s *Set) at(i int) (index int, h *Host) {
	index = int(s.Eligible[i])
	return index, &s.Hosts[index]
}

// weight is the share of a host beside the others, at least 1.
func (s *Set) weight(host int) uint32 {
	if s.Endpoints == nil {
		return 1
	}
	return max(s.Endpoints[host].Weight, 1)
}

// Ask is what a balancer may know of the attempt it chooses for.
type Ask struct {
	Hash    uint64       // of what the request is to be kept together by
	Hashed  bool         // whether there is a hash
	Attempt int16        // 1, 2, ...
	Again   int16        // how many hosts were picked for this attempt before, and refused
	Subset  *SubsetMatch // that the request is for; nil: all hosts
	Session int32        // the host of its session; below 0 there is none
	Last    int32        // the host of the attempt before; -1 for the first

	memory     *memory             // of the call that tries again; or nil
	priorities *PreviousPriorities // nil: the usual ones
}

// appendMembers appends the hosts that could be eligible and have not left.
func (s *Set) appendMembers(dst []int32) []int32 {
	for _, host := range s.Members {
		if s.Hosts[host].member() {
			dst = append(dst, host)
		}
	}
	if s.Members != nil {
		return dst
	}
	for host := range s.Hosts {
		if s.Hosts[host].member() {
			dst = append(dst, int32(host))
		}
	}
	return dst
}
