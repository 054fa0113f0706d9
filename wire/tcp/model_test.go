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

// longFlow is the goodput in segments per second, and the share of segments lost
// or the loss episodes per segment.
func longFlow(t *testing.T, s tcp.Settings, trip time.Duration, loss link.LossSettings, segments int64) (rate, episodes, timeouts float64) {
	there := losing(wire(trip/2, 0), "x", loss)
	r := newRig(t, 7, there, wire(trip/2, 0))
	c, v := r.connect(&s, &s)
	c.Write(0, 1<<50, 0)
	warm := segments / 10 * 1448
	r.start().runWhile(func() bool { return v.Received() < warm })
	from, had, before := r.now, v.Received(), c.Counts
	r.runWhile(func() bool { return v.Received() < segments*1448 })
	n := float64(v.Received()-had) / 1448
	return n / float64((r.now - from).Seconds()), float64(c.Counts.Episodes-before.Episodes) / n, float64(c.Counts.Timeouts-before.Timeouts) / n
}

func pftk(p, rtt, b, rto float64) float64 {
	q := math.Min(1, 3*math.Sqrt(3*b*p/8))
	return 1 / (rtt*math.Sqrt(2*b*p/3) + rto*q*p*(1+32*p*p))
}

func TestModels(t *testing.T) {
	for _, trip := range []time.Duration{10, 50, 200} {
		for _, p := range []float64{0.001, 0.003, 0.01, 0.02, 0.03} {
			s := plain("reno")
			rtt := float64(trip) / 1e3
			mathis := math.Sqrt(1.5/p) / rtt
			m131 := 1.31/math.Sqrt(p) / rtt
			full := pftk(p, rtt, 1, math.Max(0.2, rtt*1.0))
			a, ae, at := longFlow(t, s, trip*time.Millisecond, &link.Bernoulli{Rate: unit.Ratio(p)}, 40000)
			b, be, bt := longFlow(t, s, trip*time.Millisecond, &link.Periodic{Every: int(1/p)}, 40000)
			e:= math.Sqrt(1.5/ae)/rtt
			t.Logf("rtt %v p %v: mathis %.1f m131 %.1f pftk %.1f | bernoulli %.1f (%.3f of mathis, %.3f of 1.31, %.3f of pftk, %.3f of mathis(episodes)) ep %.5f to %.5f| periodic %.1f (%.3f of mathis) ep %.5f to %.5f", trip, p, mathis, m131, full, a, a/mathis, a/m131, a/full, a/e, ae, at, b, b/mathis, be, bt)
		}
	}
	_ = mesh.Never
}
