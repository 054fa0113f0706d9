package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// HedgePolicy is Envoy's (route_components.proto): the only part of it that
// Envoy implements.
type HedgePolicy struct {
	HedgeOnPerTryTimeout bool `yaml:"hedge_on_per_try_timeout" doc:"a try whose time is up goes on, and another is made beside it; the first good answer counts"`
}

// Hedging is gRPC's hedgingPolicy (gRFC A6): attempts follow each other by a
// delay, without waiting for an answer; the first good one counts. Tied they are
// the tied requests of Dean and Barroso, The Tail at Scale (CACM 56(2), 2013). There
// replicas know each other and tell each other; here, where a proxy knows them and
// they know no one, it takes one way over the link more.
type Hedging struct {
	MaxAttempts         int           `yaml:"max_attempts" required:"true" min:"2" max:"1000" doc:"attempts in all; more than 5 are 5"`
	HedgingDelay        unit.Duration `yaml:"hedging_delay" doc:"from one attempt to the next; 0s sends all at once"`
	Tied                bool          `yaml:"tied" doc:"the first attempt that a replica begins to work on ends the others: its word comes back over the link, and those that still wait leave the line"`
	NonFatalStatusCodes []string      `yaml:"non_fatal_status_codes" enum:"cancelled,unknown,invalid_argument,deadline_exceeded,not_found,already_exists,permission_denied,resource_exhausted,failed_precondition,aborted,out_of_range,unimplemented,internal,unavailable,data_loss,unauthenticated" doc:"what an attempt may end in while the others go on: the next is sent at once"`
}

// grpcAttempts is how many attempts gRPC makes at most, whatever maxAttempts
// says (A6, Limits on Retries and Hedges).
const grpcAttempts = 5

// passes says whether an attempt that ended in r leaves the call to the others.
// One that brought no answer is unavailable.
func (h *Hedging) passes(r *Reply) bool {
	code := r.Code
	switch {
	case broken(r.Outcome):
		code = mesh.GRPCUnavailable
	case code == mesh.GRPCOK && r.Status != 200:
		code = codeOf(int(r.Status))
	}
	return code != mesh.GRPCOK && slices.Contains(h.NonFatalStatusCodes, code.String())
}
