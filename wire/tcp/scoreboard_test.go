package tcp

import (
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// connected are two ends after the handshake, with a window that limits nothing.
func connected(t *testing.T) (c, v *Endpoint) {
	t.Helper()
	var s Settings
	s.SetDefaults()
	s.LossDetection, s.DelayedAck, s.PRR = "duplicates", 0, false
	s.ReceiveBuffer = unit.GiB
	c, v = New(&s), New(&s)
	v.Listen()
	c.Open(0)
	for moved := true; moved; {
		moved = pass(c, v) || pass(v, c)
	}
	if c.state != Established || v.state != Established {
		t.Fatalf("%v, %v", c.state, v.state)
	}
	c.window.Size = unlimited
	return c, v
}

func pass(from, to *Endpoint) bool {
	var s Segment
	if !from.Next(0, &s) {
		return false
	}
	to.Arrives(0, &s)
	return true
}

// naive is the scoreboard as RFC 6675 describes it: what each block says of
// each segment, and IsLost by counting.
type naive struct {
	segments []Segment
	una      int64
	has      []bool
}

func (n *naive) ack(s *Segment) {
	n.una = max(n.una, s.Ack)
	for i := range n.segments {
		for _, b := range s.Blocks[:s.Count] {
			if b.From <= n.segments[i].Seq && n.segments[i].End() <= b.To {
				n.has[i] = true
			}
		}
	}
}

func (n *naive) lost(i int) bool {
	count, bytes := 0, int64(0)
	for j := i + 1; j < len(n.segments); j++ {
		if n.has[j] && n.segments[j].Seq >= n.una {
			count++
			bytes += int64(n.segments[j].Len)
		}
	}
	return count >= threshold || bytes > (threshold-1)*1448
}

// TestScoreboard lets segments arrive in any order, some twice, some never, and
// acknowledgements too, and compares the scoreboard with the naive one after
// each.
func TestScoreboard(t *testing.T) {
	d := chance.New(1, 0, "tcp", "scoreboard")
	for range 200 {
		c, v := connected(t)
		n := &naive{una: 1}
		for range 1 + d.IntN(80) {
			c.Write(0, 1+int64(d.IntN(1448)), 0)
			c.settings.NoDelay = true
			for s := (Segment{}); c.Next(0, &s); {
				n.segments = append(n.segments, s)
			}
		}
		n.has = make([]bool, len(n.segments))
		var acks []Segment
		for range 2 * len(n.segments) {
			i := d.IntN(len(n.segments))
			if i%7 == 3 { // lost
				continue
			}
			s := n.segments[i]
			v.Arrives(0, &s)
			for a := (Segment{}); v.Next(0, &a); {
				acks = append(acks, a)
			}
			for len(acks) > 0 && d.IntN(3) > 0 {
				k := d.IntN(len(acks))
				a := acks[k]
				acks = append(acks[:k], acks[k+1:]...)
				n.ack(&a)
				c.Arrives(0, &a)
				compare(t, c, n)
			}
		}
	}
}

func compare(t *testing.T, c *Endpoint, n *naive) {
	t.Helper()
	var gone, held, waits int64
	at := c.board.first
	for i, s := range n.segments {
		if s.End() <= n.una {
			continue
		}
		r := c.board.at(at)
		at++
		if r.seq != s.Seq || r.is(sacked) != n.has[i] {
			t.Fatalf("segment %d at %d: %+v; the naive one has it: %v", i, s.Seq, *r, n.has[i])
		}
		if n.has[i] {
			held += int64(s.Len)
		} else if n.lost(i) {
			gone += int64(s.Len)
			waits++
		}
		if want := !n.has[i] && n.lost(i); r.is(lost) != want {
			t.Fatalf("segment %d: lost %v, the naive one says %v", i, r.is(lost), want)
		}
	}
	b := &c.board
	if at != b.end || b.sackedBytes != held || b.lostBytes != gone || int64(b.waiting) != waits || b.outBytes != 0 {
		t.Fatalf("sums %d, %d, %d, %d; the naive ones are %d, %d, %d", b.sackedBytes, b.lostBytes, b.waiting, b.outBytes, held, gone, waits)
	}
	if want := c.nxt - n.una - held - gone; c.pipe() != want {
		t.Fatalf("pipe %d, want %d", c.pipe(), want)
	}
}
