package policy_test

import (
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// cost is one host under a peak EWMA balancer.
type cost struct {
	t   *testing.T
	b   policy.Balancer
	set *policy.Set
	now mesh.Time
}

func newCost(t *testing.T, fresh, decay, penalty unit.Duration) *cost {
	c := &cost{t: t, set: policy.NewSet(nil, make([]policy.Host, 1))}
	c.b = (&policy.PeakEWMA{DefaultRTT: fresh, Decay: decay, FailurePenalty: penalty}).New()
	d := dice(1)
	c.b.Pick(0, c.set, &policy.Ask{}, &d)
	return c
}

func (c *cost) at(d time.Duration) *cost { c.now = mesh.Time(d); return c }

// done ends an attempt that took so long.
func (c *cost) done(latency time.Duration, o mesh.Outcome) *cost {
	c.b.(policy.Observer).Done(c.now, 0, latency, o)
	return c
}

// load in milliseconds, with so many requests under way.
func (c *cost) load(active int32) float64 {
	c.set.Hosts[0].Active = active
	return policy.Cost(c.b, c.now, c.set, 0) / 1e6
}

func (c *cost) is(active int32, want float64) *cost {
	c.t.Helper()
	if got := c.load(active); math.Abs(got-want) > 1e-9*want {
		c.t.Errorf("at %v with %d under way the load is %v ms, want %v", c.now, active, got, want)
	}
	return c
}

const msec = time.Millisecond

// TestPeakEWMADecays is default_decay and compound_decay of tower's
// peak_ewma.rs, in closed form.
func TestPeakEWMADecays(t *testing.T) {
	c := newCost(t, 10*unit.Millisecond, unit.Second, 0).is(0, 10)
	c.at(100*msec).is(0, 10*math.Exp(-.1))
	c.at(200*msec).is(0, 10*math.Exp(-.2))

	c = newCost(t, 20*unit.Millisecond, unit.Second, 0).is(0, 20)
	c.at(100*msec).is(1, 40*math.Exp(-.1))
	c.at(200*msec).is(2, 60*math.Exp(-.2))
	c.at(300*msec).done(200*msec, mesh.OK).is(1, 400)
	// the second took 200 ms too: just as long, so 100 ms of decay towards itself
	c.at(400*msec).done(200*msec, mesh.OK).is(0, 200)
	if c.at(1400 * msec); c.load(0) >= 100 {
		t.Errorf("after a second the load is %v ms", c.load(0))
	}
	if c.at(11400 * msec); c.load(0) >= .1 {
		t.Errorf("after eleven the load is %v ms", c.load(0))
	}
}

// TestTowerForgetsWhatItReads: an estimate that was just read decays towards
// nothing and not towards what is observed, unlike with a penalty.
func TestTowerForgetsWhatItReads(t *testing.T) {
	for penalty, want := range map[unit.Duration]float64{0: 1000 * math.Exp(-1), 5 * unit.Second: 1000*math.Exp(-1) + 300*(1-math.Exp(-1))} {
		c := newCost(t, unit.Second, 10*unit.Second, penalty).at(10 * time.Second)
		c.load(0)
		c.done(300*msec, mesh.OK).is(0, want)
	}
}

// TestPenaltyPeakEWMA is what linkerd/ewma and linkerd/load-biaser test: a
// longer time than the decayed one replaces it, a shorter one draws it near,
// and a 5xx answer counts as the penalty, but never as less than what is known.
func TestPenaltyPeakEWMA(t *testing.T) {
	fresh := func() *cost { return newCost(t, 100*unit.Millisecond, 10*unit.Second, 5*unit.Second) }
	fresh().is(0, 100).is(1, 200).is(2, 300)                                                                                            // test_pending_increases_load
	fresh().at(time.Second).done(250*msec, mesh.OK).is(0, 250)                                                                          // test_rtt_tracked_after_request
	fresh().at(time.Second).done(time.Second, mesh.OK).at(1500*msec).done(2*time.Second, mesh.OK).is(0, 2000)                           // test_add_peak
	fresh().at(time.Second).done(time.Second, mesh.OK).at(11*time.Second).done(0, mesh.OK).is(0, 1000*math.Exp(-1))                     // test_decay
	fresh().at(time.Second).done(10*time.Second, mesh.OK).at(26*time.Second).done(time.Second, mesh.OK).is(0, 1000)                     // test_add_peak_replaces_decayed_value
	fresh().at(time.Second).done(time.Second, mesh.OK).at(11*time.Second).is(0, 1000*math.Exp(-1)).is(0, 1000*math.Exp(-1))             // test_get_at_decay, _non_mutation
	fresh().at(time.Second).done(time.Second, mesh.OK).at(6*time.Second).is(0, 1000*math.Exp(-.5)).at(time.Second).is(0, 1000)          // test_get_at_between_adds, _past_timestamp
	fresh().at(time.Second).done(msec, mesh.Error).is(0, 5000).at(11*time.Second).is(0, 5000*math.Exp(-1))                              // test_500_..., test_penalty_decays_over_time
	fresh().at(time.Second).done(msec, mesh.Refused).is(0, 5000)                                                                        // test_503_records_base_penalized_effective_rtt
	fresh().at(time.Second).done(8*time.Second, mesh.OK).done(msec, mesh.Error).is(0, 8000)                                             // test_sub_measured_penalty_failures_floor_at_measured_rtt
	fresh().at(3*time.Second).done(3*time.Second, mesh.Unfinished).is(0, 3000)                                                          // test_cancellation_records_measurement
	fresh().at(time.Second).done(150*msec, mesh.ConnectFailure).is(0, 150)                                                              // a transport error took as long as it took
	newCost(t, 100*unit.Millisecond, 10*unit.Second, 0).at(time.Second).done(msec, mesh.Error).is(0, 100*math.Exp(-.1)+1-math.Exp(-.1)) // and without a penalty so does a failure

	retained := fresh().at(time.Second).done(10*time.Second, mesh.OK).at(1100*msec).done(time.Second, mesh.OK)
	if got := retained.load(0); got <= 9000 || got >= 10000 { // test_add_peak_retains_higher_value
		t.Errorf("a short time right after a long one gives %v ms", got)
	}
}

// TestPeakEWMAComparesDistinctHosts: of two hosts the slower is never asked
// (with replacement it would be one time in four), of three each gets the
// pairs that it wins.
func TestPeakEWMAComparesDistinctHosts(t *testing.T) {
	const picks = 30_000
	for _, c := range []struct {
		active []int32
		want   []float64
	}{
		{[]int32{1, 0}, []float64{0, 1}},
		{[]int32{2, 1, 0}, []float64{0, 1. / 3, 2. / 3}},
		{[]int32{10, 0, 0}, []float64{0, .5, .5}},
		{[]int32{3, 3, 3, 3}, []float64{.25, .25, .25, .25}},
	} {
		set := weighted(make([]uint32, len(c.active)), c.active...)
		within(t, "peak_ewma", shares(policy.Balancers.Must("peak_ewma"), set, picks, picks), c.want, picks)
	}
}

// TestPeakEWMAForgetsWhoLeft: a host that joined after it was last looked at is
// another one, of which nothing is known.
func TestPeakEWMAForgetsWhoLeft(t *testing.T) {
	c := newCost(t, 30*unit.Millisecond, 10*unit.Second, 0)
	c.set.Endpoints = make([]policy.Endpoint, 1)
	c.at(time.Second).done(time.Second, mesh.OK).is(0, 1000)
	c.set.Endpoints[0].Joined = mesh.Time(2 * time.Second)
	c.at(3*time.Second).is(0, 30)
}
