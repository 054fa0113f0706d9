package hold

// entry is an event of a bare loop: when, and for whom.
type entry struct {
	at int64
	id uint64
}

// Heap is a 4-ary heap of values.
type Heap struct {
	entries []entry
	waits   *Waits
}

// NewHeap lets so many events wait.
func NewHeap(waiting int, w *Waits) *Heap {
	h := &Heap{waits: w}
	for id := range waiting {
		h.push(entry{w.Next(), uint64(id)})
	}
	return h
}

// Hold runs so many events and returns the time of the last.
func (h *Heap) Hold(events int) (now int64) {
	for range events {
		e := h.pop()
		now = e.at
		e.at += h.waits.Next()
		h.push(e)
	}
	return now
}

func (h *Heap) push(e entry) {
	h.entries = append(h.entries, e)
	q := h.entries
	i := len(q) - 1
	for i > 0 {
		up := (i - 1) / 4
		if e.at >= q[up].at {
			break
		}
		q[i] = q[up]
		i = up
	}
	q[i] = e
}

func (h *Heap) pop() entry {
	last := len(h.entries) - 1
	first, e := h.entries[0], h.entries[last]
	h.entries = h.entries[:last]
	q, i := h.entries, 0
	for child := 1; child < len(q); child = 4*i + 1 {
		least := child
		for c := child + 1; c < min(child+4, len(q)); c++ {
			if q[c].at < q[least].at {
				least = c
			}
		}
		if e.at <= q[least].at {
			break
		}
		q[i] = q[least]
		i = least
	}
	if i < len(q) {
		q[i] = e
	}
	return first
}
