package scenarios

import (
	"context"
	"errors"
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
