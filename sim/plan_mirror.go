package sim

import (
	"fmt"

	"github.com/meshdyno/meshdyno/mesh"
)

// mirror is where copies of an edge's calls go.
type mirror struct {
	edge      int32
	endpoints []int32 // by the original's number among its service's
}

// compileMirrors adds the edges of copies, once those of calls are known.
func (c *compiler) compileMirrors() error {
	p := c.plan
	for i := range len(p.edges) {
		for _, m := range p.edges[i].policy.Mirrors {
			service, named, err := c.target(m.To)
			if err != nil {
				return fmt.Errorf("mirror: %w", err)
			}
			to := mirror{edge: c.copyEdge(p.edges[i].caller, service)}
			for _, e := range p.services[p.edges[i].callee].Endpoints {
				to.endpoints = append(to.endpoints, c.copyOf(m.To, e.Path, service, named))
			}
			p.edges[i].mirrors = append(p.edges[i].mirrors, to)
		}
	}
	return nil
}

// copyOf is the endpoint that a copy asks for: the one that the mirror names,
// else that of the same path, else the first.
func (c *compiler) copyOf(to, path string, service, named int32) int32 {
	if _, says := mesh.SplitTarget(to); says != "" {
		return named
	}
	s := &c.plan.services[service]
	for i := range s.Endpoints {
		if s.Endpoints[i].Path == path {
			return s.endpoint + int32(i)
		}
	}
	return named
}

// copyEdge finds or makes the edge of copies between a caller and a callee. Its
// decisions are made where those of calls between the two are, if there are any.
func (c *compiler) copyEdge(caller, callee int32) int32 {
	key := [2]int32{caller, callee}
	if e, ok := c.mirrors[key]; ok {
		return e
	}
	p := c.plan
	index := int32(len(p.edges))
	if calls, ok := c.edges[key]; ok {
		p.edges = append(p.edges, p.edges[calls])
		p.edges[index].guest = true
	} else {
		c.edge(caller, callee)
		delete(c.edges, key)
	}
	p.edges[index].copies, p.edges[index].mirrors = true, nil
	c.mirrors[key] = index
	return index
}
