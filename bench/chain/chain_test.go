package chain

import (
	"math"
	"testing"
)

func BenchmarkRun(b *testing.B) {
	const requests = 100_000
	for b.Loop() {
		Run(requests, 1)
	}
	b.ReportMetric(float64(b.N)*requests/b.Elapsed().Seconds(), "requests/s")
}

func TestEveryRequestTakes22Events(t *testing.T) {
	r := Run(50_000, 1)
	if r.Requests != 50_000 || r.Events != Events*r.Requests {
		t.Errorf("%d answers in %d events, want 50000 in %d each", r.Requests, r.Events, Events)
	}
}

// TestLatencyIsThatOfThePeers also holds it to the least that it can be: links,
// proxies and work without any waiting.
func TestLatencyIsThatOfThePeers(t *testing.T) {
	least := float64(hops*(2*link+4*passage)) / 1e6
	for _, mean := range workMean {
		least += mean / 1e6
	}
	r := Run(400_000, 2)
	if r.MeanMs < least {
		t.Errorf("mean latency %v ms is below %v ms, which it takes without waiting", r.MeanMs, least)
	}
	if math.Abs(r.MeanMs-MeanMs) > 0.4 || math.Abs(r.P99Ms-P99Ms) > 2 {
		t.Errorf("mean %v ms and p99 %v ms, want %v and %v", r.MeanMs, r.P99Ms, MeanMs, P99Ms)
	}
}

func TestRecorderKeepsElevenBits(t *testing.T) {
	for _, ns := range []int64{0, 1, 2047, 2048, 4095, 4096, 1e6 + 7, 15_347_263, 1 << 40, math.MaxInt64} {
		var r recorder
		r.record(ns)
		if got := r.quantile(0.99); got > ns || ns-got > ns>>subBits {
			t.Errorf("%d was kept as %d", ns, got)
		}
	}
}
