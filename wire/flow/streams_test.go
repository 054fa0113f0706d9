package flow_test

import (
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/flow"
	"github.com/meshdyno/meshdyno/wire/lab"
)

// streams are messages of one size on one connection, one after another without
// waiting for answers, as streams of HTTP/2 are: what one loses holds up all
// behind it.
type streams struct {
	cell
	gap   time.Duration
	count int
}

// times are when the messages are offered: at random, but the same for both.
func (s streams) times(key uint64) []mesh.Time {
	dice, at := chance.Keyed(key), mesh.Time(time.Second)
	all := make([]mesh.Time, s.count)
	for i := range all {
		at += mesh.Time(float64(s.gap) * -chance.Log(1-dice.Float64()))
		all[i] = at
	}
	return all
}

func (s streams) packet(key uint64) (waits []float64) {
	wire, host := s.settings()
	l := lab.New(&wire, &wire, key)
	client, server := l.Connect(&host, &host)
	times, came := s.times(key), 0
	note := func() {
		for came < len(times) && server.Received() >= int64(came+1)*s.bytes {
			waits = append(waits, l.Now.Sub(times[came]).Seconds())
			came++
		}
	}
	l.Start()
	for _, at := range times {
		for l.Step(at) {
			note()
		}
		l.Now = at
		client.Write(at, s.bytes, 0)
		l.Flush(0, 0)
	}
	for came < len(times) && l.Step(mesh.Never-1) {
		note()
	}
	return waits
}

func (s streams) flow(key uint64) (waits []float64) {
	r := s.newFlow()
	r.path.Follow = true
	var conn flow.Conn
	free := mesh.Time(0)
	dice := chance.Keyed(chance.Mix(key, 0))
	r.path.Open(0, &conn, &free, &dice)
	for i, at := range s.times(key) {
		dice := chance.Keyed(chance.Mix(key, uint64(i+1)))
		d := r.walker.Send(max(at, 0), r.path, &conn.There, &free, s.bytes, &dice)
		waits = append(waits, d.Last.Sub(at).Seconds())
	}
	return waits
}

// TestStreams holds streams on one connection to packets: within 10 % in the
// mean without loss and with few, and further off the more of the round trips
// have losses, for what is offered later can no longer change what was told.
func TestStreams(t *testing.T) {
	small := cell{kind: "cubic", bytes: 1000, trip: 20 * time.Millisecond}
	large := cell{kind: "cubic", bytes: 20_000, trip: 20 * time.Millisecond}
	losing := func(c cell, loss float64) cell {
		c.loss = loss
		return c
	}
	for _, s := range []struct {
		streams
		within float64
	}{
		{streams{small, 5 * time.Millisecond, 2000}, 0.001},
		{streams{small, 500 * time.Microsecond, 2000}, 0.1},
		{streams{large, 10 * time.Millisecond, 2000}, 0.1},
		{streams{losing(small, 0.001), 5 * time.Millisecond, 20_000}, 0.1},
		{streams{losing(small, 0.01), 50 * time.Millisecond, 20_000}, 0.1},
		{streams{losing(large, 0.01), 50 * time.Millisecond, 5000}, 0.3},
		{streams{losing(small, 0.01), 5 * time.Millisecond, 20_000}, 0.5},
		{streams{losing(small, 0.01), 2 * time.Millisecond, 20_000}, 0.7},
	} {
		s.nodelay, s.delayed = true, 40*time.Millisecond
		p, f := figuresOf(s.packet(1)), figuresOf(s.flow(1))
		t.Logf("%v each %5v | mean %8.5f %8.5f %+6.1f %% | p99 %8.5f %8.5f %+6.1f %%", s.cell, s.gap, p.mean, f.mean, 100*(f.mean/p.mean-1), p.p99, f.p99, 100*(f.p99/p.p99-1))
		if math.Abs(f.mean/p.mean-1) > s.within {
			t.Errorf("%v each %v: not within %.0f %%", s.cell, s.gap, 100*s.within)
		}
	}
}
