package sim

import (
	"context"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
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

func run(t testing.TB, m Model, seed uint64) *Tally {
	t.Helper()
	if m.Mesh.Proxies == "" {
		m.Mesh.SetDefaults()
	}
	p, err := Compile(&m)
	if err != nil {
		t.Fatal(err)
	}
	tally, err := p.New(seed).Go(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
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

func TestChainLooksRight(t *testing.T) {
	tally := run(t, chain(t, 100_000), 1)
	c := tally.Classes[0]
	t.Logf("requests %d events %d per request %.2f mean %.3f ms p99 %.3f", c.Requests, tally.Events, float64(tally.Events)/float64(c.Requests), c.OK.Mean()/1e6, float64(c.OK.Quantile(.99))/1e6)
	t.Logf("outcomes %v", c.Outcomes)
	for i, e := range tally.Edges {
		t.Logf("edge %d: %d attempts %d mean %.3f cost %v", i, e.Requests, e.Attempts, e.Latency.Mean()/1e6, e.Cost)
	}
}
