package tcp

import "github.com/meshdyno/meshdyno/mesh"

// repair moves between the phases, after an acknowledgement was taken in.
func (e *Endpoint) repair(now mesh.Time, n *news) {
	if e.phase != Steady && e.una >= e.until {
		e.recovered()
	}
	if e.phase == Steady && e.board.waiting > 0 {
		e.recover(now)
	}
	if e.phase == Recovering && e.settings.PRR && e.options&WithSACK != 0 {
		e.window.Size = e.prr.window(e, n.delivered)
	}
}

// recover begins fast recovery (RFC 5681 3.2, RFC 6582, RFC 6675 section 5).
func (e *Endpoint) recover(now mesh.Time) {
	e.phase, e.until = Recovering, e.nxt
	e.hurried = true // step 4.3: the first goes at once
	flight := e.nxt - e.una
	e.control.Lost(now, &e.window, e.load())
	e.window.Size = e.window.Threshold
	e.prr.begin(flight)
	e.Counts.Episodes++
}

// recovered ends a phase of repair: all that was under way when it began is
// acknowledged.
func (e *Endpoint) recovered() {
	if e.phase == Recovering {
		e.window.Size = e.window.Threshold
	}
	e.phase, e.duplicates, e.hurried = Steady, 0, false
	e.rack.calm()
}

// timedOut is the retransmission timeout (RFC 6298, section 5; RFC 5681 3.1).
func (e *Endpoint) timedOut(now mesh.Time) {
	if e.tries >= e.patience() {
		e.over(GoneDead)
		return
	}
	e.Counts.Timeouts++
	if e.state.synchronized() && (e.phase == Steady || e.phase == Losing && e.tries == 0) {
		e.control.TimedOut(now, &e.window, e.load())
		e.Counts.Episodes++
	}
	if e.state.synchronized() {
		e.window.Size = e.segment // the loss window
	}
	e.phase, e.until, e.duplicates = Losing, e.nxt, 0
	e.loseAll(now)
	e.tries++
	e.trip.backoff++
	e.hurried = true
	e.rtoAt = now.Add(e.trip.timeout(e.settings))
	e.tail.forget()
	e.alarms.tailAt, e.alarms.rackAt = mesh.Never, mesh.Never
}

// load is the flight that a reduction starts from: without what limited transmit
// added (RFC 5681 3.2, step 2), and without what arrived out of order.
func (e *Endpoint) load() int64 { return min(e.nxt-e.una, e.window.Size) }

// loseAll thinks all lost that was under way; RFC 8985 6.3 spares what was
// sent within a round trip.
func (e *Endpoint) loseAll(now mesh.Time) {
	for i := e.board.first; i < e.board.end; i++ {
		if i == e.board.first || !e.timed() || !e.rack.fresh(now, e, e.board.at(i)) {
			e.board.lose(i)
		}
	}
}

// patience is how many timeouts in a row are taken.
func (e *Endpoint) patience() int {
	if e.state.synchronized() {
		return e.settings.Retries
	}
	return e.settings.SynRetries
}

// prr is Proportional Rate Reduction (RFC 6937): what may be sent while losses
// are repaired follows what arrives, and comes out at the threshold.
type prr struct {
	flight    int64 // when it began
	delivered int64 // since
	sent      int64 // since
}

func (p *prr) begin(flight int64) { *p = prr{flight: max(flight, 1)} }

// window is the congestion window after an acknowledgement (section 3, with
// the slow start reduction bound).
func (p *prr) window(e *Endpoint, delivered int64) int64 {
	p.delivered += delivered
	pipe, threshold := e.pipe(), e.window.Threshold
	if pipe > threshold {
		share := (p.delivered*threshold + p.flight - 1) / p.flight
		return pipe + max(share-p.sent, 0)
	}
	limit := max(p.delivered-p.sent, delivered) + e.segment
	return pipe + max(min(threshold-pipe, limit), 0)
}
