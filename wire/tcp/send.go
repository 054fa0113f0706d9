package tcp

import "github.com/meshdyno/meshdyno/mesh"

// Write hands over n bytes to send. Mark is told of by Passed when they have
// arrived. It is false when the connection does not take them.
func (e *Endpoint) Write(_ mesh.Time, n int64, mark uint64) bool {
	if n <= 0 || e.closing || !e.state.mayWrite() {
		return false
	}
	e.limit += n
	_, w := e.marks.push()
	*w = written{e.limit, mark}
	return true
}

// Passed takes the mark of the next write of this side whose bytes are all
// among the first so many that the other side received.
func (e *Endpoint) Passed(received int64) (mark uint64, ok bool) {
	if e.marks.empty() || e.marks.at(e.marks.first).end-1 > received {
		return 0, false
	}
	w := e.marks.at(e.marks.first)
	e.marks.pop()
	return w.mark, true
}

// Next writes the next segment to send into s, or says that there is none now.
func (e *Endpoint) Next(now mesh.Time, s *Segment) bool {
	if e.state < SynSent {
		return e.bye(s)
	}
	switch {
	case e.ackNow && len(e.islands) > 0: // alone, so that all blocks fit
		e.bare(s, e.nxt)
	case e.resend(now, s), e.fresh(now, s), e.pushed && e.repeat(now, s):
	case e.asking:
		e.bare(s, e.una-1)
		e.asking = false
	case e.ackNow:
		e.bare(s, e.nxt)
	default:
		e.blocked(now)
		return false
	}
	e.finish(now, s)
	return true
}

// bare is a segment without data.
func (e *Endpoint) bare(s *Segment, seq int64) { *s = Segment{Seq: seq} }

// resend sends the first segment again that is lost.
func (e *Endpoint) resend(now mesh.Time, s *Segment) bool {
	n := e.board.next()
	if n == 0 {
		return false
	}
	if size := int64(e.board.at(n).size); !e.hurried && e.pipe()+size > e.window.Size {
		return false
	}
	e.hurried = false
	e.repeated(now, n, s)
	return true
}

// repeat sends the last segment again, as a probe (RFC 8985 7.3).
func (e *Endpoint) repeat(now mesh.Time, s *Segment) bool {
	e.pushed = false
	if e.board.empty() || !e.state.synchronized() {
		return false
	}
	e.tail.end, e.tail.again = e.nxt, true
	e.repeated(now, e.board.end-1, s)
	return true
}

// repeated sends a record again.
func (e *Endpoint) repeated(now mesh.Time, n int64, s *Segment) {
	r := e.board.resend(now, n)
	*s = Segment{Seq: r.seq, Len: r.size, Flags: r.flags}
	if r.flags != 0 {
		s.Len-- // SYN and FIN, never both, are no data
	}
	e.Counts.Resent++
	e.prr.sent += int64(r.size)
	e.started(now)
}

// fresh sends something for the first time: SYN, new data, FIN.
func (e *Endpoint) fresh(now mesh.Time, s *Segment) bool {
	if e.nxt == 0 {
		e.first(now, s, 1, SYN)
		return true
	}
	if e.finished || !e.state.synchronized() {
		return false
	}
	n := min(e.limit-e.nxt, e.segment, e.edge-e.nxt)
	all := e.nxt+max(n, 0) == e.limit
	if n <= 0 && !(e.closing && all) || !e.pushed && !e.admitted(now, max(n, 0), all) {
		return false
	}
	flags, size := Flags(0), max(n, 0)
	if all && e.closing {
		flags, size, e.finished = FIN, size+1, true
	}
	if e.pushed && e.una < e.nxt {
		e.tail.end, e.tail.again = e.nxt+size, false
	}
	e.pushed, e.persists = false, 0
	e.first(now, s, size, flags)
	return true
}

// admitted says whether n new bytes may go now: the congestion window allows
// them, and they are no silly little segment.
func (e *Endpoint) admitted(now mesh.Time, n int64, all bool) bool {
	if e.una == e.nxt {
		e.rested(now)
	}
	if e.pipe()+n > e.window.Size {
		return false
	}
	switch {
	case n == e.segment, all && e.closing:
		return true
	case all && (e.settings.NoDelay || e.una == e.nxt): // RFC 9293 3.7.4: Nagle
		return true
	}
	return n > 0 && 2*n >= e.widest // 3.8.6.2.1: silly window
}

// rested is told before something is sent after nothing was under way.
func (e *Endpoint) rested(now mesh.Time) {
	if now == e.quiet {
		return
	}
	e.control.Rested(now.Sub(e.quiet))
	e.quiet = now
	if e.settings.SlowStartIdle && now.Sub(e.lastSent) > e.trip.timeout(e.settings) { // RFC 5681 4.1
		e.window.Size = min(e.window.Size, e.initialWindow())
	}
}

// first sends so many positions for the first time.
func (e *Endpoint) first(now mesh.Time, s *Segment, size int64, flags Flags) {
	*s = Segment{Seq: e.nxt, Len: int32(size), Flags: flags}
	if flags != 0 {
		s.Len--
	}
	e.board.send(now, e.nxt, int32(size), flags)
	e.nxt += size
	e.prr.sent += size
	e.started(now)
}

// finish fills in what every segment carries.
func (e *Endpoint) finish(now mesh.Time, s *Segment) {
	e.Counts.Sent++
	s.Echo = mesh.Never
	s.Offers = e.options & WithTimestamps
	if s.Flags&SYN != 0 {
		e.introduce(s)
	}
	if e.state != SynSent {
		s.Flags |= ACK
		e.acknowledge(now, s)
	}
	if s.Len > 0 && s.Seq+int64(s.Len) == e.limit {
		s.Flags |= PSH
	}
	if s.Offers&WithTimestamps != 0 {
		s.Sent = now
	}
}

// introduce fills a SYN.
func (e *Endpoint) introduce(s *Segment) {
	s.MSS = int32(e.settings.MTU) - headers
	s.Window = e.unscaled()
	s.Offers = e.offers()
	if e.state == SynReceived {
		s.Offers = e.options
	}
}

// unscaled is the window that a SYN can tell (RFC 7323 2.2).
func (e *Endpoint) unscaled() int64 { return min(int64(e.settings.ReceiveBuffer), 65535) }
