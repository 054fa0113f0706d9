package stats

import (
	"math/rand/v2"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

func BenchmarkLatencyRecord(b *testing.B) {
	for _, digits := range []int{2, 3} {
		b.Run(map[int]string{2: "digits=2", 3: "digits=3"}[digits], func(b *testing.B) {
			l, r := NewLatency(digits), rand.New(rand.NewPCG(1, 2))
			var v [8192]int64
			for i := range v {
				v[i] = int64(r.ExpFloat64() * 5e6)
				l.Record(v[i])
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				l.Record(v[i&8191])
			}
		})
	}
}

func BenchmarkTimeWeightedAdd(b *testing.B) {
	var w TimeWeighted
	b.ReportAllocs()
	for now := mesh.Time(0); b.Loop(); now += 7 {
		w.Add(now, 1-2*(int64(now)&1))
	}
}

func BenchmarkBatchesRecord(b *testing.B) {
	var s Batches
	b.ReportAllocs()
	for now := mesh.Time(0); b.Loop(); now += 7 {
		s.Record(now, 1)
	}
}
