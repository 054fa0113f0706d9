package fault

import "github.com/meshdyno/meshdyno/unit"

// Slow adds time to every request that a service begins while it lasts. The
// time passes while the request holds its place, and takes no CPU.
type Slow struct {
	Service string        `yaml:"service" required:"true" doc:"which service"`
	By      unit.Duration `yaml:"by" required:"true" doc:"how much longer each request takes"`
}

// Target names the service.
func (s *Slow) Target() string { return s.Service }
