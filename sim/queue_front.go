package sim

// insert puts e in its place in front, behind its equals. It moves whichever
// half is shorter: what was popped leaves room before head.
func (q *queue) insert(e event) {
	if q.head > 0 && (q.head == len(q.front) || e.at < q.front[(q.head+len(q.front))/2].at) {
		q.insertEarly(e)
	} else {
		q.insertLate(e)
	}
	if len(q.front)-q.head > manyEvents && q.width > 0 {
		q.spill()
	}
}

// insertEarly moves the events up to e one place down.
func (q *queue) insertEarly(e event) {
	q.head--
	f, i := q.front[q.head:], 0
	for i+1 < len(f) && f[i+1].at <= e.at {
		f[i] = f[i+1]
		i++
	}
	f[i] = e
}

// insertLate moves the events after e one place up.
func (q *queue) insertLate(e event) {
	if len(q.front) == cap(q.front) {
		q.makeRoom(1)
	}
	q.front = q.front[:len(q.front)+1]
	settle(q.front[q.head:], e)
}

// makeRoom gives front room for n more events behind its last: it moves back to
// the begin of its memory, and to a larger one if it would fill half of it.
func (q *queue) makeRoom(n int) {
	q.pos = q.floor()
	waiting := q.front[q.head:]
	if need := 2 * (len(waiting) + n); need > cap(q.front) {
		q.front = make([]event, 0, max(4*manyEvents, need))
	}
	q.front, q.head = append(q.front[:0], waiting...), 0
}

// spill narrows what front covers until it is short again, and deals the
// events behind the new edge out. Events at one instant stay together.
func (q *queue) spill() {
	for len(q.front)-q.head > manyEvents/2 && q.width > 0 {
		f := q.front[q.head:]
		pos, last := q.floor(), uint64(f[len(f)-1].at)
		low := q.fan(pos, bitLen(pos^last), q.width, len(f))
		q.cover(pos>>low<<low, low)
		keep := len(f)
		for keep > 0 && uint64(f[keep-1].at) >= q.edge {
			keep--
		}
		for _, e := range f[keep:] {
			q.put(e)
		}
		q.front = q.front[:q.head+keep]
	}
}

// take sorts the events of bucket i into front.
func (q *queue) take(i int) {
	c, n := q.detach(i)
	if cap(q.front)-len(q.front) < n {
		q.makeRoom(n)
	}
	k := len(q.front)
	f := q.front[:k+n]
	for ; n > 0; n -= chunkSize {
		for _, e := range c.events[:min(n, chunkSize)] {
			settle(f[:k+1], e)
			k++
		}
		c = q.recycle(c)
	}
	q.front = f[:k]
}

// settle moves e from the end of f, which has a free place there, down to
// behind its equals.
func settle(f []event, e event) {
	i := len(f) - 1
	for i > 0 && f[i-1].at > e.at {
		f[i] = f[i-1]
		i--
	}
	f[i] = e
}
