package topologies

import (
	"fmt"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Each is what all services of a generated graph are like.
type Each struct {
	Replicas int
	Work     chance.Duration // of one request; nothing when zero
}

// service is one service of a generated graph, with its calls.
func (e Each) service(name string, calls ...mesh.Step) mesh.Service {
	s := newService(name)
	s.Replicas = max(e.Replicas, 1)
	var steps []mesh.Step
	if !e.Work.IsZero() {
		work := e.Work
		steps = append(steps, mesh.Step{Work: &work})
	}
	s.Endpoints = []mesh.Endpoint{{Path: "/", Steps: append(steps, calls...)}}
	return s
}

// Chain is n services in a row, each calling the next:
//
//	svc-1 -> svc-2 -> ... -> svc-n
func Chain(n int, each Each) []mesh.Service {
	services := make([]mesh.Service, 0, n)
	for i := 1; i < n; i++ {
		services = append(services, each.service(fmt.Sprintf("svc-%d", i), newCall(fmt.Sprintf("svc-%d", i+1), 0, 1)))
	}
	return append(services, each.service(fmt.Sprintf("svc-%d", n)))
}

// Star is a hub that calls n leaves at once:
//
//	    /-> leaf-1
//	hub --> leaf-2
//	    \-> leaf-n
func Star(n int, each Each) []mesh.Service {
	var leaves []mesh.Service
	var calls []mesh.Step
	for i := 1; i <= n; i++ {
		name := fmt.Sprintf("leaf-%d", i)
		leaves = append(leaves, each.service(name))
		calls = append(calls, newCall(name, 0, 1))
	}
	return append([]mesh.Service{each.service("hub", mesh.Step{Parallel: calls})}, leaves...)
}

// Tree has a root and below it, level by level, fanout children of each
// service, which it calls at once. A service is named after its parent, with
// its number among the children:
//
//	svc-0 -> svc-0-0 -> svc-0-0-0, svc-0-0-1
//	      -> svc-0-1 -> svc-0-1-0, svc-0-1-1
func Tree(depth, fanout int, each Each) []mesh.Service {
	services := []mesh.Service{}
	level := []string{"svc-0"}
	for d := 1; d <= depth; d++ {
		var below []string
		for _, name := range level {
			if d == depth {
				services = append(services, each.service(name))
				continue
			}
			var calls []mesh.Step
			for i := range fanout {
				child := fmt.Sprintf("%s-%d", name, i)
				calls, below = append(calls, newCall(child, 0, 1)), append(below, child)
			}
			services = append(services, each.service(name, mesh.Step{Parallel: calls}))
		}
		level = below
	}
	return services
}
