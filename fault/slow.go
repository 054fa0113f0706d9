package fault

import "github.com/meshdyno/meshdyno/unit"

// Slow adds time to every request that a service, or some of its replicas,
// begins while it lasts. The time passes while the request holds its place, and
// takes no CPU.
type Slow struct {
	Service  string        `yaml:"service" required:"true" doc:"which service"`
	By       unit.Duration `yaml:"by" required:"true" doc:"how much longer each request takes"`
	Replicas int           `yaml:"replicas" min:"1" doc:"how many of its replicas, from the first; all when left out"`
}

// Target names the service.
func (s *Slow) Target() string { return s.Service }
