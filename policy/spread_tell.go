package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// What a balancer is to hear of a host, all those of the groups hear that may have it.

// Done tells every balancer that may have chosen the host.
func (s *spread) Done(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(Observer); ok {
				b.Done(now, host, latency, o)
			}
		}
	}
}

// Report hands a host's load report to every balancer that may choose it.
func (s *spread) Report(now mesh.Time, host int, r Report) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(Reporter); ok {
				b.Report(now, host, r)
			}
		}
	}
}

// groupsOf are the groups that may have a host.
func (s *spread) groupsOf(host int) [6][]group {
	p := s.endpoints[host].Priority
	groups := [...][]group{s.groups[p:][:1], s.zones, s.limpingZones, s.limping, nil, nil}
	if s.localities != nil {
		groups[4] = s.localities[p].zones
	}
	if s.limpingLocalities != nil {
		groups[5] = s.limpingLocalities[p].zones
	}
	return groups
}

// forget tells every balancer that may have chosen the host.
func (s *spread) forget(host int) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(forgetter); ok {
				b.forget(host)
			}
		}
	}
}

// Probed hands a host's answer to every balancer that may choose it.
func (s *spread) Probed(now mesh.Time, host int, a LoadAnswer) {
	for _, groups := range s.groupsOf(host) {
		for i := range groups {
			if b, ok := groups[i].balancer.(LoadProber); ok {
				b.Probed(now, host, a)
			}
		}
	}
}
