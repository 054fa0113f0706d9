package sim

import (
	"slices"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/policy"
)

// Where the mesh has a discovery delay, a replica that crashes leaves the
// endpoints of its service so much later, and joins them so much after it is
// back. All proxies learn of it at the same moment, and share one list.

// learn makes lists of endpoints that may change, for the services that crash.
func (r *Run) learn() {
	if r.model.Mesh.Discovery == nil {
		return
	}
	r.found = make([][]policy.Endpoint, len(r.services))
	for i := range r.model.Faults {
		if k, ok := r.model.Faults[i].Kind.(*fault.Crash); ok {
			s := r.serviceNamed(k.Service)
			r.found[s] = slices.Clone(r.services[s].discovered)
		}
	}
}

// discovered is what proxies have learnt of a service.
func (r *Run) discovered(service int32) []policy.Endpoint {
	if r.found != nil && r.found[service] != nil {
		return r.found[service]
	}
	return r.services[service].discovered
}

// announce lets proxies learn in time that a replica went down or came up.
func (r *Run) announce(replica int32) {
	if d := r.model.Mesh.Discovery; d != nil {
		ref := uint64(replica) << 1
		if !r.replicas[replica].down {
			ref |= 1
		}
		r.at(r.now.Add(d.Std()), learnt, ref)
	}
}

// learnt is when they do.
func (r *Run) learnt(replica int32, up bool) {
	p := &r.replicas[replica]
	s := &r.services[p.service]
	host := int(replica - s.first)
	if p.absent = !up; up {
		r.found[p.service][host].Joined = r.now
	}
	r.eachDecider(s, func(i int) {
		if up {
			r.deciders[i].Joined(r.now, host)
		} else {
			r.deciders[i].Left(r.now, host)
		}
		r.tend(i)
	})
}

// eachDecider visits the upstreams of a service that there are.
func (r *Run) eachDecider(s *service, do func(decider int)) {
	for _, e := range s.edges {
		first := int(r.edges[e].upstreams)
		for i := first; i < first+r.callers(r.edges[e].caller); i++ {
			if r.deciders[i] != nil {
				do(i)
			}
		}
	}
}

// tellAbsent tells a fresh upstream who has left already.
func (r *Run) tellAbsent(u *policy.Upstream, s *service) {
	for i := range s.Replicas {
		if r.replicas[int(s.first)+i].absent {
			u.Left(r.now, i)
		}
	}
}
