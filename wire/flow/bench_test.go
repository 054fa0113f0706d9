package flow_test

import (
	"testing"
	"time"
	"unsafe"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/flow"
)

// BenchmarkSend is one message on a connection that is set up, each a
// millisecond after the last has come home.
func BenchmarkSend(b *testing.B) {
	for _, c := range []struct {
		name string
		cell
	}{
		{"1 kB", cell{kind: "cubic", bytes: 1000, trip: time.Millisecond}},
		{"1 kB, 1 Gb/s", cell{kind: "cubic", bytes: 1000, trip: time.Millisecond, rate: unit.Gbps}},
		{"1 kB, 0.1 % lost", cell{kind: "cubic", bytes: 1000, trip: time.Millisecond, loss: 0.001}},
		{"1 kB, 1 % lost", cell{kind: "cubic", bytes: 1000, trip: time.Millisecond, loss: 0.01}},
		{"100 kB", cell{kind: "cubic", bytes: 100_000, trip: time.Millisecond}},
		{"100 kB, 1 % lost", cell{kind: "cubic", bytes: 100_000, trip: time.Millisecond, loss: 0.01}},
		{"1 MB, 1 Gb/s", cell{kind: "cubic", bytes: 1_000_000, trip: time.Millisecond, rate: unit.Gbps}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.nodelay, c.delayed = true, 40*time.Millisecond
			r := c.newFlow()
			var conn flow.Conn
			free := mesh.Time(0)
			dice := chance.Keyed(1)
			now := r.path.Open(0, &conn, &free, &dice)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				dice = chance.Keyed(uint64(i))
				r.walker.Send(now, r.path, &conn.There, &free, c.bytes, &dice)
				now = conn.There.Quiet(now, r.path) + 1e6
			}
		})
	}
}

// TestSmallAndWithoutAllocation: a connection is 32 bytes, and messages
// allocate nothing once the walker is as large as it gets.
func TestSmallAndWithoutAllocation(t *testing.T) {
	if n := unsafe.Sizeof(flow.Conn{}); n > 32 {
		t.Errorf("a connection takes %d bytes", n)
	}
	for _, kind := range []string{"reno", "cubic"} {
		c := cell{kind: kind, bytes: 300_000, trip: time.Millisecond, loss: 0.01, nodelay: true}
		r, n := c.newFlow(), uint64(0)
		life := func() {
			var conn flow.Conn
			free := mesh.Time(0)
			n++
			dice := chance.Keyed(n % 50)
			now := r.path.Open(0, &conn, &free, &dice)
			r.walker.Send(now, r.path, &conn.There, &free, c.bytes, &dice)
			r.walker.Send(now, r.path, &conn.There, &free, 1000, &dice)
		}
		for range 50 {
			life()
		}
		if n := testing.AllocsPerRun(100, life); n != 0 {
			t.Errorf("%s: %v allocations", kind, n)
		}
	}
}
