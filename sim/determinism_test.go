package sim

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// busyMesh has something of everything.
func busyMesh(t testing.TB) Model {
	m := chain(t, 6000)
	m.Services[0].Replicas, m.Services[1].Replicas, m.Services[2].Replicas = 3, 2, 2
	m.Services[1].Endpoints[0].Errors.Ratio = .02
	m.Services[2].CPU, m.Services[2].Queue.Order = 2, "priority"
	m.Services[0].Queue.Timeout = dur(t, "exp(50ms)")
	m.Services[0].Zones, m.Services[1].Zones = []string{"a", "b"}, []string{"b", "c"}
	m.Network.CrossZone = mesh.Link{Latency: dur(t, "exp(1ms)"), Bandwidth: 1e8, Loss: .01}
	m.Traffic[0].Clients = 4
	m.Traffic = append(m.Traffic, closed(t, "users", "backend", 10, "exp(100ms)"))
	timeout := 200 * unit.Millisecond
	m.Policies = []policy.Rule{
		{To: "db", LoadBalancer: &policy.LoadBalancer{Settings: &policy.LeastRequest{ChoiceCount: 2}}, CircuitBreaker: caps(6, 2)},
		{Timeout: &timeout, Retry: &policy.Retry{RetryOn: []string{"5xx", "reset"}, NumRetries: 2, BackOff: policy.BackOff{BaseInterval: 5 * unit.Millisecond}}},
	}
	m.Faults = []fault.Fault{crashes("backend", 2*time.Second, 1, span(time.Second)), {At: 4 * unit.Second, For: span(time.Second), Kind: &fault.Slow{Service: "db", By: 10 * unit.Millisecond}}}
	m.Warmup = time.Second
	return m
}

// TestSameAgain: the same model and seed give the same tally, whatever the
// number of processors and whoever else runs; another seed does not.
func TestSameAgain(t *testing.T) {
	first := run(t, busyMesh(t), 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	again := run(t, busyMesh(t), 1)
	same(t, "again", again, first)
	runtime.GOMAXPROCS(4)
	plan, tallies := compiled(t, busyMesh(t)), make([]*Tally, 4)
	done := make(chan bool)
	for i := range tallies {
		go func() { tallies[i] = runPlan(t, plan, uint64(1+i%2)); done <- true }()
	}
	for range tallies {
		<-done
	}
	same(t, "beside others", tallies[0], first)
	same(t, "beside others", tallies[2], first)
	if tallies[1].Fingerprint == first.Fingerprint || tallies[1].Fingerprint != tallies[3].Fingerprint {
		t.Errorf("fingerprints of another seed: %x and %x; of the first %x", tallies[1].Fingerprint, tallies[3].Fingerprint, first.Fingerprint)
	}
}

func same(t testing.TB, name string, got, want *Tally) {
	t.Helper()
	equal(t, name+": fingerprint", got.Fingerprint, want.Fingerprint)
	equal(t, name+": events", got.Events, want.Events)
	if !reflect.DeepEqual(got.Classes, want.Classes) || !reflect.DeepEqual(got.Services, want.Services) ||
		!reflect.DeepEqual(got.Edges, want.Edges) || !reflect.DeepEqual(got.Timeline, want.Timeline) {
		t.Errorf("%s: tallies differ", name)
	}
}

// TestIdleServiceChangesNothing, wherever it is declared.
func TestIdleServiceChangesNothing(t *testing.T) {
	alone := run(t, busyMesh(t), 1)
	idle := serviceOf("idle", 3, work(t, "exp(1ms)"))
	idle.Replicas, idle.Zones, idle.CPU = 3, []string{"z"}, 2
	for at := range 4 {
		m := busyMesh(t)
		m.Services = slices.Insert(m.Services, at, idle)
		tally := run(t, m, 1)
		equal(t, "events", tally.Events, alone.Events)
		for i := range alone.Services {
			name := alone.Plan.services[i].Name
			if !reflect.DeepEqual(tally.Services[tally.service(name)], alone.Services[i]) {
				t.Errorf("an idle service at place %d changes %s", at, name)
			}
		}
		for i := range alone.Edges {
			from, to := alone.Edge(i)
			if !reflect.DeepEqual(tally.edge(from, to), &alone.Edges[i]) {
				t.Errorf("an idle service at place %d changes the edge from %s to %s", at, from, to)
			}
		}
		if !reflect.DeepEqual(tally.Classes, alone.Classes) || !reflect.DeepEqual(tally.Timeline.Classes, alone.Timeline.Classes) {
			t.Errorf("an idle service at place %d changes the traffic", at)
		}
	}
}

// TestBalancerChangesOnlyWho is asked: where no one waits, every request takes
// as long as it did.
func TestBalancerChangesOnlyWho(t *testing.T) {
	var first *Tally
	for _, kind := range []policy.BalancerSettings{&policy.RoundRobin{}, &policy.Random{}, &policy.LeastRequest{ChoiceCount: 2}, &policy.LeastRequest{ChoiceCount: 5}} {
		m := busyMesh(t)
		m.Policies = []policy.Rule{{LoadBalancer: &policy.LoadBalancer{Settings: kind}}}
		m.Faults, m.Mesh.Proxies, m.Network = nil, "none", mesh.Network{}
		for i := range m.Services {
			m.Services[i].Concurrency, m.Services[i].CPU = 0, 0
		}
		tally := run(t, m, 1)
		if first == nil {
			first = tally
			continue
		}
		if !reflect.DeepEqual(tally.Classes, first.Classes) || !reflect.DeepEqual(tally.Services, first.Services) || !reflect.DeepEqual(tally.Timeline, first.Timeline) {
			t.Errorf("%T changes times", kind)
		}
		if reflect.DeepEqual(tally.Edges, first.Edges) {
			t.Errorf("%T picks as round robin does", kind)
		}
	}
}

// TestPoliciesMoveNoArrival: whatever the mesh does, the same requests come, at
// the same times.
func TestPoliciesMoveNoArrival(t *testing.T) {
	first := run(t, busyMesh(t), 1)
	for name, change := range map[string]func(m *Model){
		"no policies": func(m *Model) { m.Policies = nil },
		"no faults":   func(m *Model) { m.Faults = nil },
		"no proxies":  func(m *Model) { m.Mesh.Proxies = "none" },
		"one place":   func(m *Model) { m.Services[0].Concurrency, m.Services[0].Queue.Limit = 1, 5 },
		"other work":  func(m *Model) { m.Services[0].Endpoints[0].Steps[0] = work(t, "lognormal(1ms, cv=3)") },
		"other class": func(m *Model) { m.Traffic[1] = open("others", "db", 50) },
	} {
		m := busyMesh(t)
		change(&m)
		tally := run(t, m, 1)
		equal(t, name+": requests", tally.Classes[0].Requests, first.Classes[0].Requests)
		if !slices.Equal(tally.Timeline.Classes[0].Offered, first.Timeline.Classes[0].Offered) {
			t.Errorf("%s: other arrivals", name)
		}
		if tally.Fingerprint == first.Fingerprint {
			t.Errorf("%s: nothing changed", name)
		}
	}
}

// TestTies: what happens at one moment happens in the order in which it was
// scheduled; for sources, in which they are declared.
func TestTies(t *testing.T) {
	orders := [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	for _, order := range orders {
		m := modelOf(1, "s", serviceOf("s", 1, work(t, "10ms")))
		m.Traffic = nil
		for _, i := range order {
			c := open(fmt.Sprintf("c%d", i), "s", 10)
			c.Arrivals = loadgen.Arrivals{Kind: "constant", Pacer: &loadgen.Constant{}}
			m.Traffic = append(m.Traffic, c)
		}
		m.Duration = 10050 * time.Millisecond
		tally := run(t, m, 1)
		for i := range tally.Classes {
			c := &tally.Classes[i]
			want := time.Duration(i+1) * 10 * time.Millisecond
			equal(t, fmt.Sprintf("%v: fastest of place %d", order, i), time.Duration(c.OK.Min()), want)
			equal(t, fmt.Sprintf("%v: slowest of place %d", order, i), time.Duration(c.OK.Max()), want)
			equal(t, "requests", c.Requests, 100)
		}
	}
}
