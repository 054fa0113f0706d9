package sim

import "math/bits"

// ladder is the unsorted part of the queue. An event at time t belongs to the
// bucket that the highest bit b of t^pos decides:
//
//   - single buckets, one for each bit b. Such a bucket covers 2^b ns, from the
//     next moment at which bit b of the time turns to 1;
//   - a rung is a fan of buckets over the bits low to high-1: 2^(high-low) buckets
//     of 2^low ns each. Rungs come from buckets that were thick when opened, the
//     last one is the finest.
//
// Within a bucket events lie in the order of their pushes, and move on in this
// order: so equal times leave as they came.
type ladder struct {
	pos       uint64    // where the queue stands: in the bucket opened last
	inBuckets int       // events in all buckets
	digits    [64]digit // by the number of bits of t^pos
	buckets   []bucket  // 64 single ones, then fanBuckets for each rung
	busy      []uint64  // a bit for each bucket
	rungs     []rung
	chunkStore
}

const (
	fanBits    = 11 // of the widest fan: its buckets and the ends of their last chunks fit the second cache
	fanBuckets = 1 << fanBits
	fanWords   = fanBuckets / 64
)

// digit says where the events of one highest differing bit lie: in bucket
// base + (t>>shift & mask).
type digit struct {
	base  uint32
	mask  uint16
	shift uint8
}

// rung is a fan of buckets that share all bits from high on.
type rung struct {
	low, high int
	busy      uint64 // a bit for each word of ladder.busy
}

// bucketOf finds the bucket of a moment that is not in front.
func (l *ladder) bucketOf(at uint64) int {
	d := &l.digits[bitLen(at^l.pos)%64]
	return int(d.base) + int(at>>(d.shift%64)&uint64(d.mask))
}

// put adds an event to its bucket.
func (l *ladder) put(e event) {
	i := l.bucketOf(uint64(e.at))
	b := &l.buckets[i]
	if b.n%chunkSize == 0 {
		l.extend(i)
	}
	b.last.events[b.n%chunkSize] = e
	b.n++
	l.inBuckets++
}

// first finds the earliest bucket that is not empty, and what it covers. There
// must be one. Rungs that ran empty are forgotten on the way.
func (l *ladder) first() (i int, start uint64, width int) {
	single := bits.TrailingZeros64(l.busy[0])
	for n := len(l.rungs) - 1; n >= 0 && l.rungs[n].low <= single; n-- {
		if r := l.rungs[n]; r.busy != 0 {
			word := bits.TrailingZeros64(r.busy)
			i = word*64 + bits.TrailingZeros64(l.busy[1+n*fanWords+word])
			return 64 + n*fanBuckets + i, l.pos>>r.high<<r.high | uint64(i)<<r.low, r.low
		}
		l.rungs = l.rungs[:n]
	}
	return single, (l.pos>>single | 1) << single, single
}

// spread moves pos to the first event of bucket i and says in how many low bits
// the events of the bucket differ.
func (l *ladder) spread(i int) (high int) {
	c, n := l.buckets[i].last.next, l.buckets[i].n
	l.pos = uint64(c.events[0].at)
	var diff uint64
	for ; n > 0; n -= chunkSize {
		for j := range c.events[:min(n, chunkSize)] {
			diff |= uint64(c.events[j].at) ^ l.pos
		}
		c = c.next
	}
	return bitLen(diff)
}

// fan splits the 2^width ns around pos, for n events that differ in their
// lowest high bits only: a rung for the upper of these bits, and single buckets
// for the bits between. It returns the width of the new rung's buckets; 0
// without a rung if high is 0.
func (l *ladder) fan(pos uint64, high, width, n int) (low int) {
	if len(l.buckets) == 0 {
		l.buckets, l.busy = make([]bucket, 64), make([]uint64, 1)
	}
	l.pos = pos
	for k := len(l.rungs) - 1; k >= 0 && l.rungs[k].low < width; k-- {
		l.rungs = l.rungs[:k]
	}
	for b := high; b < width; b++ {
		l.digits[b+1] = digit{base: uint32(b)}
	}
	if high == 0 {
		return 0
	}
	low = max(0, high-l.fanFor(n))
	d := digit{base: l.addRung(low, high), mask: 1<<(high-low) - 1, shift: uint8(low)}
	for b := range l.digits[:high+1] {
		l.digits[b] = d
	}
	return low
}

// fanFor gives the number of bits over which n events are dealt out: about
// eight to a bucket. But if they are most of all that wait, their bucket is wide
// against the waits, and many more will pass through it before it is used up.
func (l *ladder) fanFor(n int) int {
	b := bitLen(uint64(n))
	if n >= l.inBuckets/2 {
		return min(b+1, fanBits)
	}
	return min(max(b-3, 1), fanBits)
}

// addRung makes the finest rung and returns its first bucket.
func (l *ladder) addRung(low, high int) uint32 {
	base := 64 + len(l.rungs)*fanBuckets
	l.rungs = append(l.rungs, rung{low: low, high: high})
	if base == len(l.buckets) {
		l.buckets = append(l.buckets, make([]bucket, fanBuckets)...)
		l.busy = append(l.busy, make([]uint64, fanWords)...)
	}
	return uint32(base)
}

// deal moves the events of bucket i to the buckets where they belong by now.
func (l *ladder) deal(i int) {
	c, n := l.detach(i)
	for ; n > 0; n -= chunkSize {
		for _, e := range c.events[:min(n, chunkSize)] {
			l.put(e)
		}
		c = l.recycle(c)
	}
}

// clear forgets all events and keeps the memory.
func (l *ladder) clear() {
	for l.inBuckets > 0 {
		i, _, _ := l.first()
		for c, n := l.detach(i); n > 0; n -= chunkSize {
			c = l.recycle(c)
		}
	}
	l.rungs = l.rungs[:0]
}
