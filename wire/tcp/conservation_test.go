package tcp_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// FuzzTransfer lets two ends write to each other over links that do anything,
// and holds them to what TCP promises whatever the links do:
//
//   - every byte written arrives once and in order, and every mark with it
//   - the sender keeps to the window of the peer, and never forgets a segment
//   - what is sent again was sent before
//   - both ends close, and nothing happens after the end
func FuzzTransfer(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(transfer)
}

// TestTransfers plays the same with random tapes.
func TestTransfers(t *testing.T) {
	d := chance.New(1, 0, "tcp", "tapes")
	games := 3000
	if testing.Short() {
		games = 300
	}
	for range games {
		tape := make([]byte, 20+d.IntN(60))
		for i := range tape {
			tape[i] = byte(d.Uint64())
		}
		transfer(t, tape)
		if t.Failed() {
			t.Fatalf("tape %#v", tape)
		}
	}
}

// tape deals out bytes, and noughts when it is at its end.
type tape struct{ rest []byte }

func (p *tape) next(n int) int {
	if len(p.rest) == 0 {
		return 0
	}
	b := p.rest[0]
	p.rest = p.rest[1:]
	return int(b) % n
}

func (p *tape) yes() bool { return p.next(2) == 1 }

// endSettings draws the settings of an end.
func (p *tape) endSettings() tcp.Settings {
	s := plain([]string{"reno", "cubic"}[p.next(2)])
	bits := p.next(256)
	s.SACK, s.Timestamps, s.WindowScale, s.NoDelay = bits&1 == 0, bits&2 == 0, bits&4 == 0, bits&8 == 0
	s.PRR, s.SlowStartIdle, s.Keepalive = bits&16 == 0, bits&32 == 0, bits&64 == 0
	if bits&128 != 0 {
		s.LossDetection = "duplicates"
	}
	s.DelayedAck = []unit.Duration{0, 40, 200}[p.next(3)] * unit.Millisecond
	s.ReceiveBuffer = []unit.Size{6 << 20, 65535, 3000, 1000, 1}[p.next(5)]
	s.MTU = []unit.Size{1500, 9000, 88, 576}[p.next(4)]
	s.QuickAcks = p.next(20)
	s.InitialWindow = 1 + p.next(20)
	s.Retries, s.SynRetries = 255, 100 // these links are very bad
	s.MaxRTO = 2 * unit.Second
	return s
}

// linkSettings draws those of a link.
func (p *tape) linkSettings() link.Settings {
	s := wire([]time.Duration{0, time.Millisecond, 50 * time.Millisecond}[p.next(3)], []unit.BitRate{0, unit.Mbps, 100 * unit.Mbps}[p.next(3)])
	switch p.next(4) {
	case 1:
		s = losing(s, "bernoulli", &link.Bernoulli{Rate: unit.Ratio(p.next(40)) / 100})
	case 2:
		s = losing(s, "gilbert_elliott", &link.GilbertElliott{ToBad: 0.02, ToGood: 0.3, LossBad: 1})
	}
	switch p.next(5) {
	case 1:
		s = queued(s, "drop_tail", &link.DropTail{Limit: 1 + p.next(50)})
	case 2:
		s = queued(s, "codel", &link.Codel{Limit: 1 + p.next(100), Target: unit.Millisecond, Interval: 20 * unit.Millisecond})
	case 3:
		s = queued(s, "fq_codel", &link.FqCodel{Codel: link.Codel{Limit: 5 + p.next(100), Target: unit.Millisecond, Interval: 20 * unit.Millisecond}, Flows: 4, Quantum: 1514})
	case 4:
		s = queued(s, "red", &link.Red{Limit: 50, Min: 2, Max: 10, MaxP: 0.1, Weight: 0.1, Gentle: true})
	}
	s.Duplicate, s.Corrupt, s.Reorder = unit.Ratio(p.next(20))/100, unit.Ratio(p.next(20))/100, unit.Ratio(p.next(50))/100
	s.ReorderFor = chance.FixedDuration(unit.Duration(p.next(100)) * unit.Millisecond)
	return s
}

// game is one transfer in both directions.
type game struct {
	*rig
	tape    tape
	written [2]int64
	marks   [2]uint64 // given
	passed  [2]uint64 // come back
	had     [2]int64
	highest [2]int64
	edge    [2]int64
	closes  [2]int // writes left before the close
	most    int64  // bytes of a write
}

func transfer(t *testing.T, data []byte) {
	g := &game{tape: tape{data}}
	a, b := g.tape.endSettings(), g.tape.endSettings()
	g.rig = newRig(t, uint64(g.tape.next(256)), g.tape.linkSettings(), g.tape.linkSettings())
	g.closes = [2]int{g.tape.next(6), g.tape.next(6)}
	g.edge = [2]int64{1, 1}
	g.most = 200 * int64(min(a.MTU, a.ReceiveBuffer, b.MTU, b.ReceiveBuffer)) // or it takes for ever
	_, v := g.Connect(&a, &b)
	if g.tape.yes() {
		v.Hold()
	}
	g.Before, g.Loses = g.apply, g.watch
	g.start()
	steps := 0
	for g.Step(mesh.Time(24*time.Hour)) && steps < 2_000_000 {
		steps++
	}
	for side, e := range g.Ends[0] {
		if e.State() != tcp.Closed || e.End() != tcp.Finished || e.WakeAt() != mesh.Never {
			t.Errorf("side %d: %v, %v at %v after %d steps; wakes at %v; %+v", side, e.State(), e.End(), g.Now, steps, e.WakeAt(), e.Counts)
		}
		if got := g.Ends[0][1-side].Received(); got != g.written[side] || g.passed[side] != g.marks[side] {
			t.Errorf("side %d: %d of %d bytes and %d of %d marks arrived", side, got, g.written[side], g.passed[side], g.marks[side])
		}
	}
}

// apply is the application: it reads, writes and closes.
func (g *game) apply(_, side int) {
	e, peer := g.Ends[0][side], g.Ends[0][1-side]
	e.Read(g.Now, 1000)
	if got := e.Received(); got < g.had[side] || got > g.written[1-side] {
		g.t.Errorf("side %d: received %d after %d, and %d were written", side, got, g.had[side], g.written[1-side])
	}
	g.had[side] = e.Received()
	for mark, ok := peer.Passed(e.Received()); ok; mark, ok = peer.Passed(e.Received()) {
		if g.passed[1-side]++; mark != g.passed[1-side] {
			g.t.Errorf("mark %d comes as number %d", mark, g.passed[1-side])
		}
	}
	switch {
	case e.State() != tcp.Established && e.State() != tcp.CloseWait || e.Unsent() > 0:
	case g.closes[side] > 0:
		g.closes[side]--
		g.write(e, side, min(g.most, 1+int64(g.tape.next(256))*int64(1+g.tape.next(256))))
	default:
		e.Close(g.Now)
	}
}

func (g *game) write(e *tcp.Endpoint, side int, n int64) {
	if e.Write(g.Now, n, g.marks[side]+1) {
		g.marks[side]++
		g.written[side] += n
	}
}

// watch looks at every segment that is sent.
func (g *game) watch(side int, s *tcp.Segment) bool {
	if s.Flags&tcp.RST != 0 {
		return false
	}
	g.edge[1-side] = max(g.edge[1-side], s.Ack+s.Window)
	if s.Len > 0 && s.Seq+int64(s.Len) > g.edge[side] && s.Flags&tcp.SYN == 0 {
		g.t.Errorf("side %d sends to %d, and was allowed to send to %d", side, s.End(), g.edge[side])
	}
	if s.Seq > g.highest[side] {
		g.t.Errorf("side %d skips from %d to %d", side, g.highest[side], s.Seq)
	}
	g.highest[side] = max(g.highest[side], s.End())
	if s.Packet() > 9000 {
		g.t.Errorf("a packet of %d bytes", s.Packet())
	}
	return false
}
