package sim

import (
	"context"
	"errors"
	"runtime/debug"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// Stories of single requests. Nothing in them is left to chance but what they
// say, so that every time is known to the nanosecond.

const millisecond = time.Millisecond

// once sends one request, at 1 s, and looks until it is 10 s.
func once(to string, services ...mesh.Service) Model {
	m := modelOf(1, to, services...)
	m.Traffic[0] = burst(clients, to, 0)
	m.Duration = 10 * time.Second
	return m
}

// burst is a class of one request, at 1 s and so long after.
func burst(name, to string, after time.Duration) loadgen.Traffic {
	c := open(name, to, 1)
	c.Arrivals = loadgen.Arrivals{Kind: "constant", Pacer: moments{mesh.Time(time.Second + after)}}
	return c
}

// moments are arrivals at fixed times.
type moments []mesh.Time

func (m moments) New(loadgen.Profile, chance.Stream) loadgen.Pacer { left := playing(m); return &left }

type playing []mesh.Time

func (m *playing) Next() mesh.Time {
	if len(*m) == 0 {
		return mesh.Never
	}
	next := (*m)[0]
	*m = (*m)[1:]
	return next
}

// noPause lets retries follow at once: a pause is a whole number of ms below 1.
func noPause(n int, on ...string) *policy.Retry {
	return &policy.Retry{RetryOn: on, NumRetries: n, BackOff: policy.BackOff{BaseInterval: unit.Millisecond, MaxInterval: unit.Millisecond}}
}

func span(d time.Duration) *unit.Duration { u := unit.Duration(d); return &u }

func crashes(service string, at time.Duration, replicas int, restart *unit.Duration) fault.Fault {
	return fault.Fault{At: unit.Duration(at), Restart: restart, Kind: &fault.Crash{Service: service, Replicas: replicas}}
}

func waits(t testing.TB, text string) mesh.Step { d := dur(t, text); return mesh.Step{Wait: &d} }

func copies(n int, step mesh.Step) (steps []mesh.Step) {
	for range n {
		steps = append(steps, step)
	}
	return steps
}

// TestStories: each is a request, what it meets, and how it ends.
func TestStories(t *testing.T) {
	failing := serviceOf("s", 0, work(t, "5ms"))
	failing.Endpoints[0].Errors.Ratio = 1
	narrow := serviceOf("s", 1, work(t, "10ms"))
	narrow.Queue.Limit = 0
	optional := mesh.Step{Call: &mesh.Call{To: "s", Chance: 1, Optional: true}}
	plain := serviceOf("s", 0, work(t, "10ms"))
	rule := func(r policy.Rule) []policy.Rule { r.To = "s"; return []policy.Rule{r} }
	for _, story := range []struct {
		name     string
		model    Model
		policies []policy.Rule
		faults   []fault.Fault
		outcome  mesh.Outcome
		took     time.Duration
		attempts uint64 // at s
	}{
		{"a request is served", once("s", plain), nil, nil, mesh.OK, 10 * millisecond, 1},
		{"an error is tried again, and again", once("s", failing), rule(policy.Rule{Retry: noPause(2, "5xx")}), nil, mesh.Error, 15 * millisecond, 3},
		{"an error that no retry covers is not", once("s", failing), rule(policy.Rule{Retry: noPause(2, "reset", "gateway-error")}), nil, mesh.Error, 5 * millisecond, 1},
		{"the timeout passes during the back-off", once("s", failing),
			rule(policy.Rule{Timeout: span(50 * millisecond), Retry: &policy.Retry{RetryOn: []string{"5xx"}, NumRetries: 1, BackOff: policy.BackOff{BaseInterval: unit.Duration(time.Hour)}}}),
			nil, mesh.Timeout, 50 * millisecond, 1},
		{"the timeout ends a try under way", once("s", plain), rule(policy.Rule{Timeout: span(4 * millisecond), Retry: noPause(3, "5xx")}), nil, mesh.Timeout, 4 * millisecond, 1},
		{"every try runs into its own timeout", once("s", plain), rule(policy.Rule{Retry: &policy.Retry{RetryOn: []string{"5xx"}, NumRetries: 2, PerTryTimeout: span(4 * millisecond), BackOff: noPause(0).BackOff}}),
			nil, mesh.Timeout, 12 * millisecond, 3},
		{"three at once, two are admitted", once("front", front(together(copies(3, ask("s"))...)), plain), rule(policy.Rule{CircuitBreaker: caps(2, 0)}),
			nil, mesh.Dependency, 10 * millisecond, 2},
		{"of four failures max_retries lets one retry", once("front", front(together(copies(4, ask("s"))...)), failing),
			rule(policy.Rule{Retry: noPause(1, "5xx"), CircuitBreaker: caps(100, 1)}), nil, mesh.Dependency, 10 * millisecond, 5},
		{"of four failures a budget of half lets its minimum of two retry", once("front", front(together(copies(4, ask("s"))...)), failing),
			rule(policy.Rule{Retry: noPause(1, "5xx"), CircuitBreaker: &policy.CircuitBreaker{Thresholds: policy.Thresholds{MaxConnections: 100, MaxPendingRequests: 100, MaxRequests: 100, RetryBudget: &policy.RetryBudget{BudgetPercent: .01, MinRetryConcurrency: 2}}}}),
			nil, mesh.Dependency, 10 * millisecond, 6},
		{"a full queue refuses", once("front", front(together(ask("s"), ask("s"))), narrow), nil, nil, mesh.Dependency, 10 * millisecond, 2},
		{"a refusal is tried again at once, to no avail", once("front", front(together(ask("s"), ask("s"))), narrow), rule(policy.Rule{Retry: noPause(100, "5xx")}), nil, mesh.Dependency, 10 * millisecond, 102},
		{"a crash resets what is served", once("s", serviceOf("s", 0, work(t, "1s"))), nil, []fault.Fault{crashes("s", 1500*millisecond, 1, nil)}, mesh.Reset, 500 * millisecond, 1},
		{"a crash resets what calls", once("s", serviceOf("s", 0, ask("b")), serviceOf("b", 0, work(t, "1s"))), nil, []fault.Fault{crashes("s", 1500*millisecond, 1, nil)}, mesh.Reset, 500 * millisecond, 1},
		{"a reset is tried again, and nobody listens", once("s", serviceOf("s", 0, work(t, "1s"))), rule(policy.Rule{Retry: noPause(2, "reset")}),
			[]fault.Fault{crashes("s", 1500*millisecond, 1, nil)}, mesh.ConnectFailure, 500 * millisecond, 3},
		{"who comes during a crash cannot connect", once("s", plain), nil, []fault.Fault{crashes("s", 900*millisecond, 1, span(200*millisecond))}, mesh.ConnectFailure, 0, 1},
		{"who comes after it is served", once("s", plain), nil, []fault.Fault{crashes("s", 900*millisecond, 1, span(99*millisecond))}, mesh.OK, 10 * millisecond, 1},
		{"two crashes overlap: the longer counts", once("s", plain), nil, []fault.Fault{crashes("s", 800*millisecond, 1, span(500*millisecond)), crashes("s", 850*millisecond, 1, span(50*millisecond))},
			mesh.ConnectFailure, 0, 1},
		{"slow adds up where faults overlap", once("s", plain), nil, []fault.Fault{
			{At: 0, Kind: &fault.Slow{Service: "s", By: 100 * unit.Millisecond}}, {At: 0, For: span(1005 * millisecond), Kind: &fault.Slow{Service: "s", By: 30 * unit.Millisecond}}},
			mesh.OK, 140 * millisecond, 1},
		{"slow counts when the request begins", once("front", front(waits(t, "10ms"), ask("s")), plain), nil,
			[]fault.Fault{{At: 0, For: span(1005 * millisecond), Kind: &fault.Slow{Service: "s", By: 100 * unit.Millisecond}}}, mesh.OK, 20 * millisecond, 1},
		{"a failing service does its work and answers 500", once("s", plain), nil, []fault.Fault{{At: 0, Kind: &fault.Errors{Service: "s", Rate: 1}}}, mesh.Error, 10 * millisecond, 1},
		{"it counts whether it fails when the work is done", once("s", plain), nil, []fault.Fault{{At: 0, For: span(1005 * millisecond), Kind: &fault.Errors{Service: "s", Rate: 1}}}, mesh.OK, 10 * millisecond, 1},
		{"of two such faults one goes on", once("s", plain), nil, []fault.Fault{
			{At: 0, Kind: &fault.Errors{Service: "s", Rate: 1}}, {At: 0, For: span(500 * millisecond), Kind: &fault.Errors{Service: "s", Rate: 1}}}, mesh.Error, 10 * millisecond, 1},
		{"one branch fails, the others are waited for", once("front", front(together(ask("s"), waits(t, "30ms"))), failing), nil, nil, mesh.Dependency, 30 * millisecond, 1},
		{"a failed branch stops before its next step", once("front", front(together(mesh.Step{Steps: []mesh.Step{ask("s"), ask("s")}}, mesh.Step{Steps: []mesh.Step{waits(t, "7ms"), ask("s")}})), failing),
			nil, nil, mesh.Dependency, 7 * millisecond, 1},
		{"an optional call may fail", once("front", front(optional, ask("b")), failing, serviceOf("b", 0, waits(t, "1ms"))), nil, nil, mesh.OK, 6 * millisecond, 1},
		{"repeats nest", once("front", front(times(3, times(4, ask("s")), waits(t, "1ms"))), plain), nil, nil, mesh.OK, 123 * millisecond, 12},
		{"forks nest", once("front", front(together(together(ask("s"), waits(t, "15ms")), times(2, together(ask("s"), ask("s"))))), plain), nil, nil, mesh.OK, 20 * millisecond, 5},
		{"an empty parallel is nothing", once("s", serviceOf("s", 0, together(), waits(t, "1ms"))), nil, nil, mesh.OK, millisecond, 1},
		{"an endpoint without steps answers at once", once("s", serviceOf("s", 1)), nil, nil, mesh.OK, 0, 1},
	} {
		t.Run(story.name, func(t *testing.T) {
			story.model.Policies, story.model.Faults = story.policies, story.faults
			tally := run(t, story.model, 1)
			c := &tally.Classes[0]
			equal(t, "outcome", c.Outcomes[story.outcome], 1)
			took := c.Failed
			if story.outcome == mesh.OK {
				took = c.OK
			}
			equal(t, "latency", time.Duration(took.Max()), story.took)
			attempts := uint64(0)
			for i := range tally.Edges {
				if _, to := tally.Edge(i); to == "s" {
					attempts += tally.Edges[i].Attempts
				}
			}
			equal(t, "attempts", attempts, story.attempts)
		})
	}
}

// TestSecondTryElsewhere: one of two replicas is held up, so who asks it first
// gives up after 50 ms and asks the other.
func TestSecondTryElsewhere(t *testing.T) {
	s := serviceOf("s", 1, work(t, "5ms"))
	s.Replicas = 2
	s.Endpoints = append(s.Endpoints, mesh.Endpoint{Path: "/long", Steps: []mesh.Step{work(t, "2s")}})
	m := once("s", s)
	m.Traffic = append(m.Traffic, burst("hog", "s/long", -100*millisecond))
	retry := noPause(1, "5xx")
	retry.PerTryTimeout = span(50 * millisecond)
	m.Policies = []policy.Rule{{From: clients, Retry: retry}}
	seen := map[uint64]bool{}
	for seed := range uint64(20) {
		tally := run(t, m, seed)
		e := tally.edge(clients, "s")
		seen[e.Attempts] = true
		equal(t, "answered", tally.Classes[0].Outcomes[mesh.OK], 1)
		equal(t, "latency", time.Duration(e.Latency.Max()), 5*millisecond+time.Duration(e.Attempts-1)*50*millisecond)
		equal(t, "lost to the first try", time.Duration(e.Cost[Retry]), time.Duration(e.Attempts-1)*50*millisecond)
		equal(t, "picks of the one who answered", max(e.Picks[0], e.Picks[1]), 1)
	}
	if !seen[1] || !seen[2] {
		t.Errorf("attempts seen: %v", seen)
	}
}

// TestCrashLosesWhatItHolds: 100 arrive each second and take one; 40 are served
// and 10 wait when the first replica crashes at 5.005 s, for a second.
func TestCrashLosesWhatItHolds(t *testing.T) {
	m := modelOf(100, "s", serviceOf("s", 40, work(t, "1s")))
	m.Traffic[0].Arrivals = loadgen.Arrivals{Kind: "constant", Pacer: &loadgen.Constant{}}
	m.Services[0].Queue.Limit = 10
	m.Duration = 8 * time.Second
	m.Faults = []fault.Fault{crashes("s", 5005*millisecond, 1, span(time.Second))}
	tally := run(t, m, 1)
	outcomes := tally.Classes[0].Outcomes
	equal(t, "reset", outcomes[mesh.Reset], 50)
	equal(t, "not connected", outcomes[mesh.ConnectFailure], 100)
	equal(t, "resets at the service", tally.Services[0].Outcomes[mesh.Reset], 50)
	equal(t, "longest queue", tally.Services[0].QueueMax, 10)
}

// TestHandshakes: what the first request pays for its connection, and the next
// does not. Latency one way is 1 ms, a proxy takes 0.1 ms for a request, 0.2 ms
// for an answer, 0.01 ms for each KiB, and 3 ms for a connection.
func TestHandshakes(t *testing.T) {
	for _, c := range []struct {
		name, proxies, tls string
		first, second      time.Duration
		shareTLS           time.Duration
	}{
		{"no proxies: one round trip for TCP", "none", "none", 4 * millisecond, 2 * millisecond, 0},
		{"proxies pay for connections on both sides", "sidecar", "none", 4*millisecond + 6*millisecond + 680*time.Microsecond, 2*millisecond + 680*time.Microsecond, 0},
		{"TLS 1.3 takes one round trip more", "sidecar", "mutual", 6*millisecond + 6*millisecond + 680*time.Microsecond, 2*millisecond + 680*time.Microsecond, 2 * millisecond},
	} {
		m := once("s", serviceOf("s", 0))
		m.Network.SameZone.Latency = dur(t, "1ms")
		m.Mesh = mesh.Mesh{Proxies: c.proxies, TLS: c.tls, Nodes: 1, Hop: mesh.Hop{Workers: 1, Request: dur(t, "100us"), Response: dur(t, "200us"),
			PerKiB: 10 * unit.Microsecond, Connection: 3 * unit.Millisecond}}
		m.Traffic[0].Sidecar = true
		m.Traffic[0].Request, m.Services[0].Endpoints[0].Response = size(t, "1KiB"), size(t, "3KiB")
		m.Traffic[0].Arrivals.Pacer = moments{mesh.Time(time.Second), mesh.Time(2 * time.Second)}
		tally := run(t, m, 1)
		e := &tally.Edges[0]
		equal(t, c.name+": the first", time.Duration(e.Latency.Max()), c.first)
		equal(t, c.name+": the second", time.Duration(e.Latency.Min()), c.second)
		equal(t, c.name+": TLS", time.Duration(e.Cost[TLS]), c.shareTLS)
		if c.proxies == "sidecar" { // 2 x (request 110 us, answer 230 us), and the callee's connection
			equal(t, c.name+": work of the callee's proxy", tally.Services[0].Proxy, uint64(2*340*time.Microsecond+3*millisecond))
		}
	}
}

// TestBusyProxy: a proxy that is asked for twice what it can do works all the
// time and no more, and so does one that still has work from the warm-up.
func TestBusyProxy(t *testing.T) {
	m := proxied(t, 200, 1, "10ms", "0ms")
	m.Warmup, m.Duration = 2*time.Second, 4*time.Second
	equal(t, "twice too much", run(t, m, 1).ProxyUtilization(0), 1)
	m.Traffic[0].Rate = []loadgen.Phase{{For: 2 * unit.Second, Rate: m.Traffic[0].Rate[0].Rate}, {For: unit.Second}}
	left := run(t, m, 1).ProxyUtilization(0) // about 2 s of work for 4 s
	if left < .4 || left > .6 {
		t.Errorf("work left from the warm-up is %v of the time measured", left)
	}
}

// TestReconnect: a crash breaks connections, also those tried in vain while the
// replica was down, and the first request afterwards opens one anew.
func TestReconnect(t *testing.T) {
	for _, protocol := range []string{"http1", "http2"} {
		m := once("s", serviceOf("s", 0))
		m.Services[0].Protocol = protocol
		m.Network.SameZone.Latency = dur(t, "1ms")
		m.Traffic[0].Arrivals.Pacer = moments{1e9, 2e9, 4e9, 4.1e9, 6e9, 7e9}
		m.Faults = []fault.Fault{crashes("s", 3*time.Second, 1, span(2*time.Second))}
		tally := run(t, m, 1)
		equal(t, protocol+": not connected", tally.Classes[0].Outcomes[mesh.ConnectFailure], 2)
		equal(t, protocol+": two pay for a connection, two do not", time.Duration(tally.Edges[0].Cost[Network]), 2*4*millisecond+2*2*millisecond)
	}
}

// TestInstantAnswers: a hundred thousand calls that a breaker sheds, optional,
// one after the other: no time passes, and no stack grows.
func TestInstantAnswers(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	optional := mesh.Step{Call: &mesh.Call{To: "s", Chance: 1, Optional: true}}
	m := once("front", front(times(100_000, optional)), serviceOf("s", 0))
	m.Policies = []policy.Rule{{To: "s", CircuitBreaker: &policy.CircuitBreaker{}}}
	tally := run(t, m, 1)
	equal(t, "shed", tally.edge("front", "s").Overflows, 100_000)
	equal(t, "answered at once", tally.Classes[0].OK.Max(), 0)
	equal(t, "answered", tally.Classes[0].OK.Count(), 1)
}

// TestDeepCalls: a chain of 64 services, with and without work, on a small stack.
func TestDeepCalls(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	for law, want := range map[string]time.Duration{"1ms": 64 * millisecond, "0ms": 0} {
		var services []mesh.Service
		for i := range 64 {
			steps := []mesh.Step{work(t, law)}
			if i < 63 {
				steps = append(steps, ask(string(rune('a'+(i+1)/8))+string(rune('a'+(i+1)%8))))
			}
			services = append(services, serviceOf(string(rune('a'+i/8))+string(rune('a'+i%8)), 0, steps...))
		}
		tally := run(t, once("aa", services...), 1)
		equal(t, "latency of the chain", time.Duration(tally.Classes[0].OK.Max()), want)
		equal(t, "answered", tally.Classes[0].OK.Count(), 1)
	}
}

// TestLongLineOfNothing: fifty thousand requests that take no time wait behind
// one that takes a second; when it ends they all go, and no stack grows.
func TestLongLineOfNothing(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	for _, order := range []string{"fifo", "lifo", "priority", "codel"} {
		s := serviceOf("s", 1)
		s.Queue.Order = order
		s.Endpoints = append(s.Endpoints, mesh.Endpoint{Path: "/long", Steps: []mesh.Step{work(t, "1s")}})
		m := once("front", front(together(copies(50_000, ask("s"))...)), s)
		m.Traffic = append(m.Traffic, burst("hog", "s/long", -500*millisecond))
		tally := run(t, m, 1)
		equal(t, order+": longest line", tally.Services[1].QueueMax, 50_000)
		equal(t, order+": wait", time.Duration(tally.edge("front", "s").Latency.Max()), 500*millisecond)
		equal(t, order+": answered", tally.Classes[0].OK.Count(), 1)
	}
}

// TestEndless: models that would never end come to an end, and say why.
func TestEndless(t *testing.T) {
	if raceDetector {
		t.Skip("thirty million events: slow under the race detector")
	}
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	hasty := modelOf(1, "s", serviceOf("s", 0))
	hasty.Traffic[0] = closed(t, clients, "s", 3, "0ms")
	hasty.Duration = time.Second
	circle := once("s", serviceOf("s", 0, ask("s")))
	circle.Limit = 100_000
	forever := work(t, "0ms")
	for range 5 {
		forever = times(1_000_000, forever)
	}
	for name, c := range map[string]struct {
		model Model
		want  error
	}{
		"users without thought":      {hasty, ErrStandstill},
		"a call that calls itself":   {circle, ErrCrowded},
		"repeats of nothing, nested": {once("s", serviceOf("s", 0, forever)), ErrStandstill},
	} {
		tally, err := compiled(t, c.model).New(1).Go(context.Background(), nil)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if tally != nil && tally.Measured != 1e9 {
			t.Errorf("%s: %v measured and kept, want the second before it stopped, or nothing", name, tally.Measured)
		}
		t.Log(name+":", err)
	}
}
