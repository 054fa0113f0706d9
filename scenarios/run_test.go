package scenarios

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/sim"
)

// What is kept of replications that did not all come to their end.
func TestWhatIsFinishedIsKept(t *testing.T) {
	some, stopped := &sim.Tally{}, context.Canceled
	for _, c := range []struct {
		name    string
		tallies []*sim.Tally
		errs    []error
		kept    int
		err     error
	}{
		{"all is well", []*sim.Tally{some, some}, []error{nil, nil}, 2, nil},
		{"one of two interrupted", []*sim.Tally{some, some}, []error{nil, stopped}, 1, stopped},
		{"the only one interrupted while it measured", []*sim.Tally{some}, []error{stopped}, 1, stopped},
		{"the only one interrupted before", []*sim.Tally{nil}, []error{stopped}, 0, stopped},
		{"one of three crowded", []*sim.Tally{some, nil, some}, []error{nil, sim.ErrCrowded, nil}, 2, sim.ErrCrowded},
		{"crowded says more than interrupted", []*sim.Tally{nil, nil, some}, []error{stopped, sim.ErrCrowded, nil}, 1, sim.ErrCrowded},
		{"the only one crowded while it measured", []*sim.Tally{some}, []error{sim.ErrCrowded}, 1, sim.ErrCrowded},
		{"the only one crowded before", []*sim.Tally{nil}, []error{sim.ErrCrowded}, 0, sim.ErrCrowded},
	} {
		r := &runner{scenario: &Scenario{Seed: 7}}
		kept, err := r.finished(c.tallies, c.errs)
		if len(kept) != c.kept || !errors.Is(err, c.err) {
			t.Errorf("%s: kept %d, %v", c.name, len(kept), err)
		}
		if partial := len(c.tallies) == 1 && c.kept == 1; r.partial != partial {
			t.Errorf("%s: in part: %v", c.name, r.partial)
		}
	}
}

// A call that the fault filter answers well has no visit, and yet its time went
// somewhere.
func TestCostsOfInjectedAnswersAddUp(t *testing.T) {
	s := load(t, "services: {web: {endpoints: {/: {steps: [{work: 3ms}]}}}}\nmesh: {proxies: sidecar}\nduration: 2s\n"+
		"traffic: {users: {to: web, rate: 100/s, sidecar: true}}\n"+
		"policies: [{to: web, fault: {delay: {fixed_delay: 10ms, percentage: 50%}, abort: {http_status: 204, percentage: 50%}}}]")
	out, err := Run(t.Context(), s, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e := out.Edges[0]
	sum := e.Cost.App + e.Cost.Downstream + e.Cost.Queue + e.Cost.Proxy + e.Cost.Network + e.Cost.TLS + e.Cost.Retry
	if mean := e.Latency.Mean; math.Abs(sum-mean) > 1e-6 {
		t.Errorf("costs add up to %v ms, and the mean is %v ms", sum, mean)
	}
}
