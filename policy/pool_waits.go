package policy

import "github.com/meshdyno/meshdyno/mesh"

// wait is one attempt that waits for a connection, or whose wait is over and
// who has not asked how.
type wait struct {
	owner uint64
	conn  Conn
	pool  int32
	how   Grant
}

// enqueue makes an attempt wait, behind all others.
func (p *Pools) enqueue(i int32, owner uint64) (ticket int32) {
	ticket = p.waits.take()
	p.queue.reach(ticket)
	q := p.pools.at(i)
	*p.waits.at(ticket) = wait{owner: owner, pool: i}
	q.waiting.push(p.queue, ticket)
	p.pending(q, 1)
	return ticket
}

// pending books attempts that wait.
func (p *Pools) pending(q *pool, n int) {
	q.pending += int32(n)
	p.under.pending += n
	p.loads[q.priority].pending += n
}

// serve lets those who wait go out, the oldest first, as far as connections are
// ready (onUpstreamReady).
func (p *Pools) serve(now mesh.Time, i int32) {
	q := p.pools.at(i)
	for q.waiting.last != none && q.ready.first != none {
		n, ticket := q.ready.first, q.waiting.last
		how := p.attach(q, n)
		if how == Granted {
			p.waits.at(ticket).conn = p.name(n)
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

// decide ends a wait.
func (p *Pools) decide(q *pool, ticket int32, how Grant) {
	q.waiting.remove(p.queue, ticket)
	p.pending(q, -1)
	p.waits.at(ticket).how = how
	p.roused.add(p.queue, ticket)
}

// Roused is the owner of an attempt whose wait is over, who is to ask now how;
// false when there is none left.
func (p *Pools) Roused() (owner uint64, ok bool) {
	if p.roused.first == none {
		return 0, false
	}
	return p.waits.at(p.roused.first).owner, true
}

// Ask says how a wait ended. Once it is over, the ticket is given back.
func (p *Pools) Ask(ticket int32) (conn Conn, how Grant) {
	w := p.waits.at(ticket)
	conn, how = w.conn, w.how
	if how != Waits {
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
			p.End(now, conn, true)
		}
		return
	}
	i := p.waits.at(ticket).pool
	q := p.pools.at(i)
	q.waiting.remove(p.queue, ticket)
	p.waits.put(ticket)
	p.pending(q, -1)
	if n := q.connecting.first; excess && n != none && p.spare(q, n) {
		p.drain(q, n)
		p.close(now, n, NotMade)
	}
	p.tidy(now, i)
}

// spare says whether there would be room enough without a connection that is
// being made (connectingConnectionIsExcess).
func (p *Pools) spare(q *pool, n int32) bool {
	room := q.coming - p.conns.at(n).unused() + int64(q.active)
	return float32(q.pending+q.active)*p.settings.ratio() <= float32(room)
}
