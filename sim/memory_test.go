package sim

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestStepsAllocateNothing: once a chain of services behind sidecars has warmed
// up, a hundred thousand events allocate nothing at all. The run is so long
// that no interval of its timeline ends meanwhile: each would allocate the
// histogram of the next.
func TestStepsAllocateNothing(t *testing.T) {
	for name, change := range map[string]func(m *Model){
		"chain": func(*Model) {},
		"retries and timeouts": func(m *Model) {
			m.Services[2].Endpoints[0].Errors.Ratio = .1
			retry := noPause(2, "5xx")
			retry.PerTryTimeout = span(30 * millisecond)
			m.Policies = []policy.Rule{{To: "db", Timeout: span(time.Second), Retry: retry, LoadBalancer: &policy.LoadBalancer{Settings: &policy.LeastRequest{ChoiceCount: 2}}}}
		},
		"forks, shared CPUs and priorities": func(m *Model) {
			m.Services[0].Endpoints[0].Steps = []mesh.Step{together(ask("backend"), work(t, "exp(3ms)")), times(2, work(t, "1ms"))}
			m.Services[1].CPU, m.Services[2].Queue.Order = 4, "priority"
		},
		"health checks": func(m *Model) {
			m.Services[2].Replicas = 20
			m.Policies = []policy.Rule{ruleOf(t, "to: db\nhealth_check: {kind: http, "+every2s+"}")}
		},
		"users on lossy links": func(m *Model) {
			m.Traffic[0] = closed(t, clients, "frontend", 20, "exp(50ms)")
			m.Network.SameZone = mesh.Link{Latency: dur(t, "exp(1ms)"), Bandwidth: 1e8, Loss: .01}
		},
	} {
		m := chain(t, 1)
		m.Duration = 1000 * time.Hour
		change(&m)
		r := compiled(t, m).New(1)
		for range 1_000_000 {
			r.step()
		}
		steps := func() {
			for range 100_000 {
				r.step()
			}
		}
		if n := testing.AllocsPerRun(1, steps); n != 0 {
			t.Errorf("%s: %v allocations in 100,000 events", name, n)
		}
		if len(r.tally.Timeline.Classes[0].Offered) > 0 || r.over {
			t.Errorf("%s: the run is not as long as this test needs", name)
		}
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestReplicaMemory: a replica with its sidecar costs less than 1 KiB, plan,
// state and figures taken together.
func TestReplicaMemory(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	const n, limit = 100_000, 1024
	m := modelOf(10_000, "s", serviceOf("s", 8, work(t, "10ms")))
	m.Services[0].Replicas, m.Services[0].CPU = n, 2
	m.Mesh.Proxies = "sidecar"
	m.Duration = 20 * time.Second
	before := heap()
	r := compiled(t, m).New(1)
	for r.now < 15e9 && !r.over {
		r.step()
	}
	each := float64(heap()-before) / n
	t.Logf("%.0f bytes for each replica", each)
	if each > limit || each < 1 {
		t.Errorf("%.0f bytes for each replica, at most %d are allowed", each, limit)
	}
	runtime.KeepAlive(r)
}

// TestRequestMemory: a request in flight costs less than 512 bytes, its call,
// its attempt, its program and its next event taken together.
func TestRequestMemory(t *testing.T) {
	const n, limit = 100_000, 512
	for name, step := range map[string]mesh.Step{"wait": waits(t, "1h"), "shared CPU": work(t, "1h")} {
		m := modelOf(n, "s", serviceOf("s", 0, step))
		m.Services[0].CPU = 1
		m.Traffic[0].Arrivals = loadgen.Arrivals{Kind: "poisson", Pacer: &loadgen.Poisson{}}
		m.Traffic[0].Sidecar = true
		m.Mesh.Proxies = "sidecar"
		m.Mesh.Hop = mesh.Hop{Workers: 2, Request: chance.FixedDuration(1000), Response: chance.FixedDuration(1000)}
		m.Duration = time.Hour
		r := compiled(t, m).New(1)
		before := heap()
		for r.visits.taken() < n {
			r.step()
		}
		each := float64(heap()-before) / n
		t.Logf("%s: %.0f bytes for each request in flight", name, each)
		if each > limit || each < 1 {
			t.Errorf("%s: %.0f bytes for each request in flight, at most %d are allowed", name, each, limit)
		}
		runtime.KeepAlive(r)
	}
}
