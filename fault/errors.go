package fault

import (
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Errors lets a service, or some of its replicas, answer with errors in place of what
// they would have answered. The work is done all the same, as with the errors of
// an endpoint, to which these are added: of the requests that those spare, this
// share fails too.
type Errors struct {
	Service  string     `yaml:"service" required:"true" doc:"which service"`
	Replicas int        `yaml:"replicas" min:"1" doc:"how many of its replicas, from the first; all when left out"`
	Rate     unit.Ratio `yaml:"rate" max:"1" doc:"share of requests answered with an error"`
	mesh.ErrorAnswer
}

// Target names the service.
func (e *Errors) Target() string { return e.Service }
