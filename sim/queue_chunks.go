package sim

// chunkSize is the number of events in a chunk; a power of two. Small chunks
// waste less in thin buckets, large ones are quicker to walk in thick ones.
const chunkSize = 32

// chunk is a piece of a bucket's list. The last chunk of a bucket points back to
// the first, so that a bucket needs one pointer.
type chunk struct {
	next   *chunk
	events [chunkSize]event
}

// bucket is a list of events, in the order of their pushes.
type bucket struct {
	last *chunk
	n    int
}

// chunkStore recycles chunks: in the long run nothing is allocated.
type chunkStore struct {
	free  *chunk
	block int // chunks allocated at once the last time
}

// extend links one more chunk to bucket i, which is full or empty.
func (l *ladder) extend(i int) {
	if l.free == nil {
		l.allocate()
	}
	c, b := l.free, &l.buckets[i]
	l.free = c.next
	if b.n == 0 {
		c.next = c
		l.setBusy(i)
	} else {
		c.next = b.last.next
		b.last.next = c
	}
	b.last = c
}

// detach empties bucket i and returns its first chunk and how many events the
// chain holds.
func (l *ladder) detach(i int) (first *chunk, n int) {
	b := &l.buckets[i]
	first, n = b.last.next, b.n
	*b = bucket{}
	l.inBuckets -= n
	l.setIdle(i)
	return first, n
}

// recycle frees a chunk and returns the one that followed.
func (l *chunkStore) recycle(c *chunk) (next *chunk) {
	next = c.next
	c.next, l.free = l.free, c
	return next
}

// allocate fills the free list, each time with more, up to 400 kB.
func (l *chunkStore) allocate() {
	l.block = min(max(16, 2*l.block), 512)
	chunks := make([]chunk, l.block)
	for i := range chunks[1:] {
		chunks[i].next = &chunks[i+1]
	}
	l.free = &chunks[0]
}

// setBusy notes that bucket i holds something.
func (l *ladder) setBusy(i int) {
	word := i / 64
	l.busy[word] |= 1 << (i % 64)
	if word > 0 {
		l.rungs[(word-1)/fanWords].busy |= 1 << ((word - 1) % fanWords)
	}
}

// setIdle notes that bucket i is empty.
func (l *ladder) setIdle(i int) {
	word := i / 64
	l.busy[word] &^= 1 << (i % 64)
	if word > 0 && l.busy[word] == 0 {
		l.rungs[(word-1)/fanWords].busy &^= 1 << ((word - 1) % fanWords)
	}
}
