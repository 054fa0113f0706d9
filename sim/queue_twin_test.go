package sim

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

// naiveQueue is the queue as one would explain it: a sorted list.
type naiveQueue struct{ events []event }

func (q *naiveQueue) push(at mesh.Time, key, ref uint64) {
	i, _ := slices.BinarySearchFunc(q.events, at, func(e event, at mesh.Time) int {
		if e.at <= at {
			return -1 // behind its equals
		}
		return 1
	})
	q.events = slices.Insert(q.events, i, event{at, key, ref})
}

func (q *naiveQueue) pop() (event, bool) {
	if len(q.events) == 0 {
		return event{}, false
	}
	e := q.events[0]
	q.events = q.events[1:]
	return e, true
}

// twins drives the queue and its naive twin through the same script.
type twins struct {
	t     *testing.T
	queue queue
	naive naiveQueue
	now   mesh.Time
	key   uint64
}

func (w *twins) push(delay mesh.Time) {
	at := w.now + min(delay, mesh.Never-w.now)
	w.key++
	w.queue.push(at, w.key<<8, ^w.key)
	w.naive.push(at, w.key<<8, ^w.key)
	w.sameLength()
}

func (w *twins) pop() {
	got, ok := w.queue.pop()
	want, wantOK := w.naive.pop()
	if got != want || ok != wantOK {
		w.t.Fatalf("after %d pushes, at %v: pop gave %v %v, want %v %v", w.key, w.now, got, ok, want, wantOK)
	}
	if ok {
		w.now = got.at
	}
	w.sameLength()
}

func (w *twins) sameLength() {
	if got, want := w.queue.len(), len(w.naive.events); got != want {
		w.t.Fatalf("after %d pushes, at %v: %d events wait, want %d", w.key, w.now, got, want)
	}
}

func (w *twins) drain() {
	for len(w.naive.events) > 0 {
		w.pop()
	}
	w.pop() // nothing
}

// play pushes and pops at random, in phases that grow and phases that shrink,
// one by one or in runs.
func (w *twins) play(rng *rand.Rand, wait waitKind, phases int) {
	for range phases {
		sound(w.t, &w.queue)
		growth, longest := rng.Float64(), 1<<rng.IntN(7)
		for left := 1 << rng.IntN(12); left > 0; {
			run := 1 + rng.IntN(longest)
			switch grows := rng.Float64() < growth; {
			case grows && rng.IntN(8) == 0:
				w.crowd(run, mesh.Time(1)<<rng.IntN(24))
			case grows:
				w.each(run, func() { w.push(wait(rng)) })
			default:
				w.each(run, w.pop)
			}
			left -= run
		}
	}
}

func (w *twins) each(times int, do func()) {
	for range times {
		do()
	}
}

// crowd pushes events that are spread evenly from now on.
func (w *twins) crowd(size int, step mesh.Time) {
	for i := range mesh.Time(size) {
		w.push(i * step)
	}
}

// waitKind draws how far ahead the next event lies.
type waitKind func(*rand.Rand) mesh.Time

var workloads = map[string]waitKind{
	"at once":     func(r *rand.Rand) mesh.Time { return 0 },
	"constant":    func(r *rand.Rand) mesh.Time { return 250_000 },
	"nanoseconds": func(r *rand.Rand) mesh.Time { return mesh.Time(r.IntN(3)) },
	"exponential": func(r *rand.Rand) mesh.Time { return mesh.Time(r.ExpFloat64() * 1e9) },
	"one instant": func(r *rand.Rand) mesh.Time { return mesh.Time(r.IntN(100)/99) * 1e9 },
	"steps":       func(r *rand.Rand) mesh.Time { return mesh.Time(r.IntN(5)) * 1e9 },
	"bimodal":     func(r *rand.Rand) mesh.Time { return mesh.Time(r.IntN(100_000) + r.IntN(10)/9*15e9) },
	"heavy tail":  func(r *rand.Rand) mesh.Time { u := r.Float64() + 1e-4; return mesh.Time(1e3 / (u * u * u)) },
	"never": func(r *rand.Rand) mesh.Time {
		if r.IntN(50) == 0 {
			return mesh.Never
		}
		return mesh.Time(r.IntN(1e7))
	},
	"any scale": func(r *rand.Rand) mesh.Time { return mesh.Time(r.Uint64() >> (1 + r.IntN(63))) },
	"shifting":  shifting,
	"chain": func(r *rand.Rand) mesh.Time {
		return [...]mesh.Time{0, 50e3, 250e3, mesh.Time(r.ExpFloat64() * 5e6), 15e9}[r.IntN(5)]
	},
}

// shifting draws from narrow bands on all scales: fronts grow crowded in the
// middle of a bucket.
func shifting(r *rand.Rand) mesh.Time {
	scale := 1 << r.IntN(16)
	return mesh.Time(r.IntN(20)*scale + r.IntN(4))
}

func TestQueueIsASortedList(t *testing.T) {
	for name, wait := range workloads {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(12) {
				w := &twins{t: t}
				rng := rand.New(rand.NewPCG(seed, 0))
				w.play(rng, wait, 20)
				if seed%2 == 0 {
					w.drain()
				} else {
					w.queue.reset()
					w.naive, w.now = naiveQueue{}, 0
				}
				w.play(rng, wait, 10)
				w.drain()
			}
		})
	}
}

// FuzzQueue reads a script: of each byte pair the first says what to do and on
// which scale, the second how far ahead.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{1, 1, 65, 2, 0, 0, 0, 0})
	f.Add([]byte("one after the other, and some at the same time"))
	f.Fuzz(func(t *testing.T, script []byte) {
		w := &twins{t: t}
		script = script[:min(len(script), 200)]
		for ; len(script) >= 2; script = script[2:] {
			scale, far := script[0]%64, mesh.Time(script[1])
			sound(t, &w.queue)
			switch script[0] / 64 {
			case 0:
				w.pop()
			case 1:
				w.push(min(far<<min(scale, 54), mesh.Never))
			case 2: // a crowd, spread evenly
				w.crowd(4*int(scale), far)
			case 3: // a crowd leaves
				w.each(int(scale), w.pop)
			}
		}
		w.drain()
	})
}
