package sim

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

// BenchmarkQueueHold is the hold model: each event schedules one more at
// now + a wait, so that the same number always waitKind. The waitKind are drawn
// beforehand; what is measured is one pop and one push.
func BenchmarkQueueHold(b *testing.B) {
	for _, name := range []string{"exponential", "chain", "bimodal", "any scale", "at once"} {
		drawn := drawWaits(workloads[name])
		for _, waiting := range []int{1e2, 1e3, 1e4, 1e6} {
			b.Run(fmt.Sprintf("%s/%d", name, waiting), func(b *testing.B) {
				var q queue
				for key := range waiting {
					q.push(drawn[key%len(drawn)], uint64(key), 0)
				}
				holdModel(&q, drawn, uint64(waiting), 2*waiting)
				b.ReportAllocs()
				b.ResetTimer()
				holdModel(&q, drawn, uint64(3*waiting), b.N)
			})
		}
	}
}

func holdModel(q *queue, drawn []mesh.Time, key uint64, events int) {
	for range events {
		e, _ := q.pop()
		wait := drawn[key%uint64(len(drawn))]
		q.push(e.at.Add(wait.Sub(0)), key, e.ref)
		key++
	}
}

func drawWaits(wait waitKind) []mesh.Time {
	rng := rand.New(rand.NewPCG(1, 0))
	drawn := make([]mesh.Time, 1<<16)
	for i := range drawn {
		drawn[i] = wait(rng)
	}
	return drawn
}
