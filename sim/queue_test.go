package sim

import (
	"math/rand/v2"
	"sort"
	"testing"
	"unsafe"

	"github.com/meshdyno/meshdyno/mesh"
)

func TestAnEventIs24Bytes(t *testing.T) {
	if size := unsafe.Sizeof(event{}); size != 24 {
		t.Fatalf("an event takes %d bytes, want 24", size)
	}
}

func TestQueueGivesBackInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var q queue
	var want []event
	for key := uint64(0); key < 5000; key++ {
		e := event{mesh.Time(rng.Int64N(1000)), key, rng.Uint64()}
		q.push(e.at, e.key, e.ref)
		want = append(want, e)
	}
	sort.Slice(want, func(i, j int) bool { return want[i].before(want[j]) })
	for i, w := range want {
		if got, ok := q.pop(); !ok || got != w {
			t.Fatalf("pop %d gave %v, want %v", i, got, w)
		}
	}
	if _, ok := q.pop(); ok || q.len() != 0 {
		t.Fatal("an emptied queue still holds something")
	}
}
