package sim

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"github.com/meshdyno/meshdyno/mesh"
)

func TestAnEventIs24Bytes(t *testing.T) {
	if size := unsafe.Sizeof(event{}); size != 24 {
		t.Fatalf("an event takes %d bytes, want 24", size)
	}
}

func TestEqualTimesLeaveInTheOrderOfTheirPushes(t *testing.T) {
	const crowd = 100_000
	var q queue
	q.push(mesh.Never, 0, 0)
	for key := uint64(1); key <= crowd; key++ {
		q.push(7e9, key, 0)
	}
	for key := uint64(1); key <= 3*crowd; key++ {
		e, _ := q.pop()
		if e.key != key || e.at != 7e9 {
			t.Fatalf("pop %d gave %v", key, e)
		}
		if key <= 2*crowd { // each of them asks for one more, now
			q.push(e.at, crowd+key, 0)
		}
	}
	if e, ok := q.pop(); !ok || e.at != mesh.Never {
		t.Fatalf("the last event is %v, want the one at the far end of time", e)
	}
}

func TestAPopulationMayGrowAndDrain(t *testing.T) {
	w := &twins{t: t}
	rng := rand.New(rand.NewPCG(1, 0))
	for range 20_000 {
		w.push(workloads["exponential"](rng))
	}
	for len(w.naive.events) > 0 {
		w.pop()
		w.pop()
		w.push(workloads["exponential"](rng))
		w.pop()
	}
	w.drain()
}

func TestALargePopulationComesInOrder(t *testing.T) {
	const events = 300_000
	rng := rand.New(rand.NewPCG(2, 0))
	var q queue
	for key := range uint64(events) {
		q.push(workloads["exponential"](rng), key, 0)
	}
	seen, last, next := make([]bool, 2*events), event{}, uint64(events)
	for e, ok := q.pop(); ok; e, ok = q.pop() {
		if seen[e.key] || e.at < last.at || e.at == last.at && e.key < last.key {
			t.Fatalf("%v came after %v", e, last)
		}
		seen[e.key], last = true, e
		if e.key < events { // each comes back once, under a new key
			q.push(e.at+1e9, next, 0)
			next++
		}
	}
	if i := slices.Index(seen, false); i >= 0 {
		t.Errorf("event %d never came", i)
	}
}

func TestASteadyQueueAllocatesNothing(t *testing.T) {
	for name, wait := range workloads {
		rng := rand.New(rand.NewPCG(3, 0))
		q, key := queue{}, uint64(0)
		for range 5000 {
			key++
			q.push(wait(rng), key, 0)
		}
		step := func() {
			for range 1000 {
				e, _ := q.pop()
				key++
				q.push(e.at+min(wait(rng), mesh.Never-e.at), key, 0)
			}
		}
		for range 300 {
			step()
		}
		if n := testing.AllocsPerRun(50, step); n >= 1 {
			t.Errorf("%s: %v allocations in 1000 events, want none", name, n)
		}
	}
}

func TestResetKeepsTheMemory(t *testing.T) {
	var q queue
	run := func() {
		q.reset()
		for key := range uint64(3000) {
			q.push(mesh.Time(key*key%100_003), key, 0)
		}
		for range 1000 {
			q.pop()
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n != 0 {
		t.Errorf("a run after a reset made %v allocations, want none", n)
	}
}

// A run is calm and then not: the workload changes all the time.
func TestTheWorkloadMayChange(t *testing.T) {
	names := slices.Sorted(maps.Keys(workloads))
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		w := &twins{t: t}
		for range 15 {
			w.play(rng, workloads[names[rng.IntN(len(names))]], 1)
		}
	}
}

// An event takes its 24 bytes and, with the chunks that are not full and the
// rungs, little more.
func TestAMillionEventsTakeLittleMoreThanTheirSize(t *testing.T) {
	const events = 1_000_000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rng := rand.New(rand.NewPCG(4, 0))
	var q queue
	now := mesh.Time(0)
	for key := range uint64(2 * events) {
		q.push(now+workloads["exponential"](rng), key, 0)
		if key >= events {
			e, _ := q.pop()
			now = e.at
		}
	}
	runtime.ReadMemStats(&after)
	if each := float64(after.TotalAlloc-before.TotalAlloc) / events; each > 1.5*24 {
		t.Errorf("a waiting event takes %.1f bytes, want less than 36", each)
	} else {
		t.Logf("a waiting event takes %.1f bytes", each)
	}
}
