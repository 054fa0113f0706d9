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
		q.makeRoom()
	}
	q.front = q.front[:len(q.front)+1]
	f := q.front[q.head:]
	i := len(f) - 1
	for i > 0 && f[i-1].at > e.at {
		f[i] = f[i-1]
		i--
	}
	f[i] = e
}

// makeRoom moves front back to the begin of its memory, and to a larger one if
// it fills half of it.
func (q *queue) makeRoom() {
	if q.head > 0 {
		q.pos = q.floor()
	}
	n := copy(q.front, q.front[q.head:])
	q.front, q.head = q.front[:n], 0
	if 2*n >= cap(q.front) {
		larger := make([]event, n, max(4*manyEvents, 2*cap(q.front)))
		copy(larger, q.front)
		q.front = larger
	}
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

// take moves the events of bucket i into front.
func (q *queue) take(i int) {
	c, n := q.detach(i)
	for ; n > 0; n -= chunkSize {
		for _, e := range c.events[:min(n, chunkSize)] {
			if q.lives(e) {
				q.insertLate(e)
			}
		}
		c = q.recycle(c)
	}
}
