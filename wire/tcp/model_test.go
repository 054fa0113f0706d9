package tcp_test

import (
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// longFlow is the goodput of a long transfer, in segments per second, after its
// first tenth.
func longFlow(t *testing.T, s tcp.Settings, trip time.Duration, kind string, loss link.LossSettings, segments int64) float64 {
	t.Helper()
	r := newRig(t, 7, losing(wire(trip/2, 0), kind, loss), wire(trip/2, 0))
	c, v := r.Connect(&s, &s)
	c.Write(0, 1<<50, 0)
	after := func(n int64) (bytes int64, at mesh.Time) {
		r.RunWhile(func() bool { return v.Received() < n*c.Segment() })
		return v.Received(), r.Now
	}
	r.start()
	had, from := after(segments / 10)
	all, to := after(segments)
	return float64(all-had) / float64(c.Segment()) / (to - from).Seconds()
}

// mathis is the rate in segments per second of Mathis, Semke, Mahdavi and Ott
// ("The macroscopic behavior of the TCP congestion avoidance algorithm", CCR
// 27(3), 1997), table 1, with every segment acknowledged: C is sqrt(3/2) for
// losses at even distances, 1.31 for random ones.
func mathis(c, p, trip float64) float64 { return c / (trip * math.Sqrt(p)) }

// pftk is equation 30 of Padhye, Firoiu, Towsley and Kurose ("Modeling TCP
// throughput", SIGCOMM 1998) with b = 1.
func pftk(p, trip, timeout float64) float64 {
	return 1 / (trip*math.Sqrt(2*p/3) + timeout*math.Min(1, 3*math.Sqrt(3*p/8))*p*(1+32*p*p))
}

// TestLongFlowsFollowTheModels holds a long flow of Reno to the formulas within
// 10 %: to Mathis over the whole grid, and to PFTK at few losses and long round
// trips. Elsewhere PFTK is no model of this sender: it lets three of W losses end
// in a timeout, because that of 1998 could not tell them otherwise, and RACK
// needs almost none.
func TestLongFlowsFollowTheModels(t *testing.T) {
	s := plain("reno")
	trips := []time.Duration{10, 30, 100, 200}
	if testing.Short() {
		trips = trips[2:3]
	}
	for _, trip := range trips {
		for _, p := range []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.03} {
			trip, seconds := trip*time.Millisecond, float64(trip)/1e3
			random := longFlow(t, s, trip, "bernoulli", &link.Bernoulli{Rate: unit.Ratio(p)}, int64(600/p))
			even := longFlow(t, s, trip, "periodic", &link.Periodic{Every: int(1 / p)}, int64(100/p))
			about(t, "random losses, Mathis", trip, p, random, mathis(1.31, p, seconds))
			about(t, "even losses, Mathis", trip, p, even, mathis(math.Sqrt(1.5), p, seconds))
			if p <= 0.002 && trip >= 100*time.Millisecond {
				about(t, "random losses, PFTK", trip, p, random, pftk(p, seconds, seconds+0.2))
			}
		}
	}
}

func about(t *testing.T, what string, trip time.Duration, p, got, want float64) {
	t.Helper()
	t.Logf("%s: %v, %.1f %%: %.1f/s, model %.1f/s: %+.1f %%", what, trip, 100*p, got, want, 100*(got/want-1))
	if math.Abs(got/want-1) > 0.1 {
		t.Errorf("%s: %v, %.1f %%: %.1f segments a second, the model says %.1f", what, trip, 100*p, got, want)
	}
}
