package sim

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/mesh"
)

// event is one entry of the queue: 24 bytes, a value, no pointers.
type event struct {
	at  mesh.Time // when it happens
	key uint64    // sequence<<8 | kind: unique, so that (at, key) is a total order
	ref uint64    // whom it concerns; the model knows how to read it
}

// queue holds the events to come and gives them back by (at, key). Two rules
// make it fast: no event is pushed before the last one popped, and keys grow
// from push to push, so that equal times need no comparison: first in, first
// out. The zero value is an empty queue.
//
//	front                      buckets
//	|sorted, <= manyEvents|    |unsorted|unsorted|   unsorted   |  ...
//	now                   edge                             ... mesh.Never
//
// The next few events stand sorted in front. All others lie unsorted in
// buckets, each of which covers a span of 2^k ns. When front is empty the
// earliest bucket is opened: a thin one is sorted into front, a thick one is
// dealt out over a fan of narrower buckets, as many as its crowd asks for. An
// event is so moved two or three times in its life, however many wait.
//
// It is a ladder queue (Tang, Goh and Thng, ACM TOMACS 15(3), 2005) whose
// rungs are aligned to powers of two, which turns the search for the rung into
// one table look-up, as in a radix heap (Ahuja, Mehlhorn, Orlin and Tarjan,
// J. ACM 37(2), 1990): what decides is the highest bit in which a time differs
// from where the queue stands. A far outlier then costs nothing: it lies in the
// bucket of its own high bit until time comes near.
type queue struct {
	front []event // front[head:] wait, sorted
	head  int
	edge  uint64 // every event before edge is in front, every other in a bucket
	width int    // front covers the 2^width ns before edge
	ladder
}

const (
	fewEvents  = 32      // a bucket of so many is sorted instead of dealt out
	manyEvents = 64      // front holds no more, unless they are at one instant
	endOfTime  = 1 << 63 // the first nanosecond after mesh.Never
	timeBits   = 63
)

// len counts the events that wait.
func (q *queue) len() int { return len(q.front) - q.head + q.inBuckets }

// reset forgets all events and keeps the memory.
func (q *queue) reset() {
	q.front, q.head = q.front[:0], 0
	q.ladder.clear()
	q.coverAll(0)
}

// push adds an event. The key must be above all keys pushed before, and at
// no earlier than the last event popped.
func (q *queue) push(at mesh.Time, key, ref uint64) {
	if uint64(at) < q.edge {
		q.insert(event{at, key, ref})
		return
	}
	// The body of put, by hand: a call would cost more than what it does.
	i := q.bucketOf(uint64(at))
	if i >= len(q.buckets) {
		q.pushFirst(event{at, key, ref})
		return
	}
	b := &q.buckets[i]
	if b.n%chunkSize == 0 {
		q.extend(i)
	}
	b.last.events[b.n%chunkSize] = event{at, key, ref}
	b.n++
	q.inBuckets++
}

// pushFirst makes a zero value ready.
func (q *queue) pushFirst(e event) {
	q.coverAll(0)
	q.insert(e)
}

// pop takes the first event out; false when there is none.
func (q *queue) pop() (event, bool) {
	if q.head == len(q.front) {
		return q.popBucket()
	}
	e := q.front[q.head]
	q.head++
	return e, true
}

// popBucket is pop with an empty front.
func (q *queue) popBucket() (event, bool) {
	if !q.refill() {
		return event{}, false
	}
	return q.pop()
}

// refill brings the next events into the empty front; false when there are
// none.
func (q *queue) refill() bool {
	now := q.floor()
	q.front, q.head = q.front[:0], 0
	for len(q.front) == 0 && q.inBuckets > fewEvents {
		q.open(q.first())
	}
	if len(q.front) > 0 {
		return true
	}
	for q.inBuckets > 0 {
		i, _, _ := q.first()
		q.take(i)
	}
	q.coverAll(now)
	return len(q.front) > 0
}

// open moves the events of bucket i, which covers 2^width ns from start on, to
// front if they are few, and one step nearer to it if they are many.
func (q *queue) open(i int, start uint64, width int) {
	n := q.buckets[i].n
	if n <= fewEvents || width == 0 {
		q.pos = start
		q.cover(start, width)
		q.take(i)
		return
	}
	high := q.spread(i)
	if high == 0 {
		q.fan(q.pos, 0, width, n)
		q.cover(q.pos, 0)
		q.take(i)
		return
	}
	q.fan(q.pos, high, width, n)
	q.deal(i)
}

// cover lets front take every event before the end of 2^width ns from start.
func (q *queue) cover(start uint64, width int) {
	q.width, q.edge = width, start+1<<width
}

// coverAll lets front take every event there is, from now on.
func (q *queue) coverAll(now uint64) {
	q.pos = now
	q.cover(0, timeBits)
}

// floor returns a time that no event to come lies before, in what front covers:
// pos, or an event popped since then. That is the last one popped, unless room
// before head was used up.
func (q *queue) floor() uint64 {
	if q.head == 0 {
		return q.pos
	}
	return max(q.pos, uint64(q.front[q.head-1].at))
}

// bitLen counts the bits that x needs; 0 needs none.
func bitLen(x uint64) int { return bits.Len64(x) }
