package tcp

import "github.com/meshdyno/meshdyno/mesh"

// alarms are what an endpoint waits for; Never where it does not.
type alarms struct {
	rtoAt     mesh.Time // retransmission (RFC 6298)
	tailAt    mesh.Time // probe of the tail (RFC 8985 7)
	rackAt    mesh.Time // what was overtaken becomes lost (RFC 8985 6)
	persistAt mesh.Time // question about a closed window
	ackAt     mesh.Time // delayed acknowledgement
	waitAt    mesh.Time // end of TIME_WAIT
}

func (a *alarms) reset() {
	*a = alarms{mesh.Never, mesh.Never, mesh.Never, mesh.Never, mesh.Never, mesh.Never}
}

// WakeAt is when Wake is to be called, if nothing else happens before.
func (e *Endpoint) WakeAt() mesh.Time {
	a := &e.alarms
	at := min(a.rtoAt, a.tailAt, a.rackAt, a.persistAt, a.ackAt, a.waitAt)
	if e.settings.Keepalive {
		at = min(at, e.keepAt())
	}
	return at
}

// Wake lets the alarms go off that are due. It may come too early.
func (e *Endpoint) Wake(now mesh.Time) {
	a := &e.alarms
	if now >= a.ackAt {
		a.ackAt, e.ackNow = mesh.Never, true
	}
	if now >= a.rackAt {
		e.rack.search(now, e)
		e.repair(now, &news{})
	}
	if now >= a.tailAt {
		e.probe(now)
	}
	if now >= a.rtoAt {
		e.timedOut(now)
	}
	if now >= a.persistAt {
		e.persist(now)
	}
	if now >= a.waitAt {
		e.over(Finished)
	}
	if e.settings.Keepalive && now >= e.keepAt() {
		e.keep(now)
	}
}

// restart sets the alarms of the sender after an acknowledgement.
func (e *Endpoint) restart(now mesh.Time, n *news) {
	switch {
	case e.una == e.nxt: // RFC 6298 5.2
		e.rtoAt, e.tailAt = mesh.Never, mesh.Never
		return
	case n.inOrder > 0: // 5.3
		e.rtoAt = now.Add(e.trip.timeout(e.settings))
	}
	if n.delivered > 0 {
		e.tailAt = e.probeTime(now)
	}
}

// started sets them after something was sent.
func (e *Endpoint) started(now mesh.Time) {
	e.lastSent, e.persistAt = now, mesh.Never
	if e.rtoAt == mesh.Never { // RFC 6298 5.1
		e.rtoAt = now.Add(e.trip.timeout(e.settings))
	}
	e.tailAt = e.probeTime(now)
}

// blocked sets the alarm of a sender that has something to send, nothing under
// way, and no room at the peer (RFC 9293 3.8.6.1).
func (e *Endpoint) blocked(now mesh.Time) {
	if e.persistAt == mesh.Never && e.una == e.nxt && e.nxt < e.limit && e.state.synchronized() {
		e.persistAt = now.Add(doubled(e.trip.timeout(e.settings), e.persists, e.settings.MaxRTO.Std()))
	}
}

// persist asks about a closed window, as Linux does: with an empty segment that
// stands before what the peer expects. What fits into a window that is nearly
// closed is sent.
func (e *Endpoint) persist(now mesh.Time) {
	e.persistAt = mesh.Never
	e.persists++
	e.Counts.Probes++
	if e.edge > e.nxt {
		e.pushed = true
	} else {
		e.asking = true
	}
	e.blocked(now)
}
