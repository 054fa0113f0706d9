package sim

import (
	"fmt"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// The journey of a request, in the order in which it meets these methods:
//
//	caller            ask -> outbound -> act -> send; or it waits for a connection:
//	                  act -> wire -> deed -> dialled -> wire -> act -> send
//	link                                          -> reach
//	callee            inbound -> begin ... finish -> leave
//	link                                                   -> land
//	caller            answered -> act -> resume
//
// A proxy on either side adds a station before outbound and inbound, leave and
// answered; without one the request passes straight on.

// purpose sets apart what one key is drawn for.
type purpose uint64

const (
	forRequestHop purpose = iota + 1
	forInboundHop
	forLeaveHop
	forAnswerHop
	forThere
	forBack
	forSize
	forClient
	forPatience
	forReport
	forProbe
	forProbeAnswer
	forHandshake                   // and onwards: one for each one-way trip
	forCopies    purpose = 1 << 32 // apart, as handshakes have no last
	forBegun     purpose = 1 << 33
	forWithdrawn purpose = 1 << 34
)

// call makes a call that its caller fills in and then asks.
func (r *Run) call(edge, endpoint, caller int32) (uint64, *call) {
	ref, c := r.calls.take()
	c.asked, c.armed, c.first = r.now, mesh.Never, mesh.Never
	c.edge, c.endpoint, c.caller, c.copied, c.tied, c.worker = edge, endpoint, caller, false, false, 0
	if r.calls.taken() > r.limit() {
		r.stop(fmt.Errorf("%w: %d requests in flight at %v; %s", ErrCrowded, r.calls.taken(), r.now, r.crowd()))
	}
	return ref, c
}

// ask begins a call: the caller hands its request to its proxy.
func (r *Run) ask(ref uint64, c *call) {
	r.tally.asked(r, c)
	a := &r.agents[c.caller]
	if a.proxy == none {
		r.outbound(ref, c)
		return
	}
	cost := r.hop.carry(&r.hop.request, c.bytes, c.key, forRequestHop)
	depart, worker := r.stations[a.proxy].serve(r.now, cost)
	if r.ownState {
		c.worker = uint8(worker)
	}
	r.at(depart, outbound, ref)
}

// outbound is the call's turn at the caller's proxy: now it is decided.
func (r *Run) outbound(ref uint64, c *call) {
	c.first = r.now
	r.reading.call = c
	if r.log != nil {
		r.log.Begin(r.now, c.waiter)
	}
	c.policy.BeginOn(r.now, r.upstream(c), int(c.worker), &r.reading)
	if r.script != nil {
		r.await(ref, c)
	}
	r.act(ref, c)
}

// act does what the policy wants done, and arms the call's alarm.
func (r *Run) act(ref uint64, c *call) {
	if r.edges[c.edge].stirs {
		r.stir(c)
	}
	for {
		a := c.policy.Next()
		if r.logs(c) {
			r.log.Next(r.now, c.waiter, &c.policy, a)
		}
		switch a.Kind {
		case policy.Wait:
			r.tally.sent(r, c, a)
			c.policy.Await(a.Attempt, ref)
		case policy.Send, policy.Connect:
			r.send(ref, c, a)
		case policy.Abandon:
			if c.tied {
				r.withdraw(ref, c, a.Attempt)
			}
		case policy.Copy:
			r.copy(c, a.Host)
		case policy.Answer:
			if !c.policy.Restless() {
				r.answer(ref, c, a.Outcome)
				return
			}
			decider := r.decider(c)
			r.answer(ref, c, a.Outcome)
			r.wire(decider)
			return
		case policy.Nothing:
			r.arm(ref, c)
			if c.policy.Restless() {
				r.wire(r.decider(c))
			}
			return
		}
	}
}

// send puts one attempt, which has its connection, on its way to a replica. A
// retry passes the proxy again.
func (r *Run) send(ref uint64, c *call, a policy.Action) {
	e := &r.edges[c.edge]
	vref, v := r.visits.take()
	*v = visit{} // and field by field, which is quicker than to build one and copy it
	v.call, v.key, v.origin = ref, chance.Mix(c.key, uint64(a.Attempt)<<8), c.origin
	v.mark, v.sent, v.until = r.now, r.now, c.policy.Until()
	v.replica, v.endpoint, v.class = r.services[e.callee].first+a.Host, c.endpoint, c.class
	v.attempt, v.connect = a.Attempt, a.Kind == policy.Connect
	v.bytes, v.shared = c.bytes, r.agents[c.caller].proxy == r.agents[v.replica].proxy
	if e.ties && c.policy.Tied() {
		r.tie(ref, c, vref, v)
	}
	if since, waited := c.policy.Waited(a.Attempt); waited {
		r.waited(v, since)
	} else {
		r.tally.sent(r, c, a)
	}
	depart := r.departure(c, v)
	link := r.link(c.caller, v.replica)
	if depart == r.now && link.free() && r.nested < deepest {
		r.nested++
		r.reach(vref, v)
		r.nested--
		return
	}
	r.at(r.transmit(link, c.caller, depart, c.bytes, v.key, forThere), reach, vref)
}

// departure is when an attempt's first byte may leave the caller.
func (r *Run) departure(c *call, v *visit) mesh.Time {
	if v.attempt == 1 && !c.copied {
		return r.now
	}
	station := r.stationOf(c.caller)
	if station == nil {
		return r.now
	}
	depart, _ := station.serve(r.now, r.hop.carry(&r.hop.request, c.bytes, v.key, forRequestHop))
	v.proxy += int64(depart - r.now)
	v.mark = depart
	return depart
}

// reach is an attempt's arrival at the callee's side.
func (r *Run) reach(ref uint64, v *visit) {
	v.network += int64(r.now - v.mark)
	v.mark = r.now
	if r.script != nil {
		r.play(ref, v)
		return
	}
	if r.replicas[v.replica].down {
		r.finish(ref, v, mesh.ConnectFailure)
		return
	}
	station := r.inboundStation(v)
	if station == nil {
		r.inbound(ref, v)
		return
	}
	cost := r.hop.carry(&r.hop.request, v.bytes, v.key, forInboundHop)
	if v.connect {
		cost += r.hop.connection
	}
	r.at(station.departs(r.now, cost), inbound, ref)
}

// inbound hands an attempt to the replica: it gets a place, or waits, or is
// refused.
func (r *Run) inbound(ref uint64, v *visit) {
	v.proxy += int64(r.now - v.mark)
	v.mark, v.came, v.state = r.now, r.now, arrived
	p := &r.replicas[v.replica]
	v.found = p.inFlight()
	s := &r.services[p.service]
	if !v.probe() {
		r.tally.came(r, p.service)
	}
	switch {
	case p.down:
		r.finish(ref, v, mesh.ConnectFailure)
	case p.busy < s.places:
		r.begin(ref, v, p)
	case p.line.waiting < s.limit:
		r.enqueue(ref, v, p)
	default:
		r.finish(ref, v, mesh.Refused)
	}
}

// begin gives a visit its place and starts its program.
func (r *Run) begin(ref uint64, v *visit, p *replica) {
	v.queue = int64(r.now - v.mark)
	v.mark, v.state = r.now, serving
	if p.meter != nil {
		p.meter.goOn(r.now, p.busy)
	}
	p.busy++
	if !v.probe() {
		r.tally.began(r, p.service)
	}
	if v.tied {
		r.tellBegun(ref, v)
	}
	root, t := r.tasks.take()
	*t = task{visit: ref, pc: r.endpoints[v.endpoint].start, dice: chance.Keyed(v.key)}
	if p.slow > 0 {
		r.pause(root, t, v, p.slow)
		return
	}
	r.run(root, t, v)
}

// finish ends a visit's stay at the replica, or what would have been one, and
// sends the answer back. Nobody answers an attempt that was given up.
func (r *Run) finish(ref uint64, v *visit, o mesh.Outcome) {
	was, p := v.state, &r.replicas[v.replica]
	v.outcome, v.says = o, p.says
	if was == serving {
		v.down = int64(r.now-v.began()) - v.app
		if p.meter != nil {
			r.say(ref, v, p)
		}
		if p.answers != nil {
			p.answers.add(v.found, r.now.Sub(v.came))
		}
	}
	if was != travelling && !v.probe() {
		r.tally.went(r, v, was)
	}
	if v.state, v.mark = returning, r.now; v.probe() {
		r.answerProbe(ref, v)
	} else {
		r.goBack(ref, v)
	}
	if was == serving {
		r.release(p)
	}
}

// goBack takes an answer to the callee's proxy.
func (r *Run) goBack(ref uint64, v *visit) {
	c := r.wanted(v)
	if c == nil {
		r.visits.put(ref)
		return
	}
	v.bytes = r.responseSize(v)
	station := r.inboundStation(v)
	if station == nil || r.replicas[v.replica].down {
		r.leave(ref, v)
		return
	}
	cost := r.hop.carry(&r.hop.response, v.bytes, v.key, forLeaveHop)
	gone := station.departs(r.now, cost)
	if link := r.link(c.caller, v.replica); link.bandwidth == 0 {
		r.depart(ref, v, link, gone) // nobody is in its way, so when it lands is known already
		return
	}
	r.at(gone, leave, ref)
}

// wanted finds the call that still waits for this attempt; nil when the
// attempt was given up.
func (r *Run) wanted(v *visit) *call {
	if c := r.calls.get(v.call); c != nil && c.policy.Wants(v.attempt) {
		return c
	}
	return nil
}

// leave puts the answer on the link. The event comes even when the link costs
// nothing: it is what keeps a chain of instant calls from nesting.
func (r *Run) leave(ref uint64, v *visit) {
	c := r.wanted(v)
	if c == nil {
		r.visits.put(ref)
		return
	}
	r.depart(ref, v, r.link(c.caller, v.replica), r.now)
}

// depart puts the answer on the link at a moment that has come, or will.
func (r *Run) depart(ref uint64, v *visit, l *link, at mesh.Time) {
	v.proxy += int64(at - v.mark)
	v.mark = at
	r.at(r.transmit(l, v.replica, at, v.bytes, v.key, forBack), landing, ref)
}

// land is the answer's arrival at the caller's side.
func (r *Run) land(ref uint64, v *visit) {
	v.network += int64(r.now - v.mark)
	v.mark = r.now
	c := r.wanted(v)
	if c == nil {
		r.visits.put(ref)
		return
	}
	station := r.stationOf(c.caller)
	if station == nil {
		r.answered(ref, v)
		return
	}
	cost := r.hop.carry(&r.hop.response, v.bytes, v.key, forAnswerHop)
	r.at(station.departs(r.now, cost), answered, ref)
}

// answered gives the answer to the policy, which may want to try again.
func (r *Run) answered(ref uint64, v *visit) {
	v.proxy += int64(r.now - v.mark)
	v.mark = r.now
	c, cref := r.wanted(v), v.call
	if c == nil {
		r.visits.put(ref)
		return
	}
	reply := r.reply(c, v)
	if r.logs(c) {
		r.log.Done(r.now, c.waiter, &c.policy, v.attempt, reply)
	}
	if v.said {
		r.hear(ref, v, c)
	}
	c.policy.Done(r.now, v.attempt, reply)
	if v.outcome == mesh.OK && c.policy.Over() {
		r.tally.cost(r, c, v)
	}
	if v.says.immediate {
		r.condemn(c, v)
	}
	r.visits.put(ref)
	r.act(cref, c)
}

// answer ends a call: the caller, a task or the source, goes on.
func (r *Run) answer(ref uint64, c *call, o mesh.Outcome) {
	r.tally.answered(r, c, o)
	waiter, root, class, copied := c.waiter, c.root, c.class, c.copied
	if root && r.sources[class].sessions != nil {
		r.remember(c)
	}
	if c.tied {
		delete(r.ties, ref)
	}
	r.calls.put(ref)
	if copied {
		return
	}
	if root {
		r.served(class, waiter)
		return
	}
	if t := r.tasks.get(waiter); t != nil {
		r.resume(waiter, t, o)
	}
}
