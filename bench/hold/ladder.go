package hold

import "math"

// Ladder is the queue of Tang, Goh and Thng (2005): an unsorted top, rungs of
// buckets, a sorted bottom. A bucket is a list of chunks of values; bucket
// widths are powers of two.
type Ladder struct {
	bottom   []entry // bottom[first:] wait, sorted
	first    int
	rungs    [deepest]rung
	depth    int
	top      uint32 // list
	topStart int64
	least    int64 // in top
	most     int64
	chunks   []chunk // chunks[0] ends a list
	free     uint32
	waits    *Waits
}

const (
	chunkSize = 15
	widest    = 1024 // buckets in a rung
	threshold = 32   // a bucket of more is spread, not sorted
	deepest   = 8    // rungs
)

type chunk struct {
	next, n uint32
	entries [chunkSize]entry
}

type rung struct {
	start            int64 // of the first bucket
	shift            int
	current, buckets int // buckets before current are used up
	head             [widest]uint32
}

// NewLadder lets so many events wait.
func NewLadder(waiting int, w *Waits) *Ladder {
	l := &Ladder{waits: w, least: math.MaxInt64, chunks: make([]chunk, 1, 2*waiting/chunkSize+deepest*widest)}
	for id := range waiting {
		l.push(entry{w.Next(), uint64(id)})
	}
	return l
}

// Hold runs so many events and returns the time of the last.
func (l *Ladder) Hold(events int) (now int64) {
	for range events {
		if l.first == len(l.bottom) {
			l.refill()
		}
		e := l.bottom[l.first]
		l.first++
		now = e.at
		e.at += l.waits.Next()
		l.push(e)
	}
	return now
}

func (l *Ladder) push(e entry) {
	if e.at >= l.topStart {
		l.least, l.most = min(l.least, e.at), max(l.most, e.at)
		l.top = l.toList(l.top, e)
		return
	}
	for d := range l.rungs[:l.depth] {
		if r := &l.rungs[d]; e.at >= r.currentStart() {
			l.toBucket(r, e)
			return
		}
	}
	l.toBottom(e)
}

func (r *rung) currentStart() int64 { return r.start + int64(r.current)<<(r.shift&63) }

func (l *Ladder) toBucket(r *rung, e entry) {
	head := &r.head[(e.at-r.start)>>(r.shift&63)&(widest-1)]
	*head = l.toList(*head, e)
}

// toList adds e to a list and returns its head.
func (l *Ladder) toList(head uint32, e entry) uint32 {
	if head == 0 || l.chunks[head].n == chunkSize {
		head = l.newChunk(head)
	}
	c := &l.chunks[head]
	c.entries[c.n] = e
	c.n++
	return head
}

func (l *Ladder) newChunk(next uint32) uint32 {
	i := l.free
	if i == 0 {
		l.chunks = append(l.chunks, chunk{})
		i = uint32(len(l.chunks) - 1)
	} else {
		l.free = l.chunks[i].next
	}
	l.chunks[i].next, l.chunks[i].n = next, 0
	return i
}

func (l *Ladder) freeAndNext(i uint32) uint32 {
	next := l.chunks[i].next
	l.chunks[i].next, l.free = l.free, i
	return next
}

func (l *Ladder) toBottom(e entry) {
	l.bottom = append(l.bottom, e)
	b := l.bottom
	i := len(b) - 1
	for i > l.first && b[i-1].at > e.at {
		b[i] = b[i-1]
		i--
	}
	b[i] = e
}

// refill sorts the next bucket into the empty bottom.
func (l *Ladder) refill() {
	l.bottom, l.first = l.bottom[:0], 0
	for {
		if l.depth == 0 {
			l.spreadTop()
		}
		r := &l.rungs[l.depth-1]
		for r.current < r.buckets && r.head[r.current] == 0 {
			r.current++
		}
		if r.current == r.buckets {
			l.depth--
			continue
		}
		start, list := r.currentStart(), r.head[r.current]
		r.head[r.current] = 0
		r.current++
		if n := l.length(list); n > threshold && l.depth < deepest && r.shift > 0 {
			l.spread(list, n/4, start, 1<<r.shift-1)
			continue
		}
		for ; list != 0; list = l.freeAndNext(list) {
			c := &l.chunks[list]
			for _, e := range c.entries[:c.n] {
				l.toBottom(e)
			}
		}
		return
	}
}

func (l *Ladder) length(list uint32) (n int) {
	for ; list != 0; list = l.chunks[list].next {
		n += int(l.chunks[list].n)
	}
	return n
}

func (l *Ladder) spreadTop() {
	list, least, most := l.top, l.least, l.most
	l.top, l.topStart, l.least, l.most = 0, most+1, math.MaxInt64, 0
	l.spread(list, l.length(list), least, most-least)
}

// spread makes a rung of about so many buckets for the events of a list, which
// lie in span ns from start on.
func (l *Ladder) spread(list uint32, buckets int, start, span int64) {
	r := &l.rungs[l.depth]
	l.depth++
	r.start, r.current, r.shift = start, 0, 0
	for span>>r.shift >= int64(min(buckets, widest)) {
		r.shift++
	}
	r.buckets = int(span>>r.shift) + 1
	for ; list != 0; list = l.freeAndNext(list) {
		for i := range l.chunks[list].n {
			l.toBucket(r, l.chunks[list].entries[i])
		}
	}
}
