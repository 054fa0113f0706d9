package tcp_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// pair is a connection over 10 ms each way that is set up; the clock stands at
// 20 ms, or 30 ms if the last acknowledgement is waited for.
func pair(t *testing.T, a, b tcp.Settings) (r *rig, c, v *tcp.Endpoint) {
	r = newRig(t, 1, wire(10*time.Millisecond, 0), wire(10*time.Millisecond, 0))
	c, v = r.Connect(&a, &b)
	r.start().Run(ms(30))
	r.Now = ms(30)
	return r.recorded(), c, v
}

// say writes and sends at once.
func (r *rig) say(side int, n int64) {
	r.Ends[0][side].Write(r.Now, n, 0)
	r.Flush(0, side)
}

func (r *rig) want(what, log string) {
	r.t.Helper()
	if got := r.log.String(); got != log {
		r.t.Errorf("%s: got\n%swant\n%s", what, got, log)
	}
	r.log.Reset()
}

// TestDelayedAck: one segment is acknowledged after 40 ms, the second of two at
// once, and the first few without delay until the application answers.
func TestDelayedAck(t *testing.T) {
	s := plain("reno")
	s.DelayedAck, s.QuickAcks = 40*unit.Millisecond, 0
	r, _, _ := pair(t, s, s)
	r.say(0, 100)
	r.Run(ms(100))
	r.want("one", "30ms > P. 1:101 ack 1\n80ms < . 1 ack 101\n")
	r.Now = ms(100)
	r.say(0, 3*1448)
	r.Run(ms(200))
	r.want("three", "100ms > . 101:1549 ack 1\n100ms > . 1549:2997 ack 1\n100ms > P. 2997:4445 ack 1\n"+
		"110ms < . 1 ack 2997\n150ms < . 1 ack 4445\n")
	s.QuickAcks = 2
	r, _, _ = pair(t, s, s)
	r.say(0, 100)
	r.Run(ms(60))
	r.want("quick", "30ms > P. 1:101 ack 1\n40ms < . 1 ack 101\n")
}

// TestNagle: small writes wait for what is under way, a full segment and the
// last words do not. With a delayed acknowledgement this costs 40 ms, as so many
// have found out.
func TestNagle(t *testing.T) {
	s := plain("reno")
	s.NoDelay, s.DelayedAck, s.QuickAcks = false, 40*unit.Millisecond, 0
	r, c, _ := pair(t, s, s)
	r.say(0, 100)
	r.say(0, 100)
	r.say(0, 100)
	r.Run(ms(100))
	r.want("three", "30ms > P. 1:101 ack 1\n80ms < . 1 ack 101\n90ms > P. 101:301 ack 1\n")
	r.say(0, 1348)
	c.Close(r.Now)
	r.Flush(0, 0)
	r.want("a full one and FIN", "100ms > FP. 301:1649 ack 1\n")
	s.NoDelay = true
	r, _, _ = pair(t, s, s)
	r.say(0, 100)
	r.say(0, 100)
	r.want("no delay", "30ms > P. 1:101 ack 1\n30ms > P. 101:201 ack 1\n")
}

// TestClosedWindow: the application does not read. Questions go out at growing
// distances, and the window is announced when there is room again.
func TestClosedWindow(t *testing.T) {
	s := plain("reno")
	small := s
	small.ReceiveBuffer = 2896
	r, c, v := pair(t, s, small)
	v.Hold()
	r.say(0, 5000)
	r.Run(ms(2000))
	r.want("closed", "30ms > . 1:1449 ack 1\n30ms > . 1449:2897 ack 1\n40ms < . 1 ack 1449\n40ms < . 1 ack 2897\n"+
		"270ms > . 2896 ack 1\n280ms < . 1 ack 2897\n710ms > . 2896 ack 1\n720ms < . 1 ack 2897\n1.59s > . 2896 ack 1\n1.6s < . 1 ack 2897\n")
	r.Now = ms(2000)
	if v.Read(r.Now, 1000); true {
		r.Flush(0, 1)
	}
	r.want("a little room is not told", "")
	v.Read(r.Now, 1000)
	r.Flush(0, 1)
	r.Run(ms(2021))
	r.want("room", "2s < . 1 ack 2897\n2.01s > . 2897:4345 ack 1\n2.02s < . 1 ack 4345\n")
	if c.Unsent() != 5000-3*1448 {
		t.Errorf("%d bytes wait", c.Unsent())
	}
}

// TestWindowLimitsTheRate: without scaling, 64 KiB less one each round trip.
func TestWindowLimitsTheRate(t *testing.T) {
	s := plain("reno")
	s.WindowScale = false
	r, c, v := pair(t, s, s)
	r.say(0, 1<<40)
	r.Run(ms(2030))
	had := v.Received()
	r.Run(ms(4030))
	if trips := int64(100); v.Received()-had != trips*45*1448 {
		t.Errorf("%d bytes in %d round trips; the window holds 45 segments", v.Received()-had, trips)
	}
	if c.Window().Size > 100*1448 {
		t.Errorf("the congestion window grew to %d although it was not used", c.Window().Size)
	}
}

// TestIdle: after a timeout's silence a sender begins with ten segments again.
func TestIdle(t *testing.T) {
	s := plain("reno")
	for _, begin := range []bool{true, false} {
		s.SlowStartIdle = begin
		r, c, _ := pair(t, s, s)
		r.say(0, 100*1448)
		r.Run(ms(200))
		grown := c.Window().Size
		r.Now = ms(500)
		r.say(0, 100*1448)
		want := grown
		if begin {
			want = 10 * 1448
		}
		if c.Window().Size != want || grown < 60*1448 {
			t.Errorf("slow start after idle %v: window %d after %d", begin, c.Window().Size, grown)
		}
	}
}

// TestKeepalive: nine questions, 75 s apart, after two hours of silence.
func TestKeepalive(t *testing.T) {
	s := plain("reno")
	s.Keepalive = true
	r, c, v := pair(t, s, plain("reno"))
	r.Run(ms(7_300_000))
	r.want("alive", "2h0m0.02s > . 0 ack 1\n2h0m0.03s < . 1 ack 1\n")
	r.Loses = func(int, *tcp.Segment) bool { return true }
	r.Run(mesh.Never - 1)
	if want := ms(2*7_200_000 + 40 + 9*75_000); c.End() != tcp.GoneDead || r.Now != want {
		t.Errorf("%v at %v, want %v", c.End(), r.Now, want)
	}
	if v.State() != tcp.Established {
		t.Errorf("the server is %v; it never learns", v.State())
	}
}

// TestCloses: one side after the other, both at once, half a close, RST.
func TestCloses(t *testing.T) {
	s := plain("reno")
	states := func(c, v *tcp.Endpoint) string { return fmt.Sprint(c.State(), " ", v.State()) }
	r, c, v := pair(t, s, s)
	c.Close(r.Now)
	r.Flush(0, 0)
	r.Run(ms(60))
	if got := states(c, v); got != "fin_wait_2 close_wait" {
		t.Errorf("half closed: %s", got)
	}
	r.say(1, 50)
	v.Close(r.Now)
	r.Flush(0, 1)
	r.Run(ms(110))
	if got := states(c, v); got != "time_wait closed" || c.Received() != 50 || !c.Ended() {
		t.Errorf("closed: %s, %d", got, c.Received())
	}
	r.Run(mesh.Never - 1)
	if r.Now != ms(60_060) || c.End() != tcp.Finished {
		t.Errorf("TIME_WAIT ends at %v, %v", r.Now, c.End())
	}
	r, c, v = pair(t, s, s)
	c.Close(r.Now)
	v.Close(r.Now)
	r.Flush(0, 0)
	r.Flush(0, 1)
	r.Run(ms(45))
	if got := states(c, v); got != "closing closing" {
		t.Errorf("both at once: %s", got)
	}
	r.Run(ms(55))
	if got := states(c, v); got != "time_wait time_wait" {
		t.Errorf("both at once, then: %s", got)
	}
	r, c, v = pair(t, s, s)
	r.say(0, 5000)
	c.Abort(r.Now)
	r.Flush(0, 0)
	r.Run(mesh.Never - 1)
	if c.End() != tcp.Aborted || v.End() != tcp.ResetEnd || v.Received() != 5000 {
		t.Errorf("aborted: %v, %v, %d", c.End(), v.End(), v.Received())
	}
}

// TestBothOpen: two SYNs cross (RFC 9293, figure 8).
func TestBothOpen(t *testing.T) {
	s := plain("reno")
	r := newRig(t, 1, wire(10*time.Millisecond, 0), wire(10*time.Millisecond, 0)).recorded()
	c, v := tcp.New(&s), tcp.New(&s)
	r.Add(c, v)
	c.Open(0)
	v.Open(0)
	c.Write(0, 100, 1)
	r.start().Run(ms(100))
	if c.State() != tcp.Established || v.State() != tcp.Established || v.Received() != 100 {
		t.Errorf("%v, %v, %d\n%s", c.State(), v.State(), v.Received(), r.log)
	}
}
