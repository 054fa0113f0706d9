package scenarios

import (
	"fmt"
	"math"
)

// manyCalls is how many calls one request from outside may lead to, on average,
// before check warns. Large meshes come to hundreds; beyond this a run is slow, or
// ends at the limit of requests in flight.
const manyCalls = 10_000

// warnCalls says when calls multiply: a service that calls the next twice, which
// calls the next twice, and so on, makes of one request 2^n. Retries come on top.
func (l *loader) warnCalls(g *callGraph) {
	total := g.expectedCalls()
	for i := range l.scenario.Traffic {
		t := &l.scenario.Traffic[i]
		for _, entry := range g.entries[t.Name] {
			if total[entry] > manyCalls {
				l.warn(at("traffic", t.Name, "to"), "one request leads to %s calls on average (%d and more are slow to run, or too many to hold): %s",
					amount(total[entry]), manyCalls, g.chain(g.busiestWay(entry, total)))
			}
		}
	}
}

// expectedCalls is how many calls one request at each endpoint leads to on
// average, those that they lead to included. There must be no cycle that never
// ends: around the others the sum is found by iteration.
func (g *callGraph) expectedCalls() []float64 {
	total := make([]float64, len(g.nodes))
	for _, nodes := range g.components() { // each after those that it calls
		for range max(20, cycleSteps/g.callsFrom(nodes)) {
			change := 0.0
			for _, v := range nodes {
				sum := g.callsOf(v, total)
				change = max(change, sum-total[v])
				total[v] = sum
			}
			if len(nodes) == 1 && !g.callsItself(nodes[0]) || change <= 1e-9*total[nodes[0]] {
				break
			}
		}
	}
	return total
}

// cycleSteps bounds how many calls of a cycle are gone along. What is summed up by
// then is too little, never too much.
const cycleSteps = 5_000_000

// callsFrom is how many calls these endpoints make, and at least 1.
func (g *callGraph) callsFrom(nodes []int) int {
	n := 1
	for _, v := range nodes {
		n += len(g.nodes[v].calls)
	}
	return n
}

func (g *callGraph) callsOf(v int, total []float64) (sum float64) {
	for _, e := range g.nodes[v].calls {
		sum += e.times * (1 + total[e.to])
	}
	return min(sum, math.MaxFloat64) // what is more than that is as bad
}

// busiestWay follows, from an endpoint, the calls that lead to the most.
func (g *callGraph) busiestWay(v int, total []float64) (way []int) {
	for been := map[int]bool{}; !been[v]; {
		been[v], way = true, append(way, v)
		most, next := 0.0, v
		for _, e := range g.nodes[v].calls {
			if share := e.times * (1 + total[e.to]); share > most {
				most, next = share, e.to
			}
		}
		v = next
	}
	return way
}

// amount writes a number of calls as long as it is readable.
func amount(calls float64) string {
	if calls < 1e9 {
		return fmt.Sprintf("%.0f", calls)
	}
	return fmt.Sprintf("%.1e", calls)
}
