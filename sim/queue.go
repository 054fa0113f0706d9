package sim

import "github.com/meshdyno/meshdyno/mesh"

// event is one entry of the queue: 24 bytes, a value, no pointers.
type event struct {
	at  mesh.Time // when it happens
	key uint64    // sequence<<8 | kind: unique, so that (at, key) is a total order
	ref uint64    // whom it concerns; the model knows how to read it
}

// before says whether e comes before f: by time, and among equal times by
// sequence.
func (e event) before(f event) bool {
	return e.at < f.at || e.at == f.at && e.key < f.key
}

// queue holds the events to come, smallest (at, key) first. The zero value is
// an empty queue.
type queue struct {
	heap []event // 4-ary: the children of i are 4i+1 to 4i+4
}

// len counts the events that wait.
func (q *queue) len() int { return len(q.heap) }

// reset forgets all events and keeps the memory.
func (q *queue) reset() { q.heap = q.heap[:0] }

// push adds an event. The key must be above all keys pushed before, and at
// no earlier than the last event popped.
func (q *queue) push(at mesh.Time, key, ref uint64) {
	e := event{at, key, ref}
	q.heap = append(q.heap, e)
	i := len(q.heap) - 1
	for i > 0 {
		up := (i - 1) / 4
		if !e.before(q.heap[up]) {
			break
		}
		q.heap[i] = q.heap[up]
		i = up
	}
	q.heap[i] = e
}

// pop takes the first event out; false when there is none.
func (q *queue) pop() (event, bool) {
	if len(q.heap) == 0 {
		return event{}, false
	}
	top, last := q.heap[0], len(q.heap)-1
	e := q.heap[last]
	q.heap = q.heap[:last]
	if last > 0 {
		q.sink(e)
	}
	return top, true
}

// sink finds the place of e from the root downwards.
func (q *queue) sink(e event) {
	i, n := 0, len(q.heap)
	for {
		least := 4*i + 1
		if least >= n {
			break
		}
		for c := least + 1; c < min(4*i+5, n); c++ {
			if q.heap[c].before(q.heap[least]) {
				least = c
			}
		}
		if !q.heap[least].before(e) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = e
}
