package sim

import (
	"time"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// Model is what is simulated, checked and in the words of the scenario file.
type Model struct {
	Services []mesh.Service
	Network  mesh.Network
	Mesh     mesh.Mesh
	Traffic  []loadgen.Traffic
	Policies []policy.Rule
	Faults   []fault.Fault
	Warmup   time.Duration // simulated first and not measured
	Duration time.Duration // measured
	Limit    int           // requests in flight before the run gives up; 0 is DefaultLimit
	Pilot    bool          // keep what the end of the warm-up is found from
}

// DefaultLimit is how many requests may be in flight before a run is stopped
// as one that grows without bound.
const DefaultLimit = 10_000_000
