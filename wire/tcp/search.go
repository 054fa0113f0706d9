package tcp

import "github.com/meshdyno/meshdyno/mesh"

// timed says whether losses are found by time.
func (e *Endpoint) timed() bool {
	return e.options&WithSACK != 0 && e.settings.LossDetection == "rack"
}

// search looks for losses after an acknowledgement.
func (e *Endpoint) search(now mesh.Time, n *news) {
	switch {
	case e.board.empty():
		e.alarms.rackAt = mesh.Never
	case e.timed():
		e.rack.search(now, e)
	case e.options&WithSACK != 0:
		e.skipped()
	default:
		e.counted(n)
	}
}

// threshold is how many segments must have overtaken one before it is thought
// lost (RFC 5681 3.2).
const threshold = 3

// skipped finds what three segments have overtaken, or more than two segments'
// bytes (RFC 6675, IsLost). What is before the last one found was looked at
// then.
func (e *Endpoint) skipped() {
	b := &e.board
	count, bytes, last := 0, int64(0), b.skipped
	for i := b.top; i >= max(b.first, last+1); i-- {
		r := b.at(i)
		switch {
		case count >= threshold || bytes > (threshold-1)*e.segment:
			b.skipped = max(b.skipped, i)
			if !r.is(again) {
				b.lose(i)
			}
		case r.is(sacked):
			count++
			bytes += int64(r.size)
		}
	}
}

// counted is fast retransmit by three duplicate acknowledgements (RFC 5681
// 3.2), and what NewReno adds: while it recovers, an acknowledgement of a part
// tells that the segment behind it is lost too (RFC 6582 3.2, step 3).
func (e *Endpoint) counted(n *news) {
	partial := e.phase == Recovering && n.inOrder > 0 && e.una < e.until
	if e.phase == Steady && e.duplicates >= threshold && e.una >= e.until || partial {
		e.board.lose(e.board.first)
		e.hurried = e.hurried || partial
	}
}
