package tcp_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// TestHandshakeTimeline is a request and its answer over 10 ms each way, packet
// by packet.
func TestHandshakeTimeline(t *testing.T) {
	s := plain("reno")
	r := newRig(t, 1, wire(10*time.Millisecond, 0), wire(10*time.Millisecond, 0)).recorded()
	c, v := r.Connect(&s, &s)
	c.Write(0, 100, 1)
	r.Before = func(_, side int) {
		if _, ok := c.Passed(v.Received()); ok && side == 1 {
			v.Write(r.Now, 3000, 2)
			v.Close(r.Now)
		}
		if _, ok := v.Passed(c.Received()); ok && side == 0 {
			c.Close(r.Now)
		}
	}
	r.start().Run(ms(1000))
	want := `0s > S 0
10ms < S. 0 ack 1
20ms > P. 1:101 ack 1
30ms < . 1:1449 ack 101
30ms < . 1449:2897 ack 101
30ms < FP. 2897:3001 ack 101
40ms > . 101 ack 1449
40ms > . 101 ack 2897
40ms > F. 101 ack 3002
50ms < . 3002 ack 102
`
	if got := r.log.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if c.State() != tcp.Closed || c.End() != tcp.Finished || v.State() != tcp.TimeWait {
		t.Errorf("client %v, %v; server %v", c.State(), c.End(), v.State())
	}
}

// moment is when the last of so many bytes arrives at the server, if the client
// opens at 0 and has them ready.
func moment(t *testing.T, s tcp.Settings, latency time.Duration, bandwidth unit.BitRate, bytes int64) mesh.Time {
	t.Helper()
	r := newRig(t, 1, wire(latency, bandwidth), wire(latency, bandwidth))
	c, v := r.Connect(&s, &s)
	c.Write(0, bytes, 0)
	r.start().RunWhile(func() bool { return v.Received() < bytes })
	return r.Now
}

// TestSlowStartRounds counts round trips. Full segments carry 1448 bytes; ten
// make the first flight, and each flight is twice the one before: after n of
// them 14480 * (2^n - 1) bytes are there. 10 kB fit in 1 flight, 100 kB (70
// segments) in 3, 1 MB (691) in 7. The first leaves after one round trip.
func TestSlowStartRounds(t *testing.T) {
	for _, c := range []struct {
		bytes   int64
		flights mesh.Time
	}{{10_000, 1}, {14_480, 1}, {14_481, 2}, {100_000, 3}, {1_000_000, 7}} {
		const trip = 50e6
		want := trip + (c.flights-1)*trip + trip/2
		for _, kind := range []string{"reno", "cubic"} {
			if got := moment(t, plain(kind), 25*time.Millisecond, 0, c.bytes); got != want {
				t.Errorf("%s: %d bytes arrive at %v, want %v", kind, c.bytes, got, want)
			}
		}
	}
}

// TestSerialization adds what the transmitters take at 10 Mb/s, 0.8 us for each
// byte: SYN and SYN-ACK of 60 bytes, full packets of 1500.
func TestSerialization(t *testing.T) {
	const byteTime = 800
	latency := mesh.Time(25e6)
	opening := 2*latency + 2*60*byteTime
	full := mesh.Time(1500 * byteTime)
	for _, c := range []struct {
		bytes int64
		want  mesh.Time
	}{
		// One full packet.
		{1448, opening + full + latency},
		// A flight of seven: six full packets and one of 52+1312 bytes.
		{10_000, opening + 6*full + (52+1312)*byteTime + latency},
		// The second flight begins when the first packet of the first is
		// acknowledged (52 bytes back), and grows by two packets for each
		// acknowledgement, so that the transmitter never rests: an acknowledgement
		// comes each 1.2 ms and lets 2.4 ms of work in. The third begins the same
		// way when the second's first packet is acknowledged.
		{100_000, opening + 2*(full+latency+52*byteTime+latency) + 39*full + (52+100_000-69*1448)*byteTime + latency},
	} {
		if got := moment(t, plain("reno"), 25*time.Millisecond, 10*unit.Mbps, c.bytes); got != c.want {
			t.Errorf("%d bytes arrive at %v, want %v", c.bytes, got, c.want)
		}
	}
}
