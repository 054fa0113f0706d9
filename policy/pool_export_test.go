package policy

import "fmt"

// NewPools makes the pools of one worker under a plan, with what it shares.
func NewPools(plan *Plan, hosts []Host) *Pools {
	return newPools(plan.Pool, plan.Multiplexed, hosts, newUsages(plan.Breaker))
}

// State is what Envoy's tests check: attempts on connections, attempts that wait,
// and how many more all connections together could carry.
func (p *Pools) State() (active, pending int, capacity int64) {
	return p.under.active, p.under.pending, p.under.capacity
}

// Counts is what happened so far.
func (p *Pools) Counts() PoolCounts { return p.counts }

// Load is what is under way at a priority, the connections and pools among it.
func (p *Pools) Load(at Priority) (connections, pending, requests, pools int) {
	l := &p.loads[at]
	return l.connections, l.pending, l.requests, l.pools
}

// Inflate books requests and waits that come from elsewhere.
func (p *Pools) Inflate(pending, requests int) {
	p.loads[Normal].pending += pending
	p.loads[Normal].requests += requests
}

// Audit compares what stands in several places.
func (p *Pools) Audit() error { return audit([]*Pools{p}) }

// audit does so with the pools of all workers of an upstream.
func audit(all []*Pools) error {
	conns := int64(0)
	for _, p := range all {
		n, err := p.audit()
		if err != nil {
			return err
		}
		conns += n
	}
	if counted := int64(all[0].loads[Normal].connections + all[0].loads[High].connections); conns != counted {
		return fmt.Errorf("%d connections, and it says %d", conns, counted)
	}
	return nil
}

// audit counts anew, as assertCapacityCountsAreCorrect does in Envoy.
func (p *Pools) audit() (conns int64, err error) {
	var active, capacity int64
	for i := range p.conns.items {
		c := &p.conns.items[i]
		if c.phase == connDead && c.active == 0 {
			continue
		}
		active += int64(c.active)
		if c.phase != connDead {
			conns++
			if c.phase != connDraining || p.unused(int32(i)) < 0 {
				capacity += p.unused(int32(i))
			}
		}
	}
	for at := range p.slots {
		for host, i := range p.slots[at] {
			if i == none {
				continue
			}
			q := p.pools.at(i)
			if int(q.host) != host || int(q.priority) != at {
				return 0, fmt.Errorf("the pool of host %d stands at host %d", q.host, host)
			}
			var coming, room int64
			for n := q.connecting.first; n != none; n = p.links[n].after {
				coming += p.unused(n)
			}
			for n := q.ready.first; n != none; n = p.links[n].after {
				room += p.unused(n)
			}
			if coming != q.coming || (q.ready.first != none) != (room > 0) {
				return 0, fmt.Errorf("host %d: %d are coming, and it says %d; %d could go out", host, coming, q.coming, room)
			}
		}
	}
	if active != int64(p.under.active) || capacity != p.under.capacity {
		return 0, fmt.Errorf("%d attempts and room for %d, and it says %d and %d", active, capacity, p.under.active, p.under.capacity)
	}
	return conns, nil
}

// Named is the connection at a place.
func (p *Pools) Named(place int32) Conn { return p.name(place) }
