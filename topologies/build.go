package topologies

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// newService is a service as the decoder makes one that says nothing.
func newService(name string) mesh.Service {
	s := mesh.Service{Name: name}
	s.SetDefaults()
	s.Queue.SetDefaults()
	return s
}

// newCall is a step that asks a service for its first endpoint.
func newCall(to string, size unit.Size, chance unit.Ratio) mesh.Step {
	return mesh.Step{Call: &mesh.Call{To: to, Request: fixedSize(size), Chance: chance}}
}

// fixedSize leaves out a size of nothing.
func fixedSize(n unit.Size) chance.Size {
	if n == 0 {
		return chance.Size{}
	}
	return chance.FixedSize(n)
}
