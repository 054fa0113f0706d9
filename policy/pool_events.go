package policy

import "github.com/meshdyno/meshdyno/mesh"

// Connected tells that a connection is made.
func (p *Pools) Connected(now mesh.Time, name Conn) {
	n, c := p.find(name)
	if c == nil || c.phase != connMaking {
		return
	}
	i := c.pool
	q := p.pools.at(i)
	p.connects.cancel(n)
	q.connecting.remove(p.links, n)
	q.coming -= p.unused(n)
	p.free(q, n)
	p.ages.set(now, n)
	p.serve(now, i)
	p.tidy(now, i)
}

// free lets a connection take attempts, if it can.
func (p *Pools) free(q *pool, n int32) {
	c := p.conns.at(n)
	if c.phase = connBusy; p.unused(n) > 0 {
		c.phase = connReady
		q.ready.push(p.links, n)
	}
}

// Closed tells that a connection is no more, or could not be made. The attempts
// on it still have to end, one by one.
func (p *Pools) Closed(now mesh.Time, name Conn) {
	n, c := p.find(name)
	if c == nil || c.phase == connDead {
		return
	}
	i := c.pool
	p.gone(now, n, NotMade)
	p.tidy(now, i)
}

// End tells that an attempt ended, and with part that its connection is to end
// too.
func (p *Pools) End(now mesh.Time, n int32, part bool) {
	c := p.conns.at(n)
	i := c.pool
	q := p.pools.at(i)
	p.left(q, n)
	if c.phase == connBusy && p.plain && !part && q.waiting.last == none && !q.leaving {
		c.phase = connReady // as most do
		q.ready.push(p.links, n)
		return
	}
	switch {
	case c.phase == connDead:
		if c.active == 0 {
			q.dead--
			p.unname(n)
		}
	case part, c.phase == connDraining && c.active == 0:
		p.close(now, n, NotMade)
	default:
		if c.active == 0 && p.idles.after != 0 {
			p.idles.set(now, n)
		}
		if c.phase == connBusy {
			if p.free(q, n); c.phase == connReady && q.waiting.last != none {
				p.serve(now, i)
			}
		}
	}
	if q.leaving || q.conns == 0 {
		p.tidy(now, i)
	}
}

// left books the end of an attempt. There is room for another one if it was the
// limit at once that bound the connection, and not that of its life.
func (p *Pools) left(q *pool, n int32) {
	c := p.conns.at(n)
	c.active--
	q.active--
	p.under.active--
	p.hosts[q.host].Active--
	p.loads[q.priority].requests--
	free := int64(p.atOnce(n)) - int64(c.active) // now; one less before
	if c.phase != connDead && (int64(c.remaining) >= free || free < 1) {
		p.grow(q, 1)
	}
}

// tidy closes what idles in a pool that is to go, and gives up one with nothing
// in it.
func (p *Pools) tidy(now mesh.Time, i int32) {
	q := p.pools.at(i)
	if q.leaving {
		p.closeIdle(now, i)
	}
	if q.conns == 0 && q.pending == 0 && q.dead == 0 {
		p.forget(i)
	}
}

// Lost tells that every connection to a host broke, but for those that are being
// made: the driver will learn what becomes of them.
func (p *Pools) Lost(now mesh.Time, host int) { p.lose(now, host, p.gone) }

// Cut closes every connection to a host at once, but for those that are being
// made. The attempts on them end in Reset.
func (p *Pools) Cut(now mesh.Time, host int) { p.lose(now, host, p.close) }

func (p *Pools) lose(now mesh.Time, host int, end func(now mesh.Time, n int32, why Grant)) {
	for n := range p.conns.items {
		c := p.conns.at(int32(n))
		if c.phase == connDead || c.phase == connMaking || int(p.pools.at(c.pool).host) != host {
			continue
		}
		i := c.pool
		end(now, int32(n), NotMade)
		p.tidy(now, i)
	}
}

// GoAway tells that the host wants no more attempts on a connection of HTTP/2.
func (p *Pools) GoAway(now mesh.Time, name Conn) {
	n, c := p.find(name)
	if c == nil || c.phase == connDraining || c.phase == connDead {
		return
	}
	i := c.pool
	if c.active == 0 {
		p.close(now, n, NotMade)
		p.tidy(now, i)
	} else {
		p.drain(p.pools.at(i), n)
	}
}

// Limit tells how many attempts the host wants on a connection of HTTP/2 at
// once. It can lower what max_concurrent_streams allows. Who waits for room is
// served at the next event (onSettings does no more).
func (p *Pools) Limit(name Conn, streams uint32) {
	n, c := p.find(name)
	if c == nil || c.phase == connDead {
		return
	}
	q, before := p.pools.at(c.pool), p.unused(n)
	for len(p.limits) < len(p.conns.items) {
		p.limits = append(p.limits, p.streams)
	}
	p.limits[n] = min(streams, p.streams, p.most)
	grown := p.unused(n) - before
	p.grow(q, grown)
	switch {
	case c.phase == connMaking:
		q.coming += grown
	case c.phase == connReady && p.unused(n) <= 0:
		q.ready.remove(p.links, n)
		c.phase = connBusy
	case c.phase == connBusy:
		p.free(q, n)
	}
}
