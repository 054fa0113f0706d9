package tcp

import "github.com/meshdyno/meshdyno/mesh"

// record is one segment that was sent and is not acknowledged in order. It is
// sent again as it was.
type record struct {
	seq          int64
	at           mesh.Time // when it was last sent
	order        int64     // of that among all sendings
	older, newer int64     // its neighbours in that order; 0 for none
	size         int32     // positions it takes
	flags        Flags     // SYN and FIN
	marks        mark
}

// mark says what is known of a record.
type mark uint8

const (
	sacked mark = 1 << iota // arrived, out of order
	lost                    // thought to be lost
	out                     // sent again, and that one is under way
	again                   // was ever sent again
)

func (r *record) is(m mark) bool { return r.marks&m != 0 }
func (r *record) end() int64     { return r.seq + int64(r.size) }

// scoreboard keeps the records in the order of their positions and, those that
// are under way, in the order of sending too. The sums are what RFC 6675 calls
// the pipe, kept up instead of counted.
type scoreboard struct {
	ring[record]
	oldest, newest int64 // in the order of sending; 0 for none
	sendings       int64
	cursor         int64 // no record before it waits to be sent again
	waiting        int   // records lost and not out
	arrived        int   // records sacked
	top            int64 // the highest record that ever was
	skipped        int64 // the highest that so many records were sacked behind that it is lost
	sackedBytes    int64
	lostBytes      int64
	outBytes       int64
}

func (b *scoreboard) reset() {
	slots := b.slots
	*b = scoreboard{cursor: 1}
	b.slots = slots
	b.ring.reset()
}

// send books a new segment.
func (b *scoreboard) send(now mesh.Time, seq int64, size int32, flags Flags) {
	n, r := b.push()
	*r = record{seq: seq, size: size, at: now, flags: flags}
	b.link(n, r)
}

// resend books that a record is sent again.
func (b *scoreboard) resend(now mesh.Time, n int64) *record {
	r := b.at(n)
	switch {
	case r.is(out):
		b.unlink(r)
		b.outBytes -= int64(r.size)
	case r.is(lost):
		b.waiting--
	default:
		b.unlink(r)
	}
	r.marks |= out | again
	r.at = now
	b.outBytes += int64(r.size)
	b.link(n, r)
	return r
}

// lose marks a record lost, also one that was sent again.
func (b *scoreboard) lose(n int64) {
	r := b.at(n)
	if r.is(sacked) || r.is(lost) && !r.is(out) {
		return
	}
	b.unlink(r)
	b.forget(r)
	r.marks = r.marks&^out | lost
	b.lostBytes += int64(r.size)
	b.waiting++
	b.cursor = min(b.cursor, n)
}

// sack marks a record as arrived.
func (b *scoreboard) sack(n int64) {
	r := b.at(n)
	b.leave(r)
	r.marks = r.marks&again | sacked
	b.sackedBytes += int64(r.size)
	b.arrived++
	b.top = max(b.top, n)
}

// ack drops the first record, which was acknowledged in order.
func (b *scoreboard) ack() {
	r := b.at(b.first)
	if r.is(sacked) {
		b.sackedBytes -= int64(r.size)
		b.arrived--
	} else {
		b.leave(r)
	}
	b.pop()
	b.cursor = max(b.cursor, b.first)
}

// leave takes a record off the way, which is not sacked.
func (b *scoreboard) leave(r *record) {
	if r.is(lost) && !r.is(out) {
		b.waiting--
	} else {
		b.unlink(r)
	}
	b.forget(r)
}

// forget takes a record out of the sums of what is lost and sent again.
func (b *scoreboard) forget(r *record) {
	if r.is(lost) {
		b.lostBytes -= int64(r.size)
	}
	if r.is(out) {
		b.outBytes -= int64(r.size)
	}
}

// next is the first record that waits to be sent again, or 0.
func (b *scoreboard) next() int64 {
	if b.waiting == 0 {
		return 0
	}
	for r := b.at(b.cursor); !r.is(lost) || r.is(out); r = b.at(b.cursor) {
		b.cursor++
	}
	return b.cursor
}

// find is the number of the first record at or behind a position.
func (b *scoreboard) find(position int64) int64 {
	low, high := b.first, b.end
	for low < high {
		if middle := (low + high) / 2; b.at(middle).seq < position {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

func (b *scoreboard) link(n int64, r *record) {
	b.sendings++
	r.order, r.older, r.newer = b.sendings, b.newest, 0
	if b.newest == 0 {
		b.oldest = n
	} else {
		b.at(b.newest).newer = n
	}
	b.newest = n
}

func (b *scoreboard) unlink(r *record) {
	if r.older == 0 {
		b.oldest = r.newer
	} else {
		b.at(r.older).newer = r.newer
	}
	if r.newer == 0 {
		b.newest = r.older
	} else {
		b.at(r.newer).older = r.older
	}
}
