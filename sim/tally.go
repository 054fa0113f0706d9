package sim

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/stats"
)

// Tally is what a run counted. Requests belong to it when they arrived after
// the warm-up. Tallies of several runs of one plan merge.
type Tally struct {
	Plan        *Plan
	Runs        int
	Events      uint64
	Fingerprint uint64
	Measured    time.Duration
	Classes     []ClassTally
	Services    []ServiceTally
	Edges       []EdgeTally
	Timeline    Timeline
}

// ClassTally is one class of traffic. What has no outcome yet is unfinished.
type ClassTally struct {
	Requests uint64
	Outcomes [mesh.Outcomes]uint64
	OK       *stats.Latency
	Failed   *stats.Latency
	Batches  *stats.Batches // of a pilot: the latencies of OK, in the order of the answers; or nil
}

// ServiceTally is one service, all replicas together. The levels are numbers of
// requests or cores; Residence is the time that all requests together spent
// inside, which Little's law holds against InSystem.
type ServiceTally struct {
	Requests  uint64
	Outcomes  [mesh.Outcomes]uint64
	Latency   *stats.Latency
	InSystem  stats.Area
	Queue     stats.Area
	Busy      stats.Area
	Residence stats.Area
	QueueMax  int
	CPU       uint64 // core time used, ns
	Proxy     uint64 // proxy worker time used, ns

	inside, waiting, places stats.TimeWeighted // as they stand during the run
}

// EdgeTally is the calls of one caller to one callee.
type EdgeTally struct {
	Requests  uint64
	Succeeded uint64
	Attempts  uint64
	Retries   uint64
	Overflows uint64
	Flags     [policy.FlagCount]uint64 // calls that were answered with each flag
	Ejections uint64                   // of replicas, by any of the caller's proxies
	Picks     []uint64                 // attempts by replica
	Latency   *stats.Latency
	Cost      [Parts]uint64 // of the calls that succeeded, ns

	Probes    uint64 // health checks sent
	Unhealthy uint64 // replicas that health checks took out, for any of the caller's proxies

	early policyCounts // during the warm-up
}

// Part is a share of a call's latency.
type Part int

// The parts of a latency; they sum to it.
const (
	App        Part = iota // the callee's own work and waits
	Downstream             // the callee's own calls
	Queue                  // waiting for a place at the callee
	Proxy                  // the proxies of both sides, waiting included
	Network
	TLS
	Retry // attempts that came to nothing, the pauses between, the delays of a fault filter
	Parts
)

func newTally(p *Plan) *Tally {
	t := &Tally{Plan: p, Runs: 1, Measured: p.model.Duration,
		Classes: make([]ClassTally, len(p.classes)), Services: make([]ServiceTally, len(p.services)), Edges: make([]EdgeTally, len(p.edges))}
	for i := range t.Classes {
		t.Classes[i].OK, t.Classes[i].Failed = stats.NewLatency(3), stats.NewLatency(3)
		if p.model.Pilot {
			t.Classes[i].Batches = &stats.Batches{}
		}
	}
	for i := range t.Services {
		t.Services[i].Latency = stats.NewLatency(p.digits)
	}
	for i := range t.Edges {
		t.Edges[i].Latency = stats.NewLatency(p.digits)
		t.Edges[i].Picks = make([]uint64, p.services[p.edges[i].callee].Replicas)
	}
	t.Timeline = newTimeline(p)
	return t
}

// asked counts a call that begins.
func (t *Tally) asked(r *Run, c *call) {
	if c.asked < r.from {
		return
	}
	t.Edges[c.edge].Requests++
	if c.root {
		t.Classes[c.class].Requests++
	}
}

// sent counts an attempt.
func (t *Tally) sent(r *Run, c *call, a policy.Action) {
	if c.asked < r.from {
		return
	}
	e := &t.Edges[c.edge]
	e.Attempts++
	e.Picks[a.Host]++
	if a.Attempt > 1 {
		e.Retries++
	}
}

// answered counts the end of a call.
func (t *Tally) answered(r *Run, c *call, o mesh.Outcome) {
	latency := int64(r.now - c.asked)
	if c.asked < r.from {
		return
	}
	e := &t.Edges[c.edge]
	switch o {
	case mesh.OK:
		e.Succeeded++
		e.Latency.Record(latency)
		if c.policy.Flags()&policy.FaultInjected != 0 { // no visit tells where the time went
			e.Cost[Proxy] += uint64(c.first - c.asked)
			e.Cost[Retry] += uint64(r.now - c.first)
		}
	case mesh.Overflow:
		e.Overflows++
	}
	for f, i := c.policy.Flags(), 0; f != 0; f, i = f>>1, i+1 {
		e.Flags[i] += uint64(f & 1)
	}
	if c.root {
		t.Classes[c.class].answered(r.now, o, latency)
		if o == mesh.OK {
			t.Timeline.Classes[c.class].record(latency)
		}
	}
}

func (c *ClassTally) answered(now mesh.Time, o mesh.Outcome, latency int64) {
	c.Outcomes[o]++
	if o != mesh.OK {
		c.Failed.Record(latency)
		return
	}
	c.OK.Record(latency)
	if c.Batches != nil {
		c.Batches.Record(now, float64(latency))
	}
}

// cost books where the time of a call that succeeded went.
func (t *Tally) cost(r *Run, c *call, v *visit) {
	if c.asked < r.from {
		return
	}
	sum := &t.Edges[c.edge].Cost
	sum[App] += uint64(v.app)
	sum[Downstream] += uint64(v.down)
	sum[Queue] += uint64(v.queue)
	sum[Proxy] += uint64(v.proxy) + uint64(c.first-c.asked)
	sum[Network] += uint64(v.network)
	sum[TLS] += uint64(v.tls)
	sum[Retry] += uint64(v.sent - c.first)
}

// came counts a visit that reaches its replica.
func (t *Tally) came(r *Run, service int32) {
	s := &t.Services[service]
	if r.now >= r.from {
		s.Requests++
	}
	s.inside.Add(r.now, 1)
}

// waits and waitsNoMore follow the waiting lines.
func (t *Tally) waits(r *Run, p *replica) {
	s := &t.Services[p.service]
	s.waiting.Add(r.now, 1)
	if r.now >= r.from {
		s.QueueMax = max(s.QueueMax, int(p.line.waiting))
	}
}

func (t *Tally) waitsNoMore(r *Run, p *replica) { t.Services[p.service].waiting.Add(r.now, -1) }

// began counts a place taken.
func (t *Tally) began(r *Run, service int32) { t.Services[service].places.Add(r.now, 1) }

// went counts the end of a visit's stay.
func (t *Tally) went(r *Run, v *visit, was place) {
	s := &t.Services[r.replicas[v.replica].service]
	s.inside.Add(r.now, -1)
	if was == serving {
		s.places.Add(r.now, -1)
	}
	s.Residence = s.Residence.Plus(stats.Area{uint64(r.now - max(v.came, r.from))})
	if v.came < r.from {
		return
	}
	s.Outcomes[v.outcome]++
	if was == serving && v.outcome != mesh.Reset {
		s.Latency.Record(int64(r.now - v.came))
	}
}

// fold puts away the areas so far, now and then.
func (s *ServiceTally) fold(now mesh.Time) {
	s.inside.Fold(now)
	s.waiting.Fold(now)
	s.places.Fold(now)
}

// startMeasuring forgets what was summed during the warm-up.
func (r *Run) startMeasuring() {
	for i := range r.tally.Services {
		s := &r.tally.Services[i]
		s.inside.Cut(r.now)
		s.waiting.Cut(r.now)
		s.places.Cut(r.now)
		s.Residence = stats.Area{}
		s.QueueMax = 0
	}
	r.eachCPU(func(_ *ServiceTally, c *cpu) { c.advance(r.now); c.busy = 0 })
	for i := range r.stations {
		r.stations[i].busy = r.stations[i].ahead(r.now)
	}
	for i := range r.edges {
		r.tally.Edges[i].early = r.policyCounts(&r.edges[i])
	}
	for i := range r.replicas {
		s := &r.tally.Services[r.replicas[i].service]
		s.QueueMax = max(s.QueueMax, int(r.replicas[i].line.waiting))
	}
	r.nextTick()
}

// settle closes the books at the end of the run.
func (r *Run) settle() {
	t := r.tally
	t.Events, t.Fingerprint = r.events, r.fingerprint
	t.Measured = r.now.Sub(r.from)
	r.settleProxies()
	r.eachCPU(func(s *ServiceTally, c *cpu) { c.advance(r.now); s.CPU += c.busy / 1000 })
	r.visits.each(func(_ uint64, v *visit) {
		if !v.probe() && (v.state == arrived || v.state == waiting || v.state == serving) {
			s := &t.Services[r.replicas[v.replica].service]
			s.Residence = s.Residence.Plus(stats.Area{uint64(r.now - max(v.came, r.from))})
		}
	})
	for i := range t.Edges {
		if !r.edges[i].guest {
			t.Edges[i].since(r.policyCounts(&r.edges[i]))
		}
	}
	for i := range t.Services {
		s := &t.Services[i]
		s.InSystem, s.Queue, s.Busy = s.inside.Area(r.now), s.waiting.Area(r.now), s.places.Area(r.now)
	}
}

func (r *Run) eachCPU(do func(s *ServiceTally, c *cpu)) {
	for i := range r.replicas {
		if c := r.replicas[i].cpu; c != nil {
			do(&r.tally.Services[r.replicas[i].service], c)
		}
	}
}

// settleProxies books the work of every sidecar under its service.
func (r *Run) settleProxies() {
	for i := range r.replicas {
		if p := r.agents[i].proxy; p != none && r.nodes == 0 {
			r.tally.Services[r.replicas[i].service].Proxy += uint64(r.stations[p].busy - r.stations[p].ahead(r.now))
		}
	}
}
