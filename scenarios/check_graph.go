package scenarios

import (
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/mesh"
)

// callGraph is who calls whom: its nodes are endpoints, its edges say how many
// calls one request at the first makes to the second on average.
type callGraph struct {
	names    []string                 // services, in the order of the scenario
	services map[string]*mesh.Service // by name
	first    map[string]int           // a service's first endpoint
	endpoint map[string]int           // by service and path, as in payments/charge
	nodes    []node
	entries  map[string][]int   // traffic class -> endpoints it asks for
	edges    map[[2]int]int     // from and to -> index among the calls of from
	pairs    map[[2]string]bool // caller, a service or traffic class, and callee
}

// node is one endpoint and its calls, each callee once, in the order of the steps.
type node struct {
	service string
	path    string
	steps   []mesh.Step
	calls   []edge
}

type edge struct {
	to      int
	times   float64
	certain bool // made in every request
}

func newCallGraph(services []mesh.Service) *callGraph {
	g := &callGraph{services: map[string]*mesh.Service{}, first: map[string]int{}, endpoint: map[string]int{}, entries: map[string][]int{}, edges: map[[2]int]int{}, pairs: map[[2]string]bool{}}
	for i := range services {
		s := &services[i]
		g.names = append(g.names, s.Name)
		g.services[s.Name] = s
		g.first[s.Name] = len(g.nodes)
		for _, e := range s.Endpoints {
			g.endpoint[s.Name+e.Path] = len(g.nodes)
			g.nodes = append(g.nodes, node{service: s.Name, path: e.Path, steps: e.Steps})
		}
	}
	return g
}

func (g *callGraph) enter(class string, to int) {
	g.entries[class] = append(g.entries[class], to)
	g.pairs[[2]string{class, g.nodes[to].service}] = true
}

// call adds a call; calls that are never made are no edges.
func (g *callGraph) call(from, to int, times float64, certain bool) {
	if times <= 0 {
		return
	}
	if i, there := g.edges[[2]int{from, to}]; there {
		e := &g.nodes[from].calls[i]
		e.times += times
		e.certain = e.certain || certain
		return
	}
	g.pairs[[2]string{g.nodes[from].service, g.nodes[to].service}] = true
	g.edges[[2]int{from, to}] = len(g.nodes[from].calls)
	g.nodes[from].calls = append(g.nodes[from].calls, edge{to, times, certain})
}

// callees are the services that a service or traffic class calls.
func (g *callGraph) callees(from string) []string {
	var names []string
	add := func(to int) {
		if name := g.nodes[to].service; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, to := range g.entries[from] {
		add(to)
	}
	for _, n := range g.nodes {
		if n.service == from {
			for _, e := range n.calls {
				add(e.to)
			}
		}
	}
	return names
}

func (g *callGraph) calls(from, to string) bool { return g.pairs[[2]string{from, to}] }

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// name is an endpoint in the words of a call.
func (g *callGraph) name(i int) string {
	n := g.nodes[i]
	if len(g.services[n.service].Endpoints) == 1 {
		return n.service
	}
	return n.service + n.path
}

func (g *callGraph) chain(nodes []int) string {
	names := make([]string, len(nodes))
	for i, at := range nodes {
		names[i] = g.name(at)
	}
	const shown = 12
	if len(names) > shown {
		names = append(append(names[:shown-2:shown-2], "..."), names[len(names)-1])
	}
	return strings.Join(names, " -> ")
}

// components are the strongly connected parts of the graph (Tarjan 1972), each
// after those that it calls.
func (g *callGraph) components() [][]int {
	t := &tarjan{g: g, order: make([]int, len(g.nodes)), low: make([]int, len(g.nodes)), on: make([]bool, len(g.nodes))}
	for v := range g.nodes {
		if t.order[v] == 0 {
			t.visit(v)
		}
	}
	return t.found
}

type tarjan struct {
	g          *callGraph
	order, low []int
	on         []bool
	stack      []int
	count      int
	found      [][]int
}

func (t *tarjan) visit(v int) {
	t.count++
	t.order[v], t.low[v] = t.count, t.count
	t.stack, t.on[v] = append(t.stack, v), true
	for _, e := range t.g.nodes[v].calls {
		if t.order[e.to] == 0 {
			t.visit(e.to)
			t.low[v] = min(t.low[v], t.low[e.to])
		} else if t.on[e.to] {
			t.low[v] = min(t.low[v], t.order[e.to])
		}
	}
	if t.low[v] != t.order[v] {
		return
	}
	at := len(t.stack) - 1
	for t.stack[at] != v {
		at--
	}
	part := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, w := range part {
		t.on[w] = false
	}
	slices.Sort(part)
	t.found = append(t.found, part)
}
