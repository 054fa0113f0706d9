package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/sim"
	"github.com/meshdyno/meshdyno/stats"
)

// RunOptions say how a scenario is run. The zero value is one replication.
type RunOptions struct {
	Replications int                       // seeds seed, seed+1, ...; 0 is 1
	Parallel     int                       // replications at once; 0 is one for each core
	Progress     func(done, total float64) // told now and then, in replications; may be nil
}

// ErrSeeds says that the seeds of the replications would pass 64 bits.
var ErrSeeds = errors.New("not so many seeds are left")

// Run simulates a scenario and says what was found. The result is the same
// bytes for any Parallel, but for its Host. When ctx is cancelled, the result
// holds what was finished by then, marked as interrupted, or is nil; the error
// wraps ctx's.
func Run(ctx context.Context, s *Scenario, o RunOptions) (*result.Result, error) {
	began := time.Now()
	r := &runner{scenario: s, options: o, model: s.model()}
	if r.options.Replications < 1 {
		r.options.Replications = 1
	}
	if n := r.options.Replications; s.Seed > math.MaxUint64-uint64(n-1) {
		return nil, fmt.Errorf("%w: the last is %d, and %d replications begin with %d", ErrSeeds, uint64(math.MaxUint64), n, s.Seed)
	}
	r.model.Limit = inFlightLimit(os.DirFS("/"), min(r.parallel(), r.options.Replications))
	if err := checkUsers(s.Traffic, r.model.Limit); err != nil {
		return nil, err
	}
	if err := r.warmUp(ctx); err != nil {
		return nil, err
	}
	plan, err := sim.Compile(r.model)
	if err != nil {
		return nil, err
	}
	tallies, err := r.replicate(ctx, plan)
	if len(tallies) == 0 {
		return nil, err
	}
	found := r.result(tallies)
	found.Host = result.Host{WallS: time.Since(began).Seconds(), Go: runtime.Version(), CPUs: runtime.GOMAXPROCS(0)}
	return found, err
}

// runner is one run of a scenario, on its way from settings to a result.
type runner struct {
	scenario  *Scenario
	options   RunOptions
	model     *sim.Model
	transient *stats.Transient // what `warmup: auto` found
	partial   bool             // interrupted in the middle of the only replication
}

func (s *Scenario) model() *sim.Model {
	return &sim.Model{
		Services: s.Services, Network: s.Network, Mesh: s.Mesh, Traffic: s.Traffic, Policies: s.Policies, Faults: s.Faults,
		Warmup: s.Warmup.For.Std(), Duration: s.Duration.Std(),
	}
}

// warmUp finds the end of the transient where the scenario leaves it to us: by
// MSER-5, on a pilot run from empty, once for all replications.
func (r *runner) warmUp(ctx context.Context) error {
	if !r.scenario.Warmup.Auto {
		return nil
	}
	pilot := *r.model
	pilot.Warmup, pilot.Faults, pilot.Pilot = 0, nil, true
	plan, err := sim.Compile(&pilot)
	if err != nil {
		return err
	}
	tally, err := plan.New(r.scenario.Seed).Go(ctx, nil)
	if err != nil {
		return err
	}
	r.transient = &stats.Transient{OK: true}
	for i := range tally.Classes {
		if t := tally.Classes[i].Batches.MSER5(); !t.OK || t.Cut > r.transient.Cut {
			r.transient = &t
		}
		if !r.transient.OK {
			break
		}
	}
	r.model.Warmup = time.Duration(r.transient.Cut)
	if !r.transient.OK {
		r.model.Warmup = 0
	}
	return nil
}

// replicate runs all replications, several at once, and returns those that were
// finished, in their order.
func (r *runner) replicate(ctx context.Context, plan *sim.Plan) ([]*sim.Tally, error) {
	n := r.options.Replications
	tallies, errs := make([]*sim.Tally, n), make([]error, n)
	work, bar := make(chan int), newProgress(r.options.Progress, n)
	var crew sync.WaitGroup
	for range min(n, r.parallel()) {
		crew.Go(func() {
			for i := range work {
				tallies[i], errs[i] = one(ctx, plan, r.scenario.Seed+uint64(i), bar.of(i))
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	crew.Wait()
	return r.finished(tallies, errs)
}

// one runs one replication. A panic in it would take the process down from a
// goroutine where the command cannot catch it; so it becomes an error here.
func one(ctx context.Context, plan *sim.Plan, seed uint64, progress func(share float64)) (t *sim.Tally, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			t, err = nil, fmt.Errorf("internal fault: %v", fault)
		}
	}()
	return plan.New(seed).Go(ctx, progress)
}

func (r *runner) parallel() int {
	if r.options.Parallel > 0 {
		return r.options.Parallel
	}
	return runtime.GOMAXPROCS(0)
}

// finished keeps the replications that came to their end. Of a single one that
// did not, what it had measured is kept.
func (r *runner) finished(tallies []*sim.Tally, errs []error) (done []*sim.Tally, err error) {
	var failed error // which says more than that others were stopped
	for i, t := range tallies {
		switch {
		case errs[i] == nil:
			done = append(done, t)
		case errors.Is(errs[i], context.Canceled):
			err = errs[i]
		default:
			failed = cmp.Or(failed, fmt.Errorf("replication with seed %d: %w", r.scenario.Seed+uint64(i), errs[i]))
		}
	}
	err = cmp.Or(failed, err)
	if len(tallies) == 1 && err != nil && tallies[0] != nil {
		r.partial = true
		return tallies, err
	}
	return done, err
}

// progress adds up how far the replications are.
type progress struct {
	lock   sync.Mutex
	tell   func(done, total float64)
	shares []float64
}

func newProgress(tell func(done, total float64), n int) *progress {
	return &progress{tell: tell, shares: make([]float64, n)}
}

// of is what replication i reports to; nil when no one wants to know.
func (p *progress) of(i int) func(share float64) {
	if p.tell == nil {
		return nil
	}
	return func(share float64) {
		p.lock.Lock()
		defer p.lock.Unlock()
		p.shares[i] = share
		sum := 0.0
		for _, s := range p.shares {
			sum += s
		}
		p.tell(sum, float64(len(p.shares)))
	}
}
