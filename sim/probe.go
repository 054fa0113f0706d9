package sim

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// The journey of a probe, by which a proxy asks a replica how it is. It crosses
// the same links as a request and passes the callee's proxy, but not the workers
// of the caller's: Envoy checks on its main thread. At the replica it is a request
// of no work. It waits in line for a place, is slowed by what slows requests and
// fails with the faults that fail them; no figure counts it. A probe over TCP is
// only a connection, which is there as soon as the replica is reached.

// prober is what the probes of one deciding proxy need to know of it.
type prober struct {
	key   uint64 // of all that they draw
	edge  int32
	agent int32 // whose proxy it is
}

// startProbers makes the upstreams that check health, before any request comes:
// their proxies ask from the beginning.
func (r *Run) startProbers() {
	for i := range r.edges {
		if e := &r.edges[i]; e.policy.HealthCheck != nil {
			r.eachCaller(e, func(agent int32) { r.upstream(&call{edge: int32(i), caller: agent}) })
		}
	}
}

// eachCaller visits the agents that call over an edge.
func (r *Run) eachCaller(e *edge, do func(agent int32)) {
	for i := range r.agents {
		if r.agents[i].owner == e.caller {
			do(int32(i))
		}
	}
}

// checksHealth notes whose probes those of a decider are.
func (r *Run) checksHealth(decider int32, c *call) {
	if r.probers == nil {
		r.probers = make([]prober, len(r.deciders))
	}
	key := chance.Key(r.seed, 0, r.agentName(c.caller)+"/up:"+r.edges[c.edge].to, "probes")
	r.probers[decider] = prober{key: key, edge: c.edge, agent: c.caller}
}

// tend does what an upstream wants done beside its calls, and wakes it when it
// asks for that.
func (r *Run) tend(decider int) {
	u := r.deciders[decider]
	for c, ok := u.NextClosing(); ok; c, ok = u.NextClosing() {
		if c.AtOnce {
			r.cut(decider, c.Host)
		}
	}
	for p, ok := u.NextProbe(); ok; p, ok = u.NextProbe() {
		r.probe(decider, p)
	}
	r.wire(int32(decider))
	r.rouseLater(decider)
}

// dispatchProbe takes the events of probes.
func (r *Run) dispatchProbe(k kind, ref uint64) {
	v := r.visits.get(ref)
	switch {
	case v == nil:
	case k == probing:
		r.reachProbe(ref, v)
	default:
		r.probeAnswered(ref, v)
	}
}

// probe puts a probe on its way.
func (r *Run) probe(decider int, p policy.Probe) {
	from := &r.probers[decider]
	rules, _ := r.deciders[decider].ProbeRules()
	ref, v := r.visits.take()
	*v = visit{call: uint64(decider), origin: uint64(p.Number), class: from.agent,
		key: chance.Mix(chance.Mix(from.key, uint64(p.Host)), uint64(p.Number)), endpoint: r.probed,
		replica: r.services[r.edges[from.edge].callee].first + p.Host}
	if rules.Protocol == policy.TCPProbe {
		v.attempt = -1
	}
	v.connect, v.shared = p.Fresh && !v.tcp(), r.agents[from.agent].proxy == r.agents[v.replica].proxy
	depart := r.now
	if v.connect {
		network, tls := r.trips(from.agent, v.replica, v.key)
		depart += mesh.Time(network + tls)
	}
	r.at(r.transmit(r.link(from.agent, v.replica), from.agent, depart, 0, v.key, forThere), probing, ref)
}

// reachProbe is a probe's arrival at the callee's side.
func (r *Run) reachProbe(ref uint64, v *visit) {
	if r.script != nil {
		r.playProbe(ref, v)
		return
	}
	station := r.inboundStation(v)
	switch {
	case r.replicas[v.replica].down:
		r.finish(ref, v, mesh.ConnectFailure)
	case v.tcp():
		r.finish(ref, v, mesh.OK)
	case station == nil:
		r.inbound(ref, v)
	default:
		cost := r.hop.carry(&r.hop.request, 0, v.key, forInboundHop)
		if v.connect {
			cost += r.hop.connection
		}
		r.at(station.departs(r.now, cost), inbound, ref)
	}
}

// answerProbe sends the answer back.
func (r *Run) answerProbe(ref uint64, v *visit) {
	p, depart := &r.replicas[v.replica], r.now
	if station := r.inboundStation(v); station != nil && !p.down && !v.tcp() {
		depart = station.departs(depart, r.hop.carry(&r.hop.response, 0, v.key, forLeaveHop))
	}
	r.at(r.transmit(r.link(v.class, v.replica), v.replica, depart, 0, v.key, forBack), probeBack, ref)
}

// probeAnswered tells the proxy what came of its probe.
func (r *Run) probeAnswered(ref uint64, v *visit) {
	decider, p := int(v.call), r.probeOf(v)
	reply := policy.ProbeReply{Outcome: v.outcome}
	if v.outcome == mesh.OK && !v.tcp() {
		v.says.tell(&reply)
	}
	r.visits.put(ref)
	if r.log != nil {
		r.log.Probed(r.now, r.deciders[decider], p, reply)
	}
	r.deciders[decider].Probed(r.now, p, reply)
	r.tend(decider)
}

// probeOf is the probe that a visit is.
func (r *Run) probeOf(v *visit) policy.Probe {
	callee := r.edges[r.probers[v.call].edge].callee
	return policy.Probe{Host: v.replica - r.services[callee].first, Number: uint32(v.origin)}
}

// says is how a replica answers probes, when it is not as its requests would
// be: 0.
type says struct {
	status    uint16
	degraded  bool
	immediate bool
}

func (s says) tell(r *policy.ProbeReply) {
	if s == (says{}) {
		return
	}
	r.Status, r.Degraded, r.Immediate = int(s.status), s.degraded, s.immediate
	r.NotServing = s.status >= 400
}

// condemn tells a proxy that an answer to a request carried
// x-envoy-immediate-health-check-fail.
func (r *Run) condemn(c *call, v *visit) {
	if v.outcome != mesh.Reset && v.outcome != mesh.ConnectFailure {
		i := r.decider(c)
		r.deciders[i].Condemned(r.now, int(v.replica-r.services[r.edges[c.edge].callee].first))
		r.tend(int(i))
	}
}

// cut breaks the connections of one proxy to a replica: the attempts on them are
// reset. What the replica does with them it goes on doing.
func (r *Run) cut(decider int, host int32) {
	var doomed []uint64
	r.visits.each(func(ref uint64, v *visit) {
		if c := r.callOf(v); c != nil && int(r.decider(c)) == decider && v.replica == r.services[r.edges[c.edge].callee].first+host {
			doomed = append(doomed, ref)
		}
	})
	for _, ref := range doomed {
		v := r.visits.get(ref)
		if c := r.callOf(v); c != nil {
			r.reset(v.call, c, v)
		}
	}
}

// callOf is the call that waits for a visit; nil when none does.
func (r *Run) callOf(v *visit) *call {
	if v.probe() {
		return nil
	}
	return r.wanted(v)
}

// reset ends an attempt at the caller's side.
func (r *Run) reset(ref uint64, c *call, v *visit) {
	reply := policy.ReplyOf(mesh.Reset, r.edges[c.edge].policy.GRPC)
	if r.log != nil {
		r.log.Done(r.now, c.waiter, &c.policy, v.attempt, reply)
	}
	c.policy.Done(r.now, v.attempt, reply)
	r.act(ref, c)
}
