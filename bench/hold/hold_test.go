package hold

import (
	"fmt"
	"testing"
)

func BenchmarkHold(b *testing.B) {
	for _, waiting := range []int{1e2, 1e4, 1e6} {
		for _, l := range Loops {
			b.Run(fmt.Sprintf("%s/%d", l.Name, waiting), func(b *testing.B) {
				loop := l.New(waiting, NewWaits(1))
				loop.Hold(3 * waiting)
				b.ReportAllocs()
				b.ResetTimer()
				loop.Hold(b.N)
			})
		}
	}
}

// The same waits, the same events: whatever holds them, the last event is at
// the same moment.
func TestTheLoopsAgree(t *testing.T) {
	for _, waiting := range []int{1, 2, 100, 20_000} {
		want := NewHeap(waiting, NewWaits(1)).Hold(300_000)
		for _, l := range Loops {
			if got := l.New(waiting, NewWaits(1)).Hold(300_000); got != want {
				t.Errorf("with %d waiting the %s ends at %d, the heap at %d", waiting, l.Name, got, want)
			}
		}
	}
}
