package stats

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/result"
)

// holds fails unless the share of intervals that hold is near 95 %: three
// standard errors of the trials, and the two points the decision record allows.
func holds(t *testing.T, what string, c tally) {
	t.Helper()
	slack := 0.02 + 3*math.Sqrt(0.95*0.05/float64(max(1, c.answered)))
	t.Logf("%-24s answered %5.1f %%, holds %5.1f %%", what, 100*c.rate(), 100*c.coverage())
	if c.answered == 0 || c.coverage() < 0.95-slack {
		t.Errorf("%s: 95 %% intervals hold in %.1f %% of %d", what, 100*c.coverage(), c.answered)
	}
}

func TestLatencyIntervalsHoldWhatTheyPromise(t *testing.T) {
	simulates(t)
	plans := []struct {
		load             float64
		requests, trials int
	}{{0.7, 4000, 80}, {0.8, 8000, 50}, {0.9, 30_000, 20}}
	for _, plan := range plans {
		r := rand.New(rand.NewPCG(7, uint64(plan.requests)))
		var mean, p50, p90, p95, p99 tally
		for range plan.trials {
			ci := tenRuns(r, plan.load, plan.requests)
			mean.add(ci.Mean, 1/(1-plan.load))
			p50.add(ci.P50, trueQuantile(plan.load, 0.5))
			p90.add(ci.P90, trueQuantile(plan.load, 0.9))
			p95.add(ci.P95, trueQuantile(plan.load, 0.95))
			p99.add(ci.P99, trueQuantile(plan.load, 0.99))
		}
		t.Logf("M/M/1 at %.0f %%, 10 runs of %d requests", 100*plan.load, plan.requests)
		holds(t, "mean", mean)
		holds(t, "p50", p50)
		holds(t, "p90", p90)
		holds(t, "p95", p95)
		holds(t, "p99", p99)
		if p99.rate() < 0.5 {
			t.Errorf("at %v load p99 was refused in %.0f %% of the cases", plan.load, 100-100*p99.rate())
		}
	}
}

func tenRuns(r *rand.Rand, load float64, requests int) *result.LatencyCI {
	runs := make([]*Latency, 10)
	for i := range runs {
		runs[i] = newLindley(r, load, true).record(requests)
	}
	return LatencyCI(runs)
}

func TestIndependentSamplesGiveP999(t *testing.T) {
	simulates(t)
	r := rand.New(rand.NewPCG(11, 1))
	var p999 tally
	for range 80 {
		runs := make([]*Latency, 10)
		for i := range runs {
			runs[i] = NewLatency(3)
			for range 2000 {
				runs[i].Record(int64(r.ExpFloat64() * 1e6))
			}
		}
		p999.add(LatencyCI(runs).P999, -math.Log(0.001))
	}
	holds(t, "p99.9, independent", p999)
	if p999.rate() < 0.9 {
		t.Errorf("20,000 independent samples gave p99.9 in only %.0f %%", 100*p999.rate())
	}
}

func TestTooFewSamplesCannotTell(t *testing.T) {
	simulates(t)
	r := rand.New(rand.NewPCG(5, 5))
	given := 0
	for range 50 {
		ci := tenRuns(r, 0.9, 2000) // 20,000 requests, worth about 70 for the p99
		if ci.P99 != nil {
			given++
		}
		if ci.P999 != nil {
			t.Errorf("p99.9 in %v", *ci.P999)
		}
		if last := ci.CannotTell[len(ci.CannotTell)-1]; !strings.HasPrefix(last, "p99.9: n too small: 20000 requests in 10 runs are worth ") {
			t.Errorf("the reason reads %q", last)
		}
	}
	if given > 2 {
		t.Errorf("an interval for p99 in %d of 50", given)
	}
}

func TestOneReplicationAndNone(t *testing.T) {
	one := LatencyCI([]*Latency{recorded(3, draws("exponential", 1000, 1))})
	if one.Mean != nil || one.P50 != nil || len(one.CannotTell) != 1 {
		t.Errorf("one replication gives %+v", one)
	}
	if LatencyCI(nil) != nil || LatencyCI([]*Latency{NewLatency(3), NewLatency(3)}) != nil {
		t.Error("intervals out of nothing")
	}
	empty := LatencyCI([]*Latency{recorded(3, draws("exponential", 1000, 1)), NewLatency(3), recorded(3, draws("exponential", 1000, 2))})
	if empty.Mean == nil || math.IsNaN(empty.Mean[0]) {
		t.Errorf("with one run that saw nothing the mean is in %v", empty.Mean)
	}
}

func TestLatenciesThatAreAllAlike(t *testing.T) {
	same := recorded(3, draws("constant", 1000, 1))
	ci := LatencyCI([]*Latency{same, same, same})
	if *ci.Mean != [2]float64{5, 5} || *ci.P50 != [2]float64{5, 5} {
		t.Errorf("mean in %v, median in %v; all samples are 5 ms", *ci.Mean, *ci.P50)
	}
}

// 1.05 % of the requests take 100 ms and the others 1 ms: the p99 is 100 ms, but
// ten runs of 1,000 cannot tell that from 1 ms.
func TestAnAtomAtTheQuantileWidensTheInterval(t *testing.T) {
	simulates(t)
	r := rand.New(rand.NewPCG(2, 2))
	wide := 0
	for range 50 {
		runs := make([]*Latency, 10)
		for i := range runs {
			runs[i] = fastOrSlow(r, 1000, 0.0105)
		}
		if ci := LatencyCI(runs).P99; ci != nil && ci[0] < 1.001 && ci[1] > 99.9 {
			wide++
		}
	}
	if wide < 45 {
		t.Errorf("only %d of 50 intervals hold both 1 ms and 100 ms", wide)
	}
}

func fastOrSlow(r *rand.Rand, n int, slow float64) *Latency {
	l := NewLatency(3)
	for range n {
		if r.Float64() < slow {
			l.Record(1e8)
		} else {
			l.Record(1e6)
		}
	}
	return l
}

func TestMinSamples(t *testing.T) {
	for q, want := range map[float64]int{0.5: 6, 0.9: 36, 0.99: 368, 0.999: 3688, 0.9999: 36887} {
		if got := MinSamples(q); got != want {
			t.Errorf("an upper bound for the quantile %v takes %d samples, want %d", q, got, want)
		}
	}
}

func TestMeanIntervalOfNormalMeans(t *testing.T) {
	ci, ok := MeanCI([]float64{1, 2, 3, 4, 5}) // mean 3, s^2 2.5, t(4) 2.776
	if half := 2.776445 * math.Sqrt(0.5); !ok || math.Abs(ci[0]-(3-half)) > 1e-6 || math.Abs(ci[1]-(3+half)) > 1e-6 {
		t.Errorf("interval %v, want 3 plus and minus %v", ci, half)
	}
	if _, ok := MeanCI([]float64{3}); ok {
		t.Error("one value gave an interval")
	}
	r := rand.New(rand.NewPCG(1, 9))
	var c tally
	for range 2000 {
		ci, _ := MeanCI([]float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()})
		c.add(&ci, 0)
	}
	holds(t, "mean of 3", c)
	if c.coverage() > 0.97 {
		t.Errorf("too wide: holds in %v", c.coverage())
	}
}

func TestSuccessRateIntervals(t *testing.T) {
	cases := []struct {
		what     string
		failures float64 // mean share
		clumps   float64 // spread of the share between runs, relative to it
		requests int
	}{
		{"independent, 5 %", 0.05, 0, 500},
		{"independent, rare", 0.001, 0, 1000},
		{"clumped, 5 %", 0.05, 0.5, 2000},
	}
	for _, c := range cases {
		r := rand.New(rand.NewPCG(3, uint64(c.requests)))
		var got tally
		for range 500 {
			ok, all := make([]uint64, 10), make([]uint64, 10)
			for i := range ok {
				p := c.failures * (1 + c.clumps*(2*r.Float64()-1)*math.Sqrt(3))
				all[i] = uint64(c.requests)
				for range c.requests {
					if r.Float64() >= p {
						ok[i]++
					}
				}
			}
			ci, answered := ProportionCI(ok, all)
			if !answered || ci[0] < 0 || ci[1] > 1 {
				t.Fatalf("interval %v, %v", ci, answered)
			}
			got.add(&ci, 1-c.failures)
		}
		holds(t, c.what, got)
	}
}

func TestNoFailureSeenIsNotCertainty(t *testing.T) {
	ci, ok := ProportionCI([]uint64{100, 100, 100}, []uint64{100, 100, 100})
	if !ok || ci[1] != 1 || ci[0] > 0.99 || ci[0] < 0.9 {
		t.Errorf("300 of 300 succeeded: the rate is said to lie in %v", ci)
	}
	if _, ok := ProportionCI([]uint64{0, 0}, []uint64{0, 0}); ok {
		t.Error("an interval without requests")
	}
	if _, ok := ProportionCI([]uint64{9}, []uint64{10}); ok {
		t.Error("an interval from one replication")
	}
}

// Why raw requests of one run never make an interval: neighbours are alike.
func TestRawRequestsWouldNotHold(t *testing.T) {
	simulates(t)
	r := rand.New(rand.NewPCG(8, 8))
	var raw tally
	for range 100 {
		l, q := NewLatency(3), newLindley(r, 0.8, true)
		for range 50_000 {
			_, ms := q.next()
			l.Record(int64(ms * 1e6))
		}
		half := 1.96 * l.Stddev() / math.Sqrt(float64(l.Count())) / 1e6
		raw.add(&[2]float64{l.Mean()/1e6 - half, l.Mean()/1e6 + half}, 5)
	}
	t.Logf("raw requests hold in %.0f %%", 100*raw.coverage())
	if raw.coverage() > 0.4 {
		t.Errorf("raw requests hold in %.0f %%: this queue is too easy to show anything", 100*raw.coverage())
	}
}
