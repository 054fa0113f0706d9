package scenarios

import (
	"slices"
	"strconv"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// checkMirrors follows the copies that rules send into the graph of calls, so
// that they are guarded against cycles as calls are.
func (l *loader) checkMirrors(g *callGraph) {
	calls := slices.Clone(g.nodes)
	for i := range calls {
		calls[i].calls = slices.Clone(calls[i].calls)
	}
	for i := range l.scenario.Policies {
		r := &l.scenario.Policies[i]
		path := at("policies", strconv.Itoa(i), "mirror")
		if len(r.Mirror) > policy.MostMirrors {
			l.fail(path, "%d copies of a request (allowed %d)", len(r.Mirror), policy.MostMirrors)
		}
		for j := range r.Mirror {
			if to, ok := l.target(g, append(path, strconv.Itoa(j), "to"), r.Mirror[j].To); ok {
				l.copies(g, calls, r, &r.Mirror[j], to)
			}
		}
	}
}

// copies adds what a mirror sends beside the calls that it is for.
func (l *loader) copies(g *callGraph, calls []node, r *policy.Rule, m *policy.Mirror, first int) {
	share := float64(m.RuntimeFraction)
	forThese := func(from string, to int) bool {
		return (r.From == "" || r.From == from) && (r.To == "" || r.To == calls[to].service)
	}
	for _, t := range l.scenario.Traffic {
		for _, to := range g.entries[t.Name] {
			if forThese(t.Name, to) && share > 0 {
				g.pairs[[2]string{t.Name, g.nodes[first].service}] = true
			}
		}
	}
	for from := range calls {
		for _, e := range calls[from].calls {
			if forThese(calls[from].service, e.to) {
				g.call(from, g.copyOf(m.To, e.to, first), e.times*share, e.certain && share == 1 && r.Match == nil)
			}
		}
	}
}

// copyOf is the endpoint that a copy of a call asks for: the one that is named,
// or that of the same path, or the first.
func (g *callGraph) copyOf(to string, original, first int) int {
	if _, path := mesh.SplitTarget(to); path != "" {
		return first
	}
	if same, there := g.endpoint[to+g.nodes[original].path]; there {
		return same
	}
	return first
}
