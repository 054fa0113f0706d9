package tcp

import (
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// TestCubeRoot against package math, over forty orders of magnitude.
func TestCubeRoot(t *testing.T) {
	for x := 1e-20; x < 1e20; x *= 1.37 {
		if got, want := cubeRoot(x), math.Cbrt(x); math.Abs(got/want-1) > 4e-16 {
			t.Errorf("cubeRoot(%g) = %.17g, want %.17g", x, got, want)
		}
	}
	if cubeRoot(0) != 0 || cubeRoot(-1) != 0 || cubeRoot(27) != 3 {
		t.Errorf("cubeRoot of 0, -1, 27: %g, %g, %g", cubeRoot(0), cubeRoot(-1), cubeRoot(27))
	}
}

// drive acknowledges all that the window allows each round trip, in segments of
// one unit, for so long.
func drive(c Control, w *Window, now mesh.Time, trip, long time.Duration, look func(now mesh.Time)) mesh.Time {
	for end := now.Add(long); now < end; {
		flight := w.Size / w.Segment
		for range flight {
			now += mesh.Time(int64(trip) / flight)
			c.Acked(now, w, Ack{Bytes: w.Segment, Trip: trip, Smooth: trip})
			look(now)
		}
	}
	return now
}

// TestCubicFollowsItsCurve: after a loss at 1000 segments the window is
// C(t-K)^3 + 1000 (RFC 9438, equation 1), with the K that starts it at 700, as
// it was a round trip ago that the target was set.
func TestCubicFollowsItsCurve(t *testing.T) {
	const segment, trip = 1000, 100 * time.Millisecond
	c := cubicDefaults().New()
	w := &Window{Size: 1000 * segment, Threshold: 1000 * segment, Segment: segment}
	c.Lost(0, w, w.Size)
	if w.Size = w.Threshold; w.Size != 700*segment {
		t.Fatalf("the window is %d after the loss", w.Size)
	}
	k := math.Cbrt(300 / 0.4)
	drive(c, w, 0, trip, 15*time.Second, func(now mesh.Time) {
		want := 1000 + 0.4*math.Pow(now.Seconds()-k, 3)
		if now > mesh.Time(trip) && math.Abs(float64(w.Size)/segment-want) > 0.01*want {
			t.Fatalf("at %v the window is %.1f segments, the curve %.1f", now, float64(w.Size)/segment, want)
		}
	})
}

// TestCubicIsFriendly: at short round trips Reno would be faster than the curve,
// and the window follows Reno with a factor of 0.7: it grows 3*0.3/1.7 segments
// each round trip (equation 4), and one beyond the old peak.
func TestCubicIsFriendly(t *testing.T) {
	const segment, trip = 1000, 2 * time.Millisecond
	c := cubicDefaults().New()
	w := &Window{Size: 100 * segment, Threshold: 100 * segment, Segment: segment}
	c.Lost(0, w, w.Size)
	w.Size = w.Threshold
	now := drive(c, w, 0, trip, 40*trip, func(mesh.Time) {})
	want := 70 + 40*3*0.3/1.7
	if got := float64(w.Size) / segment; math.Abs(got-want) > 1 {
		t.Errorf("%.1f segments after 40 round trips, want %.1f", got, want)
	}
	now = drive(c, w, now, trip, 20*trip, func(mesh.Time) {})
	before := w.Size
	drive(c, w, now, trip, 20*trip, func(mesh.Time) {})
	if got := float64(w.Size-before) / segment; math.Abs(got-20) > 1 {
		t.Errorf("%.1f segments more in 20 round trips beyond the peak", got)
	}
}

// TestCubicConvergesFast: a loss below the last peak lowers the next (4.7).
func TestCubicConvergesFast(t *testing.T) {
	for _, fast := range []bool{true, false} {
		s := cubicDefaults()
		s.FastConvergence = fast
		c := s.New().(*cubic)
		w := &Window{Size: 1000, Threshold: 1, Segment: 1}
		c.Lost(0, w, 1000)
		w.Size = 800
		c.Lost(0, w, 800)
		if want := map[bool]float64{true: 680, false: 800}[fast]; math.Abs(c.peak-want) > 1e-9 {
			t.Errorf("fast convergence %v: the peak is %v", fast, c.peak)
		}
	}
}

// TestCubicAfterTimeout: the first growth starts from its own peak (4.8).
func TestCubicAfterTimeout(t *testing.T) {
	s := cubicDefaults()
	s.RenoFriendly = false
	c := s.New()
	w := &Window{Size: 1000, Threshold: 2000, Segment: 1}
	c.TimedOut(0, w, 1000)
	w.Size = w.Threshold
	drive(c, w, 0, 100*time.Millisecond, 5*time.Second, func(now mesh.Time) {
		want := 700 + 0.4*math.Pow(now.Seconds(), 3)
		if math.Abs(float64(w.Size)-want) > 0.01*want {
			t.Fatalf("at %v the window is %d, the curve %.1f", now, w.Size, want)
		}
	})
}

// TestHyStart: round trips of 20 ms become 4 ms longer in the fourth round. That
// is the threshold; five rounds of a quarter of the growth later slow start is
// over. If they become short again before, it goes on (RFC 9406 4.2).
func TestHyStart(t *testing.T) {
	for _, back := range []bool{false, true} {
		var h hystart
		h.reset()
		w := &Window{Size: 10, Threshold: unlimited, Segment: 1}
		una, nxt := int64(0), int64(0)
		round := func(trip time.Duration) {
			flight := w.Size
			una, nxt = nxt, nxt+flight
			for i := range flight {
				h.acked(w, Ack{Bytes: 1, Una: una + i + 1, Nxt: nxt + 2*i, Trip: trip}, 0)
			}
			nxt = max(nxt, una+flight)
		}
		for range 3 {
			round(20 * time.Millisecond)
		}
		if h.slower || w.Size < 60 {
			t.Fatalf("slower at a window of %d", w.Size)
		}
		round(24 * time.Millisecond)
		round(24 * time.Millisecond)
		if !h.slower {
			t.Fatal("longer round trips did not slow it down")
		}
		if back {
			round(20 * time.Millisecond)
			round(20 * time.Millisecond)
			if h.slower || !w.SlowStart() {
				t.Error("shorter round trips did not hurry it again")
			}
			continue
		}
		for rounds := 0; w.SlowStart(); rounds++ {
			round(24 * time.Millisecond)
			if rounds > 10 {
				t.Fatal("slow start does not end")
			}
		}
	}
}
