package sim

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// Connections are the policy's: it says which to open. What that costs, and what
// comes of it, is told here. Where it costs nothing, without proxies on links
// that are free, the policy has them at once.

// dial is a connection that is being made.
type dial struct {
	conn                policy.Conn
	decider             int32
	replica             int32
	proxy, network, tls int64 // ns that it takes in each
	fails               bool  // as a script has it
}

// seat is who decides with an upstream: the caller that came first, and those
// that share a proxy with it.
type seat struct {
	caller int32
	edge   int32
	key    uint64 // of all that its connections draw
	dials  uint64 // so far
}

// costs says whether it takes a caller time to open connections to a service.
func (r *Run) costs(caller int32) bool {
	return r.script != nil || r.stationOf(caller) != nil || !r.links[0].free() || !r.links[1].free()
}

// wire does what an upstream wants done about connections, and rouses the calls
// whose waits are over.
func (r *Run) wire(decider int32) {
	for u := r.deciders[decider]; u.Restless(); {
		for d, ok := u.NextDeed(); ok; d, ok = u.NextDeed() {
			r.deed(decider, d)
		}
		if ref, ok := u.NextRoused(); ok {
			c := r.calls.get(ref)
			if r.log != nil {
				r.log.Roused(r.now, c.waiter)
			}
			c.policy.Rouse(r.now)
			r.act(ref, c)
		}
	}
}

// deed opens a connection. To close one takes the caller no time, and of the
// callee nothing is asked that it could do before.
func (r *Run) deed(decider int32, d policy.Deed) {
	if r.log != nil {
		r.log.Deed(r.now, d)
	}
	if !d.Open {
		return
	}
	s := &r.seats[decider]
	ref, made := r.dials.take()
	*made = dial{conn: d.Conn, decider: decider, replica: r.services[r.edges[s.edge].callee].first + d.Host}
	s.dials++
	if r.script != nil {
		stay, fails := r.script.Dial(s.dials)
		made.network, made.fails = int64(stay), fails
	} else {
		r.handshake(s, made)
	}
	r.at(r.now+mesh.Time(made.proxy+made.network+made.tls), dialled, ref)
}

// handshake is what a connection takes: the caller's proxy its time, and the
// network its own.
func (r *Run) handshake(s *seat, d *dial) {
	if station := r.stationOf(s.caller); station != nil {
		d.proxy = int64(station.departs(r.now, r.hop.connection) - r.now)
	}
	d.network, d.tls = r.trips(s.caller, d.replica, chance.Mix(s.key, s.dials))
}

// trips is how long the messages of a handshake travel: TCP one round trip (RFC
// 9293, section 3.5), and TLS its own where the proxies speak it.
func (r *Run) trips(caller, replica int32, key uint64) (network, tls int64) {
	link := r.link(caller, replica)
	if link.free() {
		return 0, 0
	}
	trip := func(n purpose) int64 {
		return link.travel(key, forHandshake+2*n) + link.travel(key, forHandshake+2*n+1)
	}
	network = trip(0)
	if r.stationOf(caller) != nil {
		for n := range r.hop.tls.roundTrips {
			tls += trip(purpose(n) + 1)
		}
	}
	return network, tls
}

// dialled is the end of a handshake: those who wait for the connection go out, or
// hear that there is none.
func (r *Run) dialled(ref uint64, d *dial) {
	made := *d
	r.dials.put(ref)
	u, fails := r.deciders[made.decider], made.fails || r.replicas[made.replica].down
	if !u.Makes(made.conn) { // it was given up
		return
	}
	if r.log != nil {
		r.log.Dialled(r.now, made.conn, !fails)
	}
	if fails {
		u.Closed(r.now, made.conn)
	} else {
		u.Connected(r.now, made.conn)
	}
	r.made = made
	r.wire(made.decider)
	r.made = dial{}
}

// waited books the time that an attempt has waited for its connection: as the
// handshake's, as far as it has just seen one end, and the rest as the proxy's.
func (r *Run) waited(v *visit, since mesh.Time) {
	v.sent = since
	rest := int64(r.now - since)
	take := func(most int64) (part int64) {
		part = min(rest, most)
		rest -= part
		return part
	}
	v.tls, v.network = take(r.made.tls), take(r.made.network)
	v.proxy = rest
}
