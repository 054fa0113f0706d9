package policy

import "github.com/meshdyno/meshdyno/mesh"

// wait is one attempt that waits for a connection, or whose wait is over and
// who has not asked how.
type wait struct {
	owner uint64 // who is to be told, as the driver knows it
	conn  int32
	pool  int32
	how   Grant
	at    Priority
}

// enqueue makes an attempt wait, behind all others.
func (p *Pools) enqueue(i int32) (ticket int32) {
	ticket = p.waits.take()
	p.queue.reach(ticket)
	q := p.pools.at(i)
	*p.waits.at(ticket) = wait{pool: i, at: q.priority}
	q.waiting.push(p.queue, ticket)
	q.pending++
	p.under.pending++
	p.loads[q.priority].pending++
	return ticket
}

// unqueue takes an attempt out of those that wait.
func (p *Pools) unqueue(q *pool, ticket int32) {
	q.waiting.remove(p.queue, ticket)
	q.pending--
	p.under.pending--
}

// serve lets those who wait go out, the oldest first, as far as connections are
// ready (onUpstreamReady).
func (p *Pools) serve(now mesh.Time, i int32) {
	q := p.pools.at(i)
	for q.waiting.last != none && q.ready.first != none {
		n, ticket := q.ready.first, q.waiting.last
		how := p.attach(q, n)
		if how == Granted {
			p.waits.at(ticket).conn = n
		}
		p.decide(q, ticket, how)
	}
	if q.waiting.last != none {
		p.openSome(now, i)
	}
}

// purge tells all who wait that they do so in vain, the newest first.
func (p *Pools) purge(q *pool, why Grant) {
	for q.waiting.first != none {
		p.decide(q, q.waiting.first, why)
	}
}

// decide ends a wait. One that was in vain counts against max_pending_requests
// until it has been told (the stream outlives its callback in purgePendingStreams).
func (p *Pools) decide(q *pool, ticket int32, how Grant) {
	p.unqueue(q, ticket)
	p.waits.at(ticket).how = how
	if how == Granted {
		p.loads[q.priority].pending--
	}
	p.roused.add(p.queue, ticket)
	*p.stirred = true
}

// Roused is the owner of an attempt whose wait is over, who is to ask now how;
// false when there is none left.
func (p *Pools) Roused() (owner uint64, ok bool) {
	if p.roused.first == none {
		return 0, false
	}
	return p.waits.at(p.roused.first).owner, true
}

// Await says who is to be told when a wait is over.
func (p *Pools) Await(ticket int32, owner uint64) { p.waits.at(ticket).owner = owner }

// Ask says how a wait ended, and with which connection. Once it is over, the
// ticket is given back.
func (p *Pools) Ask(ticket int32) (conn int32, how Grant) {
	w := p.waits.at(ticket)
	conn, how = w.conn, w.how
	if how != Waits {
		if how != Granted {
			p.loads[w.at].pending--
		}
		p.roused.remove(p.queue, ticket)
		p.waits.put(ticket)
	}
	return conn, how
}

// Cancel ends a wait whose attempt is given up. What is excess then is closed:
// the newest connection that is being made, if those who wait can do without.
// Envoy's HTTP router leaves it to be of use later; its TCP proxy closes it.
func (p *Pools) Cancel(now mesh.Time, ticket int32, excess bool) {
	if conn, how := p.Ask(ticket); how != Waits {
		if how == Granted {
			p.End(now, conn, false) // nothing was sent on it
		}
		return
	}
	i := p.waits.at(ticket).pool
	q := p.pools.at(i)
	p.unqueue(q, ticket)
	p.loads[q.priority].pending--
	p.waits.put(ticket)
	if n := q.connecting.first; excess && n != none && p.spare(q, n) {
		p.drain(q, n)
		p.close(now, n, NotMade)
	}
	p.tidy(now, i)
}

// spare says whether there would be room enough without a connection that is
// being made (connectingConnectionIsExcess).
func (p *Pools) spare(q *pool, n int32) bool {
	room := q.coming - p.unused(n) + int64(q.active)
	return float32(q.pending+q.active)*p.settings.ratio() <= float32(room)
}
