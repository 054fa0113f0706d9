package tcp

import (
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

// TestNothingIsAllocated in the whole life of a connection whose endpoints were
// used before: handshake, 100 kB with every tenth segment lost, close, reset.
func TestNothingIsAllocated(t *testing.T) {
	for _, row := range Controls.Rows() {
		var s Settings
		s.SetDefaults()
		s.Congestion.choose(row.Name)
		c, v := New(&s), New(&s)
		life := func() {
			c.Reset(&s)
			v.Reset(&s)
			v.Listen()
			c.Open(0)
			c.Write(0, 100_000, 1)
			now := talk(0, c, v, func() bool { return v.Received() == 100_000 })
			c.Close(now)
			talk(now, c, v, func() bool { return c.State() == FinWait2 })
			if _, ok := c.Passed(v.Received()); !ok || v.State() == Established {
				t.Fatalf("%s: %d bytes, %v", row.Name, v.Received(), v.State())
			}
		}
		life()
		if n := testing.AllocsPerRun(20, life); n != 0 {
			t.Errorf("%s: %v allocations in a life", row.Name, n)
		}
	}
}

// talk carries segments, but for every tenth, and lets time pass until
// something has come about.
func talk(now mesh.Time, c, v *Endpoint, done func() bool) mesh.Time {
	var s Segment
	sent := 0
	for ; !done(); now += 1e6 {
		for e, peer := c, v; ; e, peer = peer, e {
			quiet := true
			for e.Next(now, &s) {
				quiet = false
				if sent++; sent%10 != 9 || s.Len == 0 {
					peer.Arrives(now, &s)
				}
			}
			if quiet && e == v {
				break
			}
		}
		c.Wake(now)
		v.Wake(now)
	}
	return now
}
