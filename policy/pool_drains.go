package policy

import "github.com/meshdyno/meshdyno/mesh"

// Unhealthy tells that a host was taken out: by outlier detection or by health
// checks. Its idle connections are closed, the others when their attempts have
// ended (DrainExistingConnections).
func (p *Pools) Unhealthy(now mesh.Time, host int) {
	p.eachPool(host, func(i int32) {
		p.closeIdle(now, i)
		q := p.pools.at(i)
		for n := range p.conns.items {
			if c := p.conns.at(int32(n)); c.pool == i && (c.phase == connReady || c.phase == connBusy) {
				p.drain(q, int32(n))
			}
		}
		p.tidy(now, i)
	})
}

// Left tells that a host is not among the upstream's any more. Who waits for it
// still goes out; one that takes its place gets pools of its own
// (DrainAndDelete).
func (p *Pools) Left(now mesh.Time, host int) {
	p.eachPool(host, func(i int32) {
		q := p.pools.at(i)
		q.leaving = true
		p.slots[q.priority][host] = none
		p.tidy(now, i)
	})
}

func (p *Pools) eachPool(host int, do func(i int32)) {
	for at := range p.slots {
		if p.slots[at] != nil && p.slots[at][host] != none {
			do(p.slots[at][host])
		}
	}
}

// closeIdle closes the connections of a pool that carry nothing, and those that
// are being made if nobody waits.
func (p *Pools) closeIdle(now mesh.Time, i int32) {
	q := p.pools.at(i)
	p.idle = p.idle[:0]
	for n := q.ready.first; n != none; n = p.links[n].after {
		if p.conns.at(n).active == 0 {
			p.idle = append(p.idle, n)
		}
	}
	if q.pending == 0 {
		for n := q.connecting.first; n != none; n = p.links[n].after {
			p.idle = append(p.idle, n)
		}
	}
	for _, n := range p.idle {
		p.close(now, n, NotMade)
	}
}

// WakeAt is when the pools want to be woken.
func (p *Pools) WakeAt() mesh.Time {
	return min(p.connects.next(), p.ages.next(), p.idles.next())
}

// Wake tells that time has come as far as now: what took too long to be made,
// lives too long or idles too long is closed.
func (p *Pools) Wake(now mesh.Time) {
	for n := p.connects.due(now); n != none; n = p.connects.due(now) {
		p.counts.ConnectTimeout++
		p.expire(now, n, NotInTime)
	}
	for n := p.ages.due(now); n != none; n = p.ages.due(now) {
		p.age(now, n)
	}
	for n := p.idles.due(now); n != none; n = p.idles.due(now) {
		p.counts.Idle++
		p.expire(now, n, NotMade)
	}
}

func (p *Pools) expire(now mesh.Time, n int32, why Grant) {
	i := p.conns.at(n).pool
	p.close(now, n, why)
	p.tidy(now, i)
}

// age retires a connection that has lived as long as it may.
func (p *Pools) age(now mesh.Time, n int32) {
	c := p.conns.at(n)
	if c.phase == connDraining {
		return
	}
	p.counts.MaxDuration++
	i := c.pool
	p.drain(p.pools.at(i), n)
	if c.active == 0 {
		p.expire(now, n, NotMade)
	}
}

// Ahead says whether the pools of all hosts together are so short of room that a
// connection should be opened to the host that will be picked next.
func (p *Pools) Ahead() bool {
	ratio := p.settings.ahead()
	return ratio > 1 && short(p.under.pending, p.under.active, p.under.capacity, ratio, 1)
}

// Preconnect opens a connection to a host that will be picked soon, if it can use
// one, and says whether it did.
func (p *Pools) Preconnect(now mesh.Time, host int, at Priority) bool {
	i, ok := p.pool(host, at)
	return ok && p.openOne(now, i, p.settings.ahead())
}
