package scenarios

import (
	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// Scenario is a whole scenario file: a mesh and what happens to it.
type Scenario struct {
	Scenario string            `yaml:"scenario" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$" doc:"its name; the file's when left out"`
	About    string            `yaml:"about" doc:"what it shows, with a drawing"`
	Duration unit.Duration     `yaml:"duration" doc:"simulated time that is measured, after the warm-up"`
	Warmup   Warmup            `yaml:"warmup" doc:"cut from every statistic: a time, or auto (MSER-5)"`
	Seed     uint64            `yaml:"seed" doc:"all chance of a run comes from this one number"`
	Topology string            `yaml:"topology" doc:"services from the library or a file; entries under services override them by name"`
	Services []mesh.Service    `yaml:"services" doc:"who there is and what they do"`
	Network  mesh.Network      `yaml:"network" doc:"what lies between replicas"`
	Mesh     mesh.Mesh         `yaml:"mesh" doc:"where the proxies stand"`
	Traffic  []loadgen.Traffic `yaml:"traffic" required:"true" doc:"requests from outside, by class"`
	Policies []policy.Rule     `yaml:"policies" doc:"what the proxies do; the first entry that matches wins, knob by knob"`
	Faults   []fault.Fault     `yaml:"faults" doc:"what goes wrong, and when"`
	Expect   []Expectation     `yaml:"expect" doc:"what must hold: p99(shoppers) < 400ms"`
	Warnings []string          `yaml:"-"` // what is allowed and still looks like a mistake
	Source   []byte            `yaml:"-"` // the text it was read from, with every --set written in
}

// SetDefaults gives a minute with seed 1.
func (s *Scenario) SetDefaults() { s.Duration, s.Seed = 60*unit.Second, 1 }

// Warmup is the time before measuring begins: fixed, or found by MSER-5.
type Warmup struct {
	Auto bool
	For  unit.Duration
}
