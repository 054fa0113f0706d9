package policy

import "time"

// Heard lists the probes in a Prequal's pool, as host, RIF and latency.
func Heard(b Balancer) (all [][3]int) {
	for _, l := range b.(*prequal).pool {
		all = append(all, [3]int{int(l.host), int(l.rif), int(l.latency / time.Millisecond)})
	}
	return all
}

// Asking gives a set somewhere to put hosts to be asked for their load.
func Asking(s *Set) *Set {
	s.probes = &loadProbes{}
	return s
}

// ToAsk takes the hosts to be asked.
func ToAsk(s *Set) []int32 {
	n := s.probes.n
	s.probes.n = 0
	return s.probes.hosts[:n]
}

// RIFs is the window over which requests in flight are ranked.
type RIFs struct{ rifs }

// Add and Quantile are those of the window.
func (r *RIFs) Add(rif int32)            { r.add(rif) }
func (r *RIFs) Quantile(q float64) int32 { return r.quantile(q) }
