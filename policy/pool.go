package policy

import "github.com/meshdyno/meshdyno/mesh"

// Priority is a route's. Each has its own connections and its own caps
// (routing.proto, RoutingPriority).
type Priority uint8

// The priorities.
const (
	Normal Priority = iota // Envoy: DEFAULT
	High
	priorities
)

// Conn names a connection of an upstream: from the low bits upwards by its place,
// which of those that had the place it is, and its worker. Its zero value names
// none.
type Conn uint64

const (
	generationAt = 32
	workerAt     = 48
)

func (c Conn) place() int32 { return int32(uint32(c)) - 1 }
func (c Conn) worker() int  { return int(c >> workerAt) }

// Number is a number that no other open connection of its worker has: 1, 2, ...
func (c Conn) Number() int { return int(uint32(c)) }

// Grant is what becomes of an attempt that asked for a connection.
type Grant uint8

// The grants.
const (
	Waits      Grant = iota // for a connection; Roused will tell
	Granted                 // it goes out
	Overflowed              // a cap stops it
	Unpooled                // there may be no more pools
	NotMade                 // the connection that it waited for could not be made
	NotInTime               // nor was it within connect_timeout
)

// Pools are the connections of one worker to the hosts of an upstream: a pool
// for each host and priority, made when it is first needed and forgotten when
// nothing is left in it. It decides as Envoy does (conn_pool_base.cc), in this
// order:
//
//	Begin   a connection is ready  -> max_requests, then the attempt goes out on
//	                                  the one that became ready last
//	        none is                -> max_pending_requests, then the attempt waits
//	        and in both cases      -> connections are opened, up to three at once, if
//	                                  they are wanted and max_connections lets them
//	End     who waits longest goes out on what has become free
//
// A host that has no connection gets one although max_connections is reached:
// nobody may wait for what will never come.
//
// What it wants done with connections stands on one list, Next; whose wait is
// over on another, Roused. The driver empties both after all that it tells.
type Pools struct {
	settings *ConnectionPool
	worker   int
	loads    *[priorities]usage  // shared by all workers
	hosts    []Host              // shared by all workers
	slots    [priorities][]int32 // by host, its pool
	pools    slab[pool]
	conns    slab[connection]
	links    links // of the connections
	waits    slab[wait]
	queue    links // of the waits
	roused   chain // the waits that are over
	deeds    []Deed
	taken    int   // of the deeds
	stirred  *bool // set when something comes on either list; shared by all workers
	under    underWay
	connects timers // while they are made
	ages     timers // since they are made
	idles    timers // while they carry nothing
	streams  uint32 // attempts that a connection carries at once
	most     uint32 // and in its life

	looksAhead bool // hosts are connected before they are picked
	spares     bool // a host has more connections than attempts
	plain      bool // one attempt at a time, and no clock for those that idle

	counts PoolCounts
	limits []uint32 // by place, once a host has lowered one: attempts at once
	idle   []int32  // what is about to be closed; here, so that it is not allocated
}

// underWay is what all pools of a worker hold together, for the preconnecting
// that looks ahead.
type underWay struct {
	pending, active int
	capacity        int64
}

// pool is the connections to one host at one priority.
type pool struct {
	host       int32
	priority   Priority
	leaving    bool  // the host has left: what idles is closed
	conns      int32 // open or being made
	dead       int32 // closed, with attempts that have not ended
	active     int32 // attempts on connections
	ready      chain // the one that became ready last comes first
	connecting chain // the newest comes first
	waiting    chain // the newest comes first
	pending    int32
	coming     int64 // attempts that the connecting ones will carry
	capacity   int64 // and the ready ones too; what a busy one carries too many counts against it
}

// Deed is one thing to do about a connection.
type Deed struct {
	Open bool // or close
	Conn Conn
	Host int32
}

// PoolCounts is what happened to the connections of one worker.
type PoolCounts struct {
	Opened         uint32
	ConnectFailed  uint32 // those not made in time among them
	ConnectTimeout uint32
	Overflow       uint32 // connections wanted, and not opened for max_connections
	PendingFull    uint32 // attempts stopped by max_pending_requests or max_requests
	PoolsFull      uint32 // attempts stopped by max_connection_pools
	MaxRequests    uint32 // connections that reached max_requests_per_connection
	MaxDuration    uint32
	Idle           uint32 // connections closed by idle_timeout
}

// newPools makes the pools of a worker for these hosts.
func newPools(s *ConnectionPool, multiplexed bool, hosts []Host, loads *[priorities]usage) *Pools {
	if s == nil {
		s = &noPoolSettings
	}
	p := &Pools{settings: s, hosts: hosts, loads: loads, roused: empty, stirred: new(bool)}
	p.slots[Normal] = noSlots(len(hosts))
	p.streams, p.most = s.perConnection(multiplexed)
	p.looksAhead, p.spares = s.ahead() > 1, s.ratio() != 1
	p.plain = p.streams == 1 && s.IdleTimeout == nil
	p.connects, p.ages, p.idles = newTimers(s.ConnectTimeout), newTimers(s.MaxConnectionDuration), newTimers(s.IdleTimeout)
	return p
}

func noSlots(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = none
	}
	return s
}

// Begin asks for a connection to a host. The place is that of the connection,
// while the attempt waits that of its wait.
func (p *Pools) Begin(now mesh.Time, host int, at Priority) (place int32, how Grant) {
	i, ok := p.pool(host, at)
	if !ok {
		p.counts.PoolsFull++
		return none, Unpooled
	}
	q := p.pools.at(i)
	if place = q.ready.first; place != none {
		how = p.attach(q, place)
		if p.spares || int64(q.pending) > q.capacity {
			p.openSome(now, i)
		}
		return place, how
	}
	if !p.loads[at].admitsPending() {
		p.counts.PendingFull++
		return none, Overflowed
	}
	place = p.enqueue(i)
	p.openSome(now, i)
	return place, Waits
}

// pool finds the pool of a host, or makes it if there may be one more.
func (p *Pools) pool(host int, at Priority) (i int32, ok bool) {
	if p.slots[at] == nil {
		p.slots[at] = noSlots(len(p.hosts))
	}
	if i = p.slots[at][host]; i != none {
		return i, true
	}
	if !p.loads[at].admitsPool() {
		return none, false
	}
	p.loads[at].pools++
	i = p.pools.take()
	*p.pools.at(i) = pool{host: int32(host), priority: at, ready: empty, connecting: empty, waiting: empty}
	p.slots[at][host] = i
	return i, true
}

// forget gives up a pool.
func (p *Pools) forget(i int32) {
	q := p.pools.at(i)
	p.loads[q.priority].pools--
	if slot := &p.slots[q.priority][q.host]; *slot == i {
		*slot = none
	}
	p.pools.put(i)
}

// deed puts one on the list.
func (p *Pools) deed(d Deed) {
	p.deeds = append(p.deeds, d)
	*p.stirred = true
}

// Next takes the next deed off the list; false when there is none left.
func (p *Pools) Next() (d Deed, ok bool) {
	if p.taken == len(p.deeds) {
		p.deeds, p.taken = p.deeds[:0], 0
		return Deed{}, false
	}
	p.taken++
	return p.deeds[p.taken-1], true
}

// attach puts an attempt on a connection that is ready, unless max_requests is
// reached.
func (p *Pools) attach(q *pool, i int32) Grant {
	l := &p.loads[q.priority]
	if !l.admitsRequest() {
		p.counts.PendingFull++
		return Overflowed
	}
	c := p.conns.at(i)
	free := p.unused(i)
	c.remaining--
	switch {
	case c.remaining == 0:
		p.counts.MaxRequests++
		q.ready.remove(p.links, i)
		c.phase = connDraining
	case free == 1:
		q.ready.remove(p.links, i)
		c.phase = connBusy
	}
	p.grow(q, -1)
	if p.idles.after != 0 {
		p.idles.cancel(i)
	}
	c.active++
	q.active++
	p.under.active++
	p.hosts[q.host].Active++
	l.requests++
	return Granted
}

// first says whether an attempt is the first on its connection.
func (p *Pools) first(n int32) bool { return p.conns.at(n).remaining == p.most-1 }

func (p *Pools) grow(q *pool, by int64) {
	q.capacity += by
	p.under.capacity += by
}

// name is how the driver knows a connection.
func (p *Pools) name(i int32) Conn {
	return Conn(p.worker)<<workerAt | Conn(p.conns.at(i).generation)<<generationAt | Conn(uint32(i+1))
}

// find is the connection of a name, unless it is closed and forgotten.
func (p *Pools) find(name Conn) (i int32, c *connection) {
	if i = name.place(); i < 0 {
		return none, nil
	}
	if c = p.conns.at(i); c.generation != uint16(name>>generationAt) {
		return none, nil
	}
	return i, c
}
