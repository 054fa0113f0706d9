package scenarios

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// The words of retry_on that look at the status of an answer, and those that
// look at its grpc-status.
var (
	statusWords = []string{"5xx", "gateway-error", "retriable-4xx", "retriable-status-codes"}
	grpcWords   = []string{"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"}
)

// warnUnheard warns of a retry_on that looks where the callee says nothing: what
// speaks gRPC answers 200 however the call ended, and nothing else has a
// grpc-status.
func (l *loader) warnUnheard(path []string, r *policy.Rule) {
	i := slices.IndexFunc(l.scenario.Services, func(s mesh.Service) bool { return s.Name == r.To })
	if i < 0 || len(r.Retry.RetryOn) == 0 {
		return
	}
	in := func(words []string) func(string) bool {
		return func(on string) bool { return slices.Contains(words, on) }
	}
	on, grpc := r.Retry.RetryOn, l.scenario.Services[i].Protocol == "grpc"
	switch looks := slices.ContainsFunc(on, in(grpcWords)); {
	case grpc && !looks && slices.ContainsFunc(on, in(statusWords)):
		l.warn(path, "answers of %s are never tried again: gRPC answers 200 however a call ends; unavailable and internal look at grpc-status", r.To)
	case !grpc && looks && !slices.ContainsFunc(on, func(on string) bool { return !in(grpcWords)(on) }):
		l.warn(path, "never used: %s does not speak gRPC, so its answers have no grpc-status", r.To)
	}
}
