package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// SmoothRoundRobin asks each host in turn by weight, as evenly as weights allow:
// NGINX's round robin (ngx_http_upstream_get_peer). Each host gains its weight
// with every request; the one that has most is asked, and loses what all gained.
// Every worker begins with the first host.
//
// A host that fails weighs less by weight / max_fails, and gains 1 of that back
// each time that it could have been asked. What a failure is says the outlier
// detection `nginx`; here it is where no answer came.
type SmoothRoundRobin struct {
	MaxFails int `yaml:"max_fails" min:"0" doc:"failures that take all of a host's weight; 0: none takes any"`
}

// New makes the state for one upstream.
func (s *SmoothRoundRobin) New() Balancer { return &smoothRoundRobin{maxFails: int64(s.MaxFails)} }

type smoothRoundRobin struct {
	maxFails int64
	peers    []smoothPeer // by host
}

// smoothPeer is a host's weights: its own, what failures have left of it, and
// what it has gained.
type smoothPeer struct{ weight, effective, current int64 }

func (s *smoothRoundRobin) Pick(_ mesh.Time, set *Set, _ *Ask, _ *chance.Stream) int {
	s.meet(set)
	total, best := int64(0), int(set.Eligible[0])
	for _, host := range set.Eligible {
		total += s.gain(int(host))
		if s.peers[host].current > s.peers[best].current {
			best = int(host)
		}
	}
	s.peers[best].current -= total
	return best
}

func (s *smoothRoundRobin) meet(set *Set) {
	for host := len(s.peers); host < len(set.Hosts); host++ {
		w := int64(set.weight(host))
		s.peers = append(s.peers, smoothPeer{weight: w, effective: w})
	}
}

// gain lets a host gain its weight, and returns how much that was.
func (s *smoothRoundRobin) gain(host int) (gained int64) {
	p := &s.peers[host]
	gained = p.effective
	p.current += gained
	p.effective = min(p.effective+1, p.weight)
	return gained
}

// Done takes weight from a host that failed.
func (s *smoothRoundRobin) Done(_ mesh.Time, host int, _ time.Duration, o mesh.Outcome) {
	if s.maxFails > 0 && host < len(s.peers) && broken(o) {
		p := &s.peers[host]
		p.effective = max(p.effective-p.weight/s.maxFails, 0)
	}
}
