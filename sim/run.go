package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// Run is one run of a plan with one seed.
type Run struct {
	engine
	guard
	*Plan
	seed uint64

	calls  slab[call]
	visits slab[visit]
	dials  slab[dial]
	tasks  slab[task]

	replicas []replica
	nics     []mesh.Time // when each agent's network interface is free
	stations []station
	deciders []*policy.Upstream  // by edge and deciding proxy, made when first needed
	tables   policy.Tables       // of all deciders, for balancers that hash
	roused   []mesh.Time         // when each will be woken
	seats    []seat              // of each
	made     dial                // the handshake that has just ended; blank when none has
	probers  []prober            // by decider; nil: none checks health
	found    [][]policy.Endpoint // by service, what proxies know of it now; nil: what the plan says
	sources  []source
	troubled []bool  // the faults that last, by index
	reading  reading // the call that is being decided

	said      []load // with the answers under way, by the slots of their visits
	named     [2]policy.Metric
	listeners []listener
	ties      map[uint64]knot // of tied calls; nil: there are none
	news      slab[news]
	inquiries slab[inquiry]

	log    *policy.Log // of decisions; nil when nobody wants it
	script script      // nil when the model plays all parts

	tally   *Tally
	from    mesh.Time // start of measuring
	until   mesh.Time // end of the run
	over    bool
	kept    int   // hosts that proxies keep books of
	crowded error // why a limit stopped the run
}

// call is one request from the caller's side: its way through one proxy.
type call struct {
	policy   policy.Call
	key      uint64    // of all it draws
	origin   uint64    // key of the request from outside that it is part of
	asked    mesh.Time // when the caller asked; for traffic the intended arrival
	first    mesh.Time // when the first attempt left the proxy
	armed    mesh.Time // when it will be woken
	waiter   uint64    // who gets the answer: a task, or the user of a class
	bytes    int64
	edge     int32
	endpoint int32
	caller   int32 // agent
	class    int32 // of the traffic that caused it
	worker   uint8
	root     bool // the caller is the traffic source itself
	copied   bool // a copy of another call, whose answer nobody waits for
	tied     bool // the first of its attempts that is worked on ends the others
}

// visit is one attempt of a call at one replica.
type visit struct {
	call                                  uint64
	key                                   uint64
	origin                                uint64    // key of the request from outside that caused it
	bytes                                 int64     // of the request, and then of the answer
	mark                                  mesh.Time // start of what is going on now, of its own work while it is served
	sent                                  mesh.Time
	until                                 mesh.Time // how long the caller waits
	came                                  mesh.Time // reached the replica
	proxy, network, queue, app, down, tls int64     // ns spent so far in each
	older, newer                          uint64    // neighbours in the waiting line
	replica                               int32
	endpoint                              int32
	class                                 int32
	found                                 int32  // requests that were at the replica when it came
	attempt                               int16  // 1, 2, ...; 0 for a health check, -1 for one of the connection
	running                               int16  // tasks at work or waiting, not calling
	says                                  says   // of a probe: how it was answered
	spoiler                               uint16 // the fault that made the answer an error, from 1; 0: none
	outcome                               mesh.Outcome
	state                                 place
	failed                                bool // a call that it needs has failed
	connect                               bool
	tied                                  bool // the caller is to hear when it is worked on
	said                                  bool // the replica's load goes with the answer
	shared                                bool // one proxy serves caller and callee alike, or there is none
}

// probe says that it is a health check, which no figure counts.
func (v *visit) probe() bool { return v.attempt <= 0 }

// tcp says that it is one of the connection only.
func (v *visit) tcp() bool { return v.attempt < 0 }

// began is when it got its place.
func (v *visit) began() mesh.Time { return v.came + mesh.Time(v.queue) }

// place is where a visit is.
type place uint8

const (
	travelling place = iota
	arrived
	waiting
	serving
	returning
)

// task is one thread of a visit's program.
type task struct {
	visit    uint64
	parent   uint64 // 0: the root
	dice     chance.Stream
	pc       int32
	again    int32 // repeat: how many more times,
	start    int32 // and from where
	pending  int32 // children that are not joined
	optional bool  // the call it waits for may fail
	asking   bool  // it is inside ask
	instant  bool  // and the answer came at once
}

// ErrCrowded is the end of a run whose requests in flight pass the limit.
var ErrCrowded = errors.New("too much to hold")

// New prepares a run. Runs of one plan may go on side by side.
func (p *Plan) New(seed uint64) *Run {
	r := &Run{Plan: p, seed: seed, from: mesh.Time(p.model.Warmup), until: mesh.Time(p.model.Warmup + p.model.Duration)}
	r.nics = make([]mesh.Time, len(p.agents))
	r.deciders = make([]*policy.Upstream, p.upstreams)
	r.roused = make([]mesh.Time, p.upstreams)
	r.seats = make([]seat, p.upstreams)
	r.stations = newStations(p.proxies, p.hop.workers)
	r.troubled = make([]bool, len(p.model.Faults))
	r.replicas = r.newReplicas()
	r.watchAnswers()
	r.tally = newTally(p)
	r.reading.run = r
	r.at(r.from, measure, 0)
	r.startSources()
	r.startTroubles()
	r.learn()
	r.startProbers()
	return r
}

func newStations(n, workers int) []station {
	stations, free := make([]station, n), make([]mesh.Time, n*workers)
	for i := range stations {
		stations[i].free = free[i*workers : (i+1)*workers : (i+1)*workers]
	}
	return stations
}

func (r *Run) limit() int {
	if r.model.Limit > 0 {
		return r.model.Limit
	}
	return DefaultLimit
}

// Go runs to the end and returns what was counted. When ctx is cancelled it
// stops within some thousand events, and returns ctx's error beside what was
// counted by then, or nil if measuring had not begun; and likewise when a limit
// stops it. Progress, when there is
// one, is told now and then which share of the run is done.
func (r *Run) Go(ctx context.Context, progress func(share float64)) (*Tally, error) {
	for steps := 0; !r.over; steps++ {
		if steps&0xfff == 0 {
			if ctx.Err() != nil {
				return r.soFar(), ctx.Err()
			}
			if r.standsStill() {
				return r.soFar(), r.standstill()
			}
			if progress != nil && steps&0xfffff == 0 {
				progress(float64(r.now) / float64(r.until))
			}
		}
		r.step()
	}
	if r.crowded != nil {
		return r.soFar(), r.crowded
	}
	r.settle()
	return r.tally, nil
}

// stop ends the run at a limit.
func (r *Run) stop(why error) { r.over, r.crowded = true, why }

func (r *Run) soFar() *Tally {
	if r.now <= r.from {
		return nil
	}
	r.settle()
	return r.tally
}

// crowd names the services that hold the most requests.
func (r *Run) crowd() string {
	type held struct {
		name string
		n    int64
	}
	var all []held
	for i := range r.services {
		all = append(all, held{r.services[i].Name, r.tally.Services[i].inside.Level()})
	}
	slices.SortStableFunc(all, func(a, b held) int { return cmp.Compare(b.n, a.n) })
	var text []string
	for _, h := range all[:min(len(all), 5)] {
		text = append(text, fmt.Sprintf("%s holds %d", h.name, h.n))
	}
	return strings.Join(text, ", ")
}

// step takes the next event.
func (r *Run) step() {
	kind, ref, ok := r.next()
	if !ok {
		r.over = true
		return
	}
	r.dispatch(kind, ref)
}

// dispatch hands an event to the method it is for. A ref to something that is
// gone by now is dropped here. It is one flat switch, because which kind comes
// next can hardly be foretold, and a second branch on it would be mispredicted
// once more.
func (r *Run) dispatch(k kind, ref uint64) {
	switch k {
	case arrival:
		r.arrive(int32(ref))
	case thought:
		r.think(int32(ref>>32), int32(uint32(ref)))
	case outbound:
		if c := r.calls.get(ref); c != nil {
			r.outbound(ref, c)
		}
	case reach:
		if v := r.visits.get(ref); v != nil {
			r.reach(ref, v)
		}
	case inbound:
		if v := r.visits.get(ref); v != nil {
			r.inbound(ref, v)
		}
	case expiry:
		if v := r.visits.get(ref); v != nil {
			r.expire(ref, v)
		}
	case step:
		if t := r.tasks.get(ref); t != nil {
			r.done(ref, t)
		}
	case core:
		r.coreDone(int32(uint32(ref)), uint32(ref>>32))
	case leave:
		if v := r.visits.get(ref); v != nil {
			r.leave(ref, v)
		}
	case landing:
		if v := r.visits.get(ref); v != nil {
			r.land(ref, v)
		}
	case answered:
		if v := r.visits.get(ref); v != nil {
			r.answered(ref, v)
		}
	case wake:
		if c := r.calls.get(ref); c != nil {
			r.wake(ref, c)
		}
	default:
		r.housekeeping(k, ref)
	}
}

func (r *Run) housekeeping(k kind, ref uint64) {
	switch k {
	case trouble:
		r.strike(int(ref))
	case relief:
		r.relieve(int(ref))
	case measure:
		r.startMeasuring()
	case tick:
		r.tick()
	case publish:
		r.publish(int(ref))
	case heardOf:
		if n := r.news.get(ref); n != nil {
			r.hearOf(ref, n)
		}
	case loadAsked:
		if q := r.inquiries.get(ref); q != nil {
			r.loadAsked(ref, q)
		}
	case loadTold:
		if q := r.inquiries.get(ref); q != nil {
			r.loadTold(ref, q)
		}
	case begun, withdrawn:
		if v := r.visits.get(ref); v != nil {
			r.tied(k, ref, v)
		}
	case rouse:
		r.rouse(int(ref))
	case probing, probeBack:
		r.dispatchProbe(k, ref)
	case learnt:
		r.learnt(int32(ref>>1), ref&1 == 1)
	case dialled:
		if d := r.dials.get(ref); d != nil {
			r.dialled(ref, d)
		}
	case hangUp, played:
		r.scripted(k, ref)
	case horizon:
		r.over = true
	}
}
