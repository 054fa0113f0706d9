package tcp_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/link"
)

// BenchmarkPackets is a bulk transfer over a bottleneck of 1 Gb/s, an operation
// being one packet that arrives, data or acknowledgement: the link on its way,
// the endpoint that gets it, the rig's calendar, and what is sent in answer.
func BenchmarkPackets(b *testing.B) {
	tail := &link.DropTail{Limit: 1000}
	for _, c := range []struct {
		name, kind string
		there      link.Settings
	}{
		{"reno", "reno", wire(5*time.Millisecond, unit.Gbps)},
		{"cubic", "cubic", wire(5*time.Millisecond, unit.Gbps)},
		{"cubic, drop_tail", "cubic", queued(wire(5*time.Millisecond, unit.Gbps), "drop_tail", tail)},
		{"cubic, 0.1% loss", "cubic", losing(wire(5*time.Millisecond, unit.Gbps), "bernoulli", &link.Bernoulli{Rate: 0.001})},
		{"cubic, 2% loss", "cubic", losing(wire(5*time.Millisecond, unit.Gbps), "bernoulli", &link.Bernoulli{Rate: 0.02})},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := plain(c.kind)
			s.DelayedAck = 40 * unit.Millisecond
			r := newRig(b, 1, c.there, wire(5*time.Millisecond, unit.Gbps))
			sender, _ := r.Connect(&s, &s)
			sender.Write(0, 1<<50, 0)
			r.start().RunWhile(func() bool { return r.Events < 200_000 })
			r.Events = 0
			b.ReportAllocs()
			for b.ResetTimer(); r.Events < b.N; {
				r.Step(mesh.Never - 1)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
		})
	}
}
