package sim

import (
	"context"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// The rig: a model put together in a few words, and a run of it.

func dur(t testing.TB, text string) chance.Duration {
	t.Helper()
	d, err := chance.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func work(t testing.TB, text string) mesh.Step {
	d := dur(t, text)
	return mesh.Step{Work: &d}
}

func ask(to string) mesh.Step { return mesh.Step{Call: &mesh.Call{To: to, Chance: 1}} }

func serviceOf(name string, concurrency int, steps ...mesh.Step) mesh.Service {
	s := mesh.Service{Name: name}
	s.SetDefaults()
	s.Queue.SetDefaults()
	s.Concurrency = concurrency
	s.Endpoints = []mesh.Endpoint{{Path: "/", Steps: steps}}
	return s
}

func open(name, to string, rate float64) loadgen.Traffic {
	t := loadgen.Traffic{Name: name, To: to}
	t.SetDefaults()
	t.Rate = []loadgen.Phase{{Rate: unit.RateSpan{From: unit.Rate(rate), To: unit.Rate(rate)}}}
	return t
}

func closed(t testing.TB, name, to string, users int, think string) loadgen.Traffic {
	c := loadgen.Traffic{Name: name, To: to}
	c.SetDefaults()
	c.Users, c.Think = users, dur(t, think)
	return c
}

// run runs a model to its end and audits the books. Every test of the package
// runs its models here, so that every run of every test is one more test of
// conservation, Little's law and clean hands.
// caps lets so many requests and retries be under way.
func caps(requests, retries int) *policy.CircuitBreaker {
	b := &policy.CircuitBreaker{}
	b.SetDefaults()
	b.MaxRequests, b.MaxRetries = requests, retries
	return b
}

func run(t testing.TB, m Model, seed uint64) *Tally {
	t.Helper()
	return runPlan(t, compiled(t, m), seed)
}

func compiled(t testing.TB, m Model) *Plan {
	t.Helper()
	if m.Mesh.Proxies == "" {
		m.Mesh.SetDefaults()
	}
	p, err := Compile(&m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func runPlan(t testing.TB, p *Plan, seed uint64) *Tally {
	t.Helper()
	r := p.New(seed)
	tally, err := r.Go(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	audit(t, r)
	drain(t, r)
	return tally
}

func chain(t testing.TB, requests int) Model {
	m := Model{
		Services: []mesh.Service{
			serviceOf("frontend", 8, work(t, "exp(5ms)"), ask("backend")),
			serviceOf("backend", 8, work(t, "exp(4ms)"), ask("db")),
			serviceOf("db", 4, work(t, "exp(7ms)")),
		},
		Traffic:  []loadgen.Traffic{open("clients", "frontend", 330)},
		Duration: time.Duration(float64(requests) / 330 * 1e9),
	}
	m.Traffic[0].Sidecar = true
	m.Mesh.SetDefaults()
	m.Mesh.Proxies = "sidecar"
	m.Mesh.Hop = mesh.Hop{Workers: 2, Request: dur(t, "50us"), Response: dur(t, "50us")}
	m.Network.SameZone.Latency = dur(t, "250us")
	m.Network.CrossZone = m.Network.SameZone
	return m
}

func BenchmarkChain(b *testing.B) {
	m := chain(b, 1_000_000)
	for b.Loop() {
		t := run(b, m, 1)
		b.ReportMetric(float64(t.Classes[0].Requests), "requests")
		b.ReportMetric(float64(t.Events), "events")
	}
}
