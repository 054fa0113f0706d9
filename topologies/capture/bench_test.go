package capture_test

import (
	"bytes"
	"testing"

	"github.com/meshdyno/meshdyno/topologies/capture"
)

// BenchmarkRead tells nanoseconds for each packet.
func BenchmarkRead(b *testing.B) {
	file, _ := (&run{latency: 1e6, conns: 50, requests: 4, request: 300, response: 200_000, gap: 1e9}).write(b)
	packets := 0
	b.ReportAllocs()
	for b.Loop() {
		c, err := capture.Read("x", bytes.NewReader(file), capture.Options{})
		if err != nil {
			b.Fatal(err)
		}
		packets += c.Counts.Packets
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
}
