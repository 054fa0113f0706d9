package tcp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// story is a transfer of full segments, numbered from 0, over 10 ms each way in
// which the client loses some.
type story struct {
	*rig
	client, server *tcp.Endpoint
	again          strings.Builder // "40ms:2 ", a segment sent again
	copies         map[int64]int
}

// tell sends so many segments; lose says which copy of which is lost.
func tell(t *testing.T, s tcp.Settings, segments int64, lose func(segment int64, copies int) bool) *story {
	t.Helper()
	y := &story{rig: newRig(t, 1, wire(10*time.Millisecond, 0), wire(10*time.Millisecond, 0)), copies: map[int64]int{}}
	y.client, y.server = y.Connect(&s, &s)
	y.client.Write(0, segments*1448, 0)
	y.Loses = func(side int, s *tcp.Segment) bool {
		if side == 1 || s.Len == 0 {
			return false
		}
		i := (s.Seq - 1) / 1448
		if y.copies[i]++; y.copies[i] > 1 {
			fmt.Fprintf(&y.again, "%v:%d ", y.Now, i)
		}
		return lose(i, y.copies[i])
	}
	y.start().RunWhile(func() bool { return y.server.Received() < segments*1448 })
	return y
}

// TestLosses tells what is sent again, and when the last byte arrives. The
// handshake takes until 20 ms; the first ten segments leave then, and are
// acknowledged at 40 ms.
func TestLosses(t *testing.T) {
	first := func(which ...int64) func(int64, int) bool {
		return func(i int64, copies int) bool {
			for _, w := range which {
				if i == w && copies == 1 {
					return true
				}
			}
			return false
		}
	}
	sack := func(s *tcp.Settings) { s.LossDetection = "duplicates" }
	newReno := func(s *tcp.Settings) { s.SACK = false }
	rack := func(*tcp.Settings) {}
	for _, c := range []struct {
		name     string
		change   func(*tcp.Settings)
		segments int64
		lose     func(int64, int) bool
		again    string
		at       mesh.Time
	}{
		// Fast retransmit by the third that tells of a gap. The rest of the 20
		// follows at 60 ms: the window is half.
		{"one, rack", rack, 20, first(2), "40ms:2", ms(70)},
		{"one, duplicates", sack, 20, first(2), "40ms:2", ms(70)},
		{"one, no sack", newReno, 20, first(2), "40ms:2", ms(70)},
		// With sack both are known at once, and the second goes as soon as the
		// window allows; without, the second is only found when the first is
		// repaired: a round trip for each.
		{"two, rack", rack, 10, first(2, 5), "40ms:2 40ms:5", ms(50)},
		{"two, duplicates", sack, 10, first(2, 5), "40ms:2 40ms:5", ms(50)},
		{"two, no sack", newReno, 10, first(2, 5), "40ms:2 60ms:5", ms(70)},
		{"three, no sack", newReno, 10, first(1, 3, 5), "40ms:1 60ms:3 80ms:5", ms(90)},
		// A tail of three: a probe after two round trips tells of the gap
		// before it, and rack needs no third.
		{"tail, rack", rack, 10, first(7, 8, 9), "80ms:9 100ms:7 100ms:8", ms(110)},
		// Without, the timeout: 200 ms and a round trip after the last
		// acknowledgement, and slow start from one segment.
		{"tail, duplicates", sack, 10, first(7, 8, 9), "260ms:7 280ms:8 280ms:9", ms(290)},
		{"tail, no sack", newReno, 10, first(7, 8, 9), "260ms:7 280ms:8 280ms:9", ms(290)},
		// The last alone: its acknowledgement may be delayed, so that the probe
		// waits 200 ms more and is no earlier than the timeout.
		{"last, rack", rack, 10, first(9), "260ms:9", ms(270)},
		// The copy of the third is lost too: rack finds that by what was sent
		// after it, others wait for the timeout.
		{"twice, rack", rack, 20, func(i int64, n int) bool { return i == 2 && n <= 2 }, "40ms:2 60ms:2", ms(70)},
		{"twice, duplicates", sack, 20, func(i int64, n int) bool { return i == 2 && n <= 2 }, "40ms:2 260ms:2", ms(270)},
		// All of the first flight: the probe is acknowledged at 80 ms and tells
		// that all before it is lost. The window is five now, and PRR begins with
		// two segments for each that arrives.
		{"all, rack", rack, 10, func(_ int64, n int) bool { return n == 1 },
			"60ms:9 80ms:0 80ms:1 100ms:2 100ms:3 100ms:4 100ms:5 120ms:6 120ms:7 120ms:8", ms(130)},
	} {
		s := plain("reno")
		c.change(&s)
		y := tell(t, s, c.segments, c.lose)
		if got := strings.TrimSpace(y.again.String()); got != c.again || y.Now != c.at {
			t.Errorf("%s: again %s; done at %v, want %s; %v", c.name, got, y.Now, c.again, c.at)
		}
	}
}

// TestWindowAfterLoss: half of the flight in Reno, 0.7 in CUBIC, one segment
// after a timeout, with half of the flight as the threshold.
func TestWindowAfterLoss(t *testing.T) {
	for _, c := range []struct {
		kind            string
		lose            func(int64, int) bool
		size, threshold int64
	}{
		{"reno", func(i int64, n int) bool { return i == 4 && n == 1 }, 7, 7},
		{"cubic", func(i int64, n int) bool { return i == 4 && n == 1 }, 9, 9},
	} {
		s := plain(c.kind)
		y := tell(t, s, 40, c.lose)
		w := y.client.Window()
		if y.client.Counts.Episodes != 1 || w.Threshold/1448 != c.threshold {
			t.Errorf("%s: %d reductions to %d segments, want one to %d", c.kind, y.client.Counts.Episodes, w.Threshold/1448, c.threshold)
		}
	}
}

// TestLostSyn goes again after 1, 2, 4... s; the first window is one segment
// then (RFC 5681 3.1), and without timestamps the timeout begins at 3 s (RFC
// 6298 5.7).
func TestLostSyn(t *testing.T) {
	s := plain("reno")
	s.Timestamps = false
	var sent []mesh.Time
	r := newRig(t, 1, wire(10*time.Millisecond, 0), wire(10*time.Millisecond, 0))
	c, v := r.Connect(&s, &s)
	c.Write(0, 5000, 0)
	r.Loses = func(side int, g *tcp.Segment) bool {
		if side == 0 && g.Flags&tcp.SYN != 0 {
			sent = append(sent, r.Now)
			return len(sent) <= 2
		}
		if side == 0 && g.Len > 0 && g.Seq > 1 && v.Received() == 0 {
			t.Errorf("%v: a second segment before the first is acknowledged", r.Now)
		}
		return false
	}
	r.start().RunWhile(func() bool { return c.State() != tcp.Established })
	if fmt.Sprint(sent) != "[0s 1s 3s]" || c.Timeout() != ms(3000) {
		t.Errorf("SYN at %v, then a timeout of %v", sent, c.Timeout())
	}
	r.RunWhile(func() bool { return v.Received() < 5000 })
}

// TestNoAnswer gives up after six more SYNs and two minutes, as Linux does:
// 1+2+4+8+16+32+64 s.
func TestNoAnswer(t *testing.T) {
	s := settings()
	r := newRig(t, 1, wire(0, 0), wire(0, 0))
	c, _ := r.Connect(&s, &s)
	r.Loses = func(int, *tcp.Segment) bool { return true }
	r.start().Run(mesh.Never - 1)
	if c.End() != tcp.GoneDead || r.Now != ms(127_000) || c.Counts.Sent != 7 {
		t.Errorf("%v at %v after %d segments", c.End(), r.Now, c.Counts.Sent)
	}
}

// TestRefused: nobody listens.
func TestRefused(t *testing.T) {
	s := settings()
	r := newRig(t, 1, wire(time.Millisecond, 0), wire(time.Millisecond, 0))
	c := tcp.New(&s)
	r.Add(c, tcp.New(&s))
	c.Open(0)
	r.start().Run(mesh.Never - 1)
	if c.State() != tcp.Closed || c.End() != tcp.Refused || r.Now != ms(2) {
		t.Errorf("%v, %v at %v", c.State(), c.End(), r.Now)
	}
}

// TestReorderingIsNoLoss: packets that are held up for less than a quarter of
// the round trip are waited for once rack has seen that such things happen, and
// those that count three duplicates halve for nothing.
func TestReorderingIsNoLoss(t *testing.T) {
	resent := map[string]int64{}
	for _, detection := range []string{"rack", "duplicates"} {
		s := plain("reno")
		s.LossDetection = detection
		s.ReceiveBuffer = 100 * unit.KiB
		there := wire(20*time.Millisecond, 100*unit.Mbps)
		there.Reorder, there.ReorderFor = 0.05, dur(t, "3ms")
		r := newRig(t, 1, there, wire(20*time.Millisecond, 0))
		c, v := r.Connect(&s, &s)
		c.Write(0, 5_000_000, 0)
		r.start().RunWhile(func() bool { return v.Received() < 5_000_000 })
		resent[detection] = c.Counts.Resent
	}
	if resent["rack"] > 10 || resent["duplicates"] < 30 {
		t.Errorf("sent again: %v", resent)
	}
}
