package pcap_test

import (
	"io"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/reports/pcap"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// BenchmarkSegment is one full segment with timestamps.
func BenchmarkSegment(b *testing.B) {
	w := pcap.NewWriter(io.Discard, pcap.Options{})
	talk := &pcap.Conn{ID: 1, Ends: [2]pcap.Socket{{Pod: "web-0", Port: 40000}, {Pod: "db-0", Port: 80}}}
	talk.Data[0].Write(make([]byte, 1<<20))
	p := &pcap.Packet{Conn: talk, Segment: tcp.Segment{Flags: tcp.ACK, Len: 1448, Offers: tcp.WithTimestamps}}
	b.ReportAllocs()
	for i := range b.N {
		p.At, p.Segment.Seq = mesh.Time(i), int64(i%700)*1448
		if err := w.Segment(p); err != nil {
			b.Fatal(err)
		}
	}
}
