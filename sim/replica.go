package sim

import (
	"fmt"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// replica is one copy of a service: places for requests at work, a line for
// those that wait, and perhaps a CPU that they share.
type replica struct {
	service  int32
	busy     int32 // places taken
	line     line
	ranks    *[ranks]line // order: priority
	codel    *codel
	cpu      *cpu
	answers  *answers // of late; nil when nobody asks how long they took
	meter    *meter   // of the load it reports; nil when it reports none
	slow     int64    // ns that faults add to every request
	errors   float64  // share that faults let fail
	spoiler  uint16   // the first of these faults, from 1
	crashes  int32    // that it has not come back from
	says     says     // how it answers health checks
	down     bool
	absent   bool // from the endpoints that proxies know
	draining bool // release is filling places
}

func (r *Run) newReplicas() []replica {
	var replicas []replica
	for i := range r.services {
		s := &r.services[i]
		for range s.Replicas {
			replicas = append(replicas, replica{service: int32(i), ranks: newRanks(&s.Queue), codel: newCodel(&s.Queue), cpu: newCPU(s.cores), meter: newMeter(s.Service)})
		}
	}
	return replicas
}

// release gives a place back and fills what is free from the line. A visit
// that ends at once releases its place inside the loop; the loop sees to it.
func (r *Run) release(p *replica) {
	if p.meter != nil {
		p.meter.goOn(r.now, p.busy)
	}
	p.busy--
	if p.draining {
		return
	}
	p.draining = true
	for p.busy < r.services[p.service].places && !p.down {
		ref, v := r.dequeue(p)
		if v == nil {
			break
		}
		r.begin(ref, v, p)
	}
	p.draining = false
}

// upstream is what the proxy that decides for a call knows of the callee.
func (r *Run) upstream(c *call) *policy.Upstream {
	e, i := &r.edges[c.edge], r.decider(c)
	if r.deciders[i] == nil {
		known := r.discovered(e.callee)
		r.keep(e, len(known))
		dice := chance.New(r.seed, 0, r.agentName(c.caller)+"/up:"+e.to, "policy")
		r.deciders[i] = policy.NewUpstream(&e.policy, known, dice)
		r.seats[i] = seat{caller: c.caller, edge: c.edge, key: chance.Key(r.seed, 0, r.agentName(c.caller)+"/up:"+e.to, "connections")}
		if r.costs(c.caller) {
			r.deciders[i].Dials()
		}
		r.deciders[i].Share(&r.tables)
		r.deciders[i].Locate(r.zones[r.agents[c.caller].zone], e.callers)
		if r.roused[i] = mesh.Never; e.policy.HealthCheck != nil {
			r.checksHealth(i, c)
		}
		r.tellAbsent(r.deciders[i], &r.services[e.callee])
		r.deciders[i].Start(r.now)
		r.tend(int(i))
		r.listen(c.edge, i, c.caller)
	}
	return r.deciders[i]
}

// decider is the number of the proxy that decides for a call.
func (r *Run) decider(c *call) int32 {
	e, a := &r.edges[c.edge], &r.agents[c.caller]
	if r.nodes > 0 && a.proxy != none {
		return e.upstreams + a.proxy
	}
	return e.upstreams + a.index
}

// policyCounts is what the proxies that decide on an edge have counted.
type policyCounts struct{ ejections, probes, unhealthy uint64 }

func (r *Run) policyCounts(e *edge) (sum policyCounts) {
	for _, u := range r.deciders[e.upstreams : int(e.upstreams)+r.callers(e.caller)] {
		if u != nil {
			health := u.HealthCounts()
			sum.ejections += u.Ejections()
			sum.probes += health.Attempts
			sum.unhealthy += health.Unhealthy
		}
	}
	return sum
}

// since takes what was counted after the warm-up.
func (e *EdgeTally) since(now policyCounts) {
	e.Ejections = now.ejections - e.early.ejections
	e.Probes = now.probes - e.early.probes
	e.Unhealthy = now.unhealthy - e.early.unhealthy
}

// hostsPerRequest is how many hosts a proxy can keep for the memory of one
// request in flight.
const hostsPerRequest = 20

// keep counts what proxies keep about hosts: every caller has a book of every
// replica that it may call, which large meshes have no room for.
func (r *Run) keep(e *edge, hosts int) {
	if r.kept += hosts; r.kept > hostsPerRequest*r.limit() && !r.over {
		r.stop(fmt.Errorf("%w: proxies keep books of %d replicas at %v, those of %s among them", ErrCrowded, r.kept, r.now, e.to))
	}
}

// stationOf is the proxy beside an agent; nil when there is none.
func (r *Run) stationOf(a int32) *station {
	if p := r.agents[a].proxy; p != none {
		return &r.stations[p]
	}
	return nil
}

// inboundStation is the proxy that an attempt passes on the callee's side. One
// that serves caller and callee alike, on one node, is passed once.
func (r *Run) inboundStation(v *visit) *station {
	if v.shared {
		return nil
	}
	return r.stationOf(v.replica)
}

// link is the way between two agents.
func (r *Run) link(a, b int32) *link {
	if r.agents[a].zone == r.agents[b].zone {
		return &r.links[0]
	}
	return &r.links[1]
}

// transmit sends a message and returns when it arrives.
func (r *Run) transmit(l *link, from int32, depart mesh.Time, bytes int64, key uint64, p purpose) mesh.Time {
	if wire := l.wire(bytes); wire > 0 {
		depart = max(depart, r.nics[from]) + mesh.Time(wire)
		r.nics[from] = depart
	}
	return depart.Add(nanoseconds(l.travel(key, p)))
}

// responseSize is how many bytes a visit answers. Errors are bare.
func (r *Run) responseSize(v *visit) int64 {
	if v.outcome != mesh.OK {
		return 0
	}
	return draw(&r.endpoints[v.endpoint].response, v.key, forSize)
}

func nanoseconds(n int64) time.Duration { return time.Duration(n) }
