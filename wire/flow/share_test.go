package flow_test

import (
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/flow"
	"github.com/meshdyno/meshdyno/wire/lab"
)

// sharing is connections that each begin to send so many bytes at once, over
// one transmitter.
type sharing struct {
	cell
	connections int
}

// packet is when each is done.
func (s sharing) packet() []float64 {
	wire, host := s.settings()
	l := lab.New(&wire, &wire, 1)
	for range s.connections {
		client, _ := l.Connect(&host, &host)
		client.Write(0, s.bytes, 0)
	}
	done := make([]float64, s.connections)
	l.Start()
	l.RunWhile(func() bool {
		left := false
		for i, ends := range l.Ends {
			if done[i] == 0 && ends[1].Received() == s.bytes {
				done[i] = l.Now.Seconds()
			}
			left = left || done[i] == 0
		}
		return left
	})
	return done
}

// flow offers them in pieces, each when the one before is sent, as an engine
// does.
func (s sharing) flow(piece int64) []float64 {
	r := s.newFlow()
	conns, at, left := make([]flow.Conn, s.connections), make([]mesh.Time, s.connections), make([]int64, s.connections)
	free := mesh.Time(0)
	for i := range conns {
		dice := chance.Keyed(uint64(i))
		at[i], left[i] = r.path.Open(0, &conns[i], &free, &dice), s.bytes
	}
	done := make([]float64, s.connections)
	for range conns {
		for {
			i := earliest(at)
			if at[i] == mesh.Never {
				return done
			}
			dice := chance.Keyed(uint64(left[i])<<8 | uint64(i))
			n := min(piece, left[i])
			d := r.walker.Send(at[i], r.path, &conns[i].There, &free, n, &dice)
			left[i] -= n
			if at[i] = max(d.Sent, at[i]); left[i] == 0 {
				at[i], done[i] = mesh.Never, d.Last.Seconds()
			}
		}
	}
	return done
}

func earliest(at []mesh.Time) (first int) {
	for i := range at {
		if at[i] < at[first] {
			first = i
		}
	}
	return first
}

// TestSharing: connections that fill a bottleneck together are done when
// packets say, within 15 % in the mean: pieces are served in turn, as packets
// are, but a piece waits for acknowledgements as if all before it had just been
// sent.
func TestSharing(t *testing.T) {
	for _, s := range []sharing{
		{cell{kind: "cubic", bytes: 1_000_000, trip: 20 * time.Millisecond, rate: 20 * unit.Mbps}, 2},
		{cell{kind: "cubic", bytes: 1_000_000, trip: 20 * time.Millisecond, rate: 20 * unit.Mbps}, 4},
		{cell{kind: "reno", bytes: 300_000, trip: 50 * time.Millisecond, rate: 100 * unit.Mbps}, 8},
		{cell{kind: "reno", bytes: 100_000, trip: 2 * time.Millisecond, rate: unit.Gbps}, 16},
	} {
		s.nodelay, s.delayed = true, 40*time.Millisecond
		p, whole, f := figuresOf(s.packet()), figuresOf(s.flow(s.bytes)), figuresOf(s.flow(64<<10))
		t.Logf("%v x %d | mean %8.5f, whole %8.5f, pieces %8.5f %+6.1f %% | last %8.5f %8.5f %8.5f", s.cell, s.connections, p.mean, whole.mean, f.mean, 100*(f.mean/p.mean-1), p.p99, whole.p99, f.p99)
		if math.Abs(f.mean/p.mean-1) > 0.15 {
			t.Errorf("%v x %d: not within 15 %%", s.cell, s.connections)
		}
	}
}
