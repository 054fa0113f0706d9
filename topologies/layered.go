package topologies

import (
	"fmt"
	"math"
	"slices"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Layers are the knobs of a random layered graph.
type Layers struct {
	Services int     // in all
	Layers   int     // from the one front service to the last layer
	Calls    float64 // that a service makes for one request, on average
	Seed     uint64
}

// Layered is a random graph as large meshes have: one service in front, and
// layers below it that grow by the same factor each. A service calls others of
// the next layer only; each service has a caller. In half of the services the
// calls are made one after another, in the others at once.
//
//	front -> l1-1 -> l2-1 ...
//	      -> l1-2 -> l2-7 ...
//
// A service knows more others than one request needs: each call is made by
// chance, such that a service makes l.Calls of them on average (fewer only where
// the next layer has fewer). So one request touches about l.Touched() services,
// however many there are.
func Layered(l Layers, each Each) []mesh.Service {
	s := chance.New(l.Seed, 0, "layered", "graph")
	names := l.names()
	services := make([]mesh.Service, 0, l.Services)
	for i, layer := range names {
		if i == len(names)-1 {
			for _, name := range layer {
				services = append(services, each.service(name))
			}
			break
		}
		for at, callees := range l.callees(&s, len(layer), len(names[i+1])) {
			services = append(services, each.service(layer[at], l.calls(&s, names[i+1], callees)...))
		}
	}
	return services
}

// Touched is how many services one request reaches, on average, at most:
// 1 + calls + calls^2 + ... over the layers.
func (l Layers) Touched() float64 {
	sum, layer := 0.0, 1.0
	for range l.Layers {
		sum += layer
		layer = float64(layer * l.Calls)
	}
	return sum
}

// names are those of each layer.
func (l Layers) names() [][]string {
	names := [][]string{{"front"}}
	for i, width := range l.widths() {
		var layer []string
		for n := range width {
			layer = append(layer, fmt.Sprintf("l%d-%d", i, n+1))
		}
		if i > 0 {
			names = append(names, layer)
		}
	}
	return names
}

// widths grow from 1 by a constant factor r, so that 1 + r + r^2 + ... is the
// number of services; rounding makes the last layer the widest.
func (l Layers) widths() []int {
	low, high := 1.0, float64(l.Services)
	for range 100 {
		middle := (low + high) / 2
		if (Layers{Layers: l.Layers, Calls: middle}).Touched() > float64(l.Services) {
			high = middle
		} else {
			low = middle
		}
	}
	widths, left, width := make([]int, l.Layers), l.Services, 1.0
	for i := range widths {
		widths[i] = int(width)
		left -= widths[i]
		width = float64(width * low)
	}
	widths[l.Layers-1] += left
	return widths
}

// callees says for each caller which of the next layer it knows: the next layer
// is dealt out, so that each has a caller, and then everyone knows a few more.
func (l Layers) callees(s *chance.Stream, callers, next int) [][]int {
	known := make([][]int, callers)
	for i, callee := range shuffled(s, next) {
		known[i%callers] = append(known[i%callers], callee)
	}
	more := int(math.Ceil(l.Calls))
	for i := range known {
		for want := min(len(known[i])+more, next); len(known[i]) < want; {
			if callee := s.IntN(next); !slices.Contains(known[i], callee) {
				known[i] = append(known[i], callee)
			}
		}
		slices.Sort(known[i])
	}
	return known
}

// calls makes steps of what a service calls.
func (l Layers) calls(s *chance.Stream, names []string, callees []int) []mesh.Step {
	often := unit.Ratio(min(1, l.Calls/float64(len(callees))))
	var calls []mesh.Step
	for _, callee := range callees {
		calls = append(calls, newCall(names[callee], 0, often))
	}
	if s.IntN(2) == 0 {
		return calls
	}
	return []mesh.Step{{Parallel: calls}}
}

// shuffled is the numbers below n in random order (Fisher and Yates).
func shuffled(s *chance.Stream, n int) []int {
	order := make([]int, n)
	for i := range order {
		j := s.IntN(i + 1)
		order[i], order[j] = order[j], i
	}
	return order
}
