package policy

import "github.com/meshdyno/meshdyno/mesh"

// connection is one that is open, or is being opened.
type connection struct {
	remaining  uint32 // attempts that it may still carry in its life
	active     uint32 // attempts that it carries
	pool       int32
	generation uint16 // another one each time that its place is given out
	phase      phase
}

// phase is where a connection is in its life. Those that are ready or being
// made stand in a chain of their pool.
type phase uint8

const (
	connMaking   phase = iota
	connReady          // can take an attempt at once
	connBusy           // carries all that it may at once
	connDraining       // takes none any more, and is closed when the last one ends
	connDead           // closed; the attempts that it carried have not ended yet
)

// unused is how many more attempts a connection could carry now; less than 0 after
// the host has lowered the limit.
func (p *Pools) unused(n int32) int64 {
	c := p.conns.at(n)
	return min(int64(c.remaining), int64(p.atOnce(n))-int64(c.active))
}

// atOnce is how many attempts a connection may carry at once.
func (p *Pools) atOnce(n int32) uint32 {
	if int(n) < len(p.limits) {
		return p.limits[n]
	}
	return p.streams
}

// openSome opens as many connections as are wanted, up to three: more at once
// would overwhelm a host that comes back (tryCreateNewConnections).
func (p *Pools) openSome(now mesh.Time, i int32) {
	for range 3 {
		if !p.openOne(now, i, 0) {
			return
		}
	}
}

// openOne opens a connection if one is wanted and allowed. It says whether
// another one might be. The ratio of the look ahead is 0 when nobody does.
func (p *Pools) openOne(now mesh.Time, i int32, ahead float32) bool {
	q := p.pools.at(i)
	if !p.wanted(q, ahead) {
		return false
	}
	may := p.loads[q.priority].admitsConnection(p.hosts[q.host].Conns)
	if !may {
		p.counts.Overflow++
		if q.conns > 0 {
			return false
		}
	}
	p.open(now, i)
	return may
}

// wanted says whether a pool has fewer connections than it should have. A host
// that is taken out gets only those that somebody waits for.
func (p *Pools) wanted(q *pool, ahead float32) bool {
	switch ratio := p.settings.ratio(); {
	case !p.hosts[q.host].healthy():
		return int64(q.pending) > q.coming
	case ahead != 0:
		return short(int(q.pending), int(q.active), q.capacity, ahead, 1)
	case ratio == 1:
		return int64(q.pending) > q.capacity
	default:
		return short(int(q.pending), int(q.active), q.capacity, ratio, 0)
	}
}

// short says whether there is less room than a ratio of all attempts, those that
// are expected among them (shouldConnect; its numbers are floats).
func short(pending, active int, capacity int64, ratio float32, expected int) bool {
	return float32(pending+active+expected)*ratio > float32(capacity+int64(active))
}

// open begins to make a connection.
func (p *Pools) open(now mesh.Time, i int32) {
	n := p.conns.take()
	p.links.reach(n)
	q, c := p.pools.at(i), p.conns.at(n)
	*c = connection{generation: c.generation + 1, remaining: p.most, pool: i}
	if int(n) < len(p.limits) {
		p.limits[n] = p.streams
	}
	q.connecting.push(p.links, n)
	q.conns++
	q.coming += p.unused(n)
	p.grow(q, p.unused(n))
	p.hosts[q.host].Conns++
	p.loads[q.priority].connections++
	p.counts.Opened++
	p.connects.set(now, n)
	p.idles.set(now, n)
	p.deed(Deed{Open: true, Conn: p.name(n), Host: q.host})
}

// close closes a connection that is open or being made.
func (p *Pools) close(now mesh.Time, n int32, why Grant) {
	p.deed(Deed{Conn: p.name(n), Host: p.pools.at(p.conns.at(n).pool).host})
	p.gone(now, n, why)
}

// gone takes a connection out of the books, all that wait along with one that
// could not be made: it is the driver who knows whether to try again. Whoever
// waits after that gets another connection.
func (p *Pools) gone(now mesh.Time, n int32, why Grant) {
	c := p.conns.at(n)
	i := c.pool
	q := p.pools.at(i)
	p.grow(q, -p.unused(n))
	if c.phase == connMaking {
		q.coming -= p.unused(n)
		p.counts.ConnectFailed++
		p.purge(q, why)
		if !q.leaving {
			p.openSome(now, i)
		}
	}
	p.bury(n)
	if q.waiting.first != none {
		p.openSome(now, i)
	}
}

// bury frees what a connection holds. Its place is free once the attempts on it
// have ended.
func (p *Pools) bury(n int32) {
	c := p.conns.at(n)
	q := p.pools.at(c.pool)
	switch c.phase {
	case connMaking:
		q.connecting.remove(p.links, n)
	case connReady:
		q.ready.remove(p.links, n)
	}
	p.connects.cancel(n)
	p.ages.cancel(n)
	p.idles.cancel(n)
	q.conns--
	p.hosts[q.host].Conns--
	p.loads[q.priority].connections--
	c.phase, c.remaining = connDead, 0
	if c.active == 0 {
		p.unname(n)
	} else {
		q.dead++
	}
}

// unname makes the name of a connection mean nobody.
func (p *Pools) unname(n int32) {
	p.conns.at(n).generation++
	p.conns.put(n)
}

// drain lets a connection take no more attempts.
func (p *Pools) drain(q *pool, n int32) {
	c := p.conns.at(n)
	unused := p.unused(n)
	c.remaining = 0
	if unused > 0 {
		p.grow(q, -unused)
	}
	switch c.phase {
	case connMaking:
		q.connecting.remove(p.links, n)
		q.coming -= unused
	case connReady:
		q.ready.remove(p.links, n)
	}
	c.phase = connDraining
}
