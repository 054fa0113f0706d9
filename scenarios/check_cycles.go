package scenarios

import (
	"math"
	"slices"
)

// checkCycles refuses calls that never end, and reports whether all do. A cycle
// is allowed when chance ends it: when the calls that one request leads to are
// finite on average, which is so when the spectral radius of the matrix of
// expected calls is below 1 (a branching process that dies out).
func (l *loader) checkCycles(g *callGraph) bool {
	depth := make([]int, len(g.nodes)) // services passed from here on, cycles counted once
	next := make([]int, len(g.nodes))
	part := make([]int, len(g.nodes))
	before := len(l.errs)
	for id, nodes := range g.components() {
		for _, v := range nodes {
			part[v] = id + 1
		}
		l.checkCycle(g, nodes)
		deepest, to := 0, -1
		for _, v := range nodes {
			for _, e := range g.nodes[v].calls {
				if part[e.to] != id+1 && depth[e.to] > deepest {
					deepest, to = depth[e.to], e.to
				}
			}
		}
		for _, v := range nodes {
			depth[v], next[v] = deepest+1, to
		}
	}
	l.checkDepth(g, depth, next)
	return len(l.errs) == before
}

// checkDepth refuses chains of calls that are too long for anything but a mistake.
func (l *loader) checkDepth(g *callGraph, depth, next []int) {
	deepest := 0
	for v := range g.nodes {
		if depth[v] > depth[deepest] {
			deepest = v
		}
	}
	if len(depth) == 0 || depth[deepest] <= maxCallDepth {
		return
	}
	var chain []int
	for v := deepest; v >= 0; v = next[v] {
		chain = append(chain, v)
	}
	l.fail(l.place(g, deepest), "calls are %d deep (allowed %d): %s", depth[deepest], maxCallDepth, g.chain(chain))
}

func (l *loader) place(g *callGraph, v int) []string {
	return at("services", g.nodes[v].service, "endpoints", g.nodes[v].path)
}

func (l *loader) checkCycle(g *callGraph, nodes []int) {
	inside := map[int]int{}
	for i, v := range nodes {
		inside[v] = i
	}
	if len(nodes) == 1 && !g.callsItself(nodes[0]) {
		return
	}
	if cycle := g.certainCycle(nodes, inside); cycle != nil {
		l.fail(l.place(g, cycle[0]), "these calls never end: %s; give one of them a chance below 100%%", g.chain(cycle))
		return
	}
	if radius := g.radius(nodes, inside); radius >= 1 {
		cycle := g.cycle(nodes, inside, func(edge) bool { return true })
		l.fail(l.place(g, cycle[0]), "load would grow without bound: one request leads to %.4g more of its kind (spectral radius, allowed below 1): %s", radius, g.chain(cycle))
	}
}

func (g *callGraph) callsItself(v int) bool {
	for _, e := range g.nodes[v].calls {
		if e.to == v {
			return true
		}
	}
	return false
}

// certainCycle is a cycle of calls that are all made in every request, if any.
func (g *callGraph) certainCycle(nodes []int, inside map[int]int) []int {
	return g.cycle(nodes, inside, func(e edge) bool { return e.certain })
}

// cycle finds a cycle of chosen edges inside a component, from its first node
// in the scenario, which stands at both ends. It walks depth first; an edge to a
// node under way closes a cycle.
func (g *callGraph) cycle(nodes []int, inside map[int]int, chosen func(edge) bool) []int {
	const fresh, open, done = 0, 1, 2
	state := make([]int, len(nodes))
	var path, found []int
	var visit func(v int) bool
	visit = func(v int) bool {
		state[inside[v]], path = open, append(path, v)
		for _, e := range g.nodes[v].calls {
			i, isInside := inside[e.to]
			if !isInside || !chosen(e) {
				continue
			}
			if state[i] == open {
				for path[0] != e.to {
					path = path[1:]
				}
				found = rotated(path)
				return true
			}
			if state[i] == fresh && visit(e.to) {
				return true
			}
		}
		state[inside[v]], path = done, path[:len(path)-1]
		return false
	}
	for i, v := range nodes {
		if state[i] == fresh && visit(v) {
			return found
		}
	}
	return nil
}

// rotated is a cycle that begins, and ends, with its least node.
func rotated(cycle []int) []int {
	least := slices.Index(cycle, slices.Min(cycle))
	return append(slices.Concat(cycle[least:], cycle[:least]), cycle[least])
}

// radius is the spectral radius of the expected calls within a component, by
// power iteration on A + I, which converges for any irreducible A >= 0. The
// Collatz-Wielandt bounds say when it has.
func (g *callGraph) radius(nodes []int, inside map[int]int) float64 {
	const rounds, near = 1000, 1e-9
	x, y := make([]float64, len(nodes)), make([]float64, len(nodes))
	for i := range x {
		x[i] = 1
	}
	high := math.Inf(1)
	for range rounds {
		var low float64
		low, high = math.Inf(1), 0
		largest := 0.0
		for i, v := range nodes {
			y[i] = x[i]
			for _, e := range g.nodes[v].calls {
				if j, ok := inside[e.to]; ok {
					y[i] += e.times * x[j]
				}
			}
			low, high = min(low, y[i]/x[i]), max(high, y[i]/x[i])
			largest = max(largest, y[i])
		}
		if high < 2 || high-low < near*low {
			break
		}
		for i := range y {
			x[i] = y[i] / largest
		}
	}
	return high - 1
}
