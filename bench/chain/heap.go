package chain

// event is something that will happen; what packs request, hop and kind.
type event struct {
	at       int64
	sequence uint32
	what     uint32
}

func (e event) before(f event) bool {
	return e.at < f.at || e.at == f.at && e.sequence < f.sequence
}

// heap is a binary heap of values: with a dozen events in it nothing is faster.
type heap struct {
	events   []event
	sequence uint32
}

func (q *heap) push(at int64, kind uint32, hop int, request uint32) {
	e := event{at, q.sequence, request<<5 | uint32(hop)<<3 | kind}
	q.sequence++
	q.events = append(q.events, e)
	h := q.events
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !e.before(h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = e
}

func (q *heap) pop() event {
	last := len(q.events) - 1
	first, e := q.events[0], q.events[last]
	h := q.events[:last]
	q.events = h
	i := 0
	for c := 1; c < len(h); c = 2*i + 1 {
		if c+1 < len(h) && h[c+1].before(h[c]) {
			c++
		}
		if !h[c].before(e) {
			break
		}
		h[i] = h[c]
		i = c
	}
	if last > 0 {
		h[i] = e
	}
	return first
}
