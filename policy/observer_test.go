package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// seen is one end of an attempt, as a balancer is told of it.
type seen struct {
	at      mesh.Time
	host    int
	latency time.Duration
	outcome mesh.Outcome
}

// watcher is a balancer that asks each host in turn and writes down what it
// learns.
type watcher struct {
	next int
	seen []seen
}

func (w *watcher) New() policy.Balancer { return w }

func (w *watcher) Pick(_ mesh.Time, set *policy.Set, _ *policy.Ask, _ *chance.Stream) int {
	w.next++
	return w.next % len(set.Hosts)
}

func (w *watcher) Done(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	w.seen = append(w.seen, seen{now, host, latency, o})
}

// TestBalancersLearnFromEveryAttempt: each attempt ends once for the balancer,
// whether it is answered, timed out or not wanted any more, and its latency
// counts from when it was sent, not from when the call began.
func TestBalancersLearnFromEveryAttempt(t *testing.T) {
	w := &watcher{next: -1}
	p := plan(t, "retry: {retry_on: [5xx], num_retries: 2, per_try_timeout: 250ms, back_off: {base_interval: 1ms, max_interval: 1ms}}")
	p.Balancer = w
	up := policy.NewUpstream(&p, make([]policy.Endpoint, 4), dice(1))
	var c policy.Call
	c.Begin(100, up, nil)
	c.Done(105, drain(&c), replied(mesh.Error))
	c.Wake(1e6) // the back-off is over
	late := drain(&c)
	c.Wake(251e6) // and so is this try
	c.Done(252e6, late, replied(mesh.OK))
	c.Wake(253e6)
	last := drain(&c)
	c.Done(260e6, last, replied(mesh.OK))
	c.Done(261e6, last, replied(mesh.Error))
	c.Begin(300e6, up, nil)
	c.Cancel(301e6)
	want := []seen{
		{105, 0, 5, mesh.Error},
		{251e6, 1, 250 * time.Millisecond, mesh.Timeout},
		{260e6, 2, 7 * time.Millisecond, mesh.OK},
		{301e6, 3, time.Millisecond, mesh.Unfinished},
	}
	if !slices.Equal(w.seen, want) {
		t.Errorf("the balancer learned\n%v, want\n%v", w.seen, want)
	}
}
