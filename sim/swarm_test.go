package sim

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// TestSwarm draws whole models from a seed, runs each for a moment, and audits
// it on the way and at its end. What a model does not have matters as much as
// what it has, so most of it is there half of the time.
func TestSwarm(t *testing.T) {
	n := 1000
	if brief() {
		n = 60
	}
	ended := 0
	for seed := range uint64(n) {
		b := &breeder{TB: t, dice: chance.New(seed, 0, "swarm", "model")}
		m := b.model()
		r := compiled(t, m).New(seed)
		for range 5000 {
			if !r.over {
				r.step()
			}
		}
		c := count(r)
		auditReplicas(t, r, c)
		auditTasks(t, r)
		tally, err := r.Go(context.Background(), nil)
		switch {
		case errors.Is(err, ErrCrowded):
			continue // an overload that retries feed; not the end, but an end
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		}
		audit(t, r)
		drain(t, r)
		ended++
		if seed%10 == 0 {
			same(t, "again", runPlan(t, compiled(t, m), seed), tally)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %+v", seed, m)
		}
	}
	if ended < n*9/10 {
		t.Errorf("only %d of %d models ran to their end", ended, n)
	}
}

// breeder makes models up.
type breeder struct {
	testing.TB
	dice chance.Stream
}

func (b *breeder) below(n int) int { return b.dice.IntN(n) }

func (b *breeder) maybe() bool { return b.below(2) == 0 }

func (b *breeder) one(of ...string) string { return of[b.below(len(of))] }

func (b *breeder) duration() chance.Duration {
	return dur(b, b.one("0ms", "1ms", "exp(2ms)", "lognormal(3ms, cv=2)", "uniform(0ms, 4ms)", "mix(90%: 0ms, 10%: exp(20ms))"))
}

func (b *breeder) bytes() chance.Size { return size(b, b.one("0B", "1KiB", "exp(20KiB)")) }

func (b *breeder) model() Model {
	m := Model{Duration: time.Duration(200+b.below(1500)) * time.Millisecond, Limit: 20_000}
	if b.maybe() {
		m.Warmup = time.Duration(b.below(500)) * time.Millisecond
	}
	n := 1 + b.below(6)
	for i := range n {
		m.Services = append(m.Services, b.service(i, n))
	}
	m.Mesh.SetDefaults()
	m.Mesh.Proxies, m.Mesh.TLS, m.Mesh.Nodes = b.one("none", "sidecar", "node"), b.one("none", "simple", "mutual"), 1+b.below(3)
	if b.below(3) == 0 {
		m.Mesh.Discovery = span(time.Duration(b.below(300)) * time.Millisecond)
	}
	m.Mesh.Hop = mesh.Hop{Workers: 1 + b.below(3), Request: b.duration(), Response: dur(b, "100us"), PerKiB: unit.Duration(b.below(50_000)), Connection: unit.Duration(b.below(1_000_000))}
	m.Network = mesh.Network{SameZone: b.link(), CrossZone: b.link()}
	for i := range 1 + b.below(3) {
		m.Traffic = append(m.Traffic, b.traffic(i, n))
	}
	for range b.below(4) {
		m.Policies = append(m.Policies, b.rule(n))
	}
	for range b.below(4) {
		m.Faults = append(m.Faults, b.fault(n))
	}
	return m
}

func (b *breeder) service(i, n int) mesh.Service {
	s := serviceOf(fmt.Sprintf("s%d", i), 0)
	s.Replicas = 1 + b.below(4)
	s.Concurrency = []int{0, 1, 2, 8}[b.below(4)]
	s.Protocol = b.one("http1", "http2", "grpc")
	s.Zones = [][]string{nil, {"a"}, {"a", "b"}, {"c", "b", "a"}}[b.below(4)]
	s.CPU = []float64{0, 0, .5, 1, 2.5}[b.below(5)]
	s.Queue.Order = b.one("fifo", "lifo", "codel", "priority")
	s.Queue.Target, s.Queue.Interval = 2*unit.Millisecond, 10*unit.Millisecond
	if b.maybe() {
		s.Queue.Limit = b.below(20)
	}
	if b.maybe() {
		s.Queue.Timeout = b.duration()
	}
	s.Endpoints = nil
	for e := range 1 + b.below(2) {
		s.Endpoints = append(s.Endpoints, mesh.Endpoint{Path: fmt.Sprintf("/e%d", e), Steps: b.steps(i, n, 3), Response: b.bytes(), Errors: mesh.Errors{Ratio: unit.Ratio([]float64{0, 0, .01, .3}[b.below(4)])}})
	}
	return s
}

// steps call only services further down, so that all calls end.
func (b *breeder) steps(i, n, depth int) (steps []mesh.Step) {
	for range b.below(3) {
		steps = append(steps, b.step(i, n, depth))
	}
	return steps
}

func (b *breeder) step(i, n, depth int) mesh.Step {
	d := b.duration()
	kind := b.below(9)
	switch {
	case kind == 0:
		return mesh.Step{Wait: &d}
	case kind < 3 || depth == 0:
		return mesh.Step{Work: &d}
	case kind < 6 && i+1 < n:
		to := fmt.Sprintf("s%d", i+1+b.below(n-i-1))
		return mesh.Step{Call: &mesh.Call{To: to, Request: b.bytes(), Chance: []unit.Ratio{1, 1, .5}[b.below(3)], Optional: b.maybe()}}
	case kind == 6:
		return mesh.Step{Parallel: b.steps(i, n, depth-1)}
	case kind == 7:
		return mesh.Step{Choose: []mesh.Branch{{Chance: .3, Steps: b.steps(i, n, depth-1)}, {Chance: .5, Steps: b.steps(i, n, depth-1)}}}
	}
	return mesh.Step{Repeat: &mesh.Repeat{Times: 1 + b.below(3), Steps: b.steps(i, n, depth-1)}}
}

func (b *breeder) link() mesh.Link {
	if b.maybe() {
		return mesh.Link{}
	}
	return mesh.Link{Latency: b.duration(), Bandwidth: unit.BitRate([]int{0, 1e7, 1e9}[b.below(3)]), Loss: unit.Ratio([]float64{0, 0, .05}[b.below(3)])}
}

func (b *breeder) traffic(i, n int) loadgen.Traffic {
	name, to := fmt.Sprintf("c%d", i), fmt.Sprintf("s%d", b.below(n))
	c := open(name, to, float64(10+b.below(300)))
	if b.below(3) == 0 {
		c = closed(b, name, to, 1+b.below(30), "exp(20ms)")
	} else if b.maybe() {
		c.Arrivals = loadgen.Arrivals{Kind: "constant", Pacer: &loadgen.Constant{}}
	}
	c.Clients, c.Sidecar, c.Priority, c.Request = 1+b.below(5), b.maybe(), b.below(10), b.bytes()
	return c
}

func (b *breeder) rule(n int) (r policy.Rule) {
	if b.maybe() {
		r.To = fmt.Sprintf("s%d", b.below(n))
	}
	if b.maybe() {
		r.LoadBalancer = &policy.LoadBalancer{Settings: []policy.BalancerSettings{&policy.Random{}, &policy.RoundRobin{}, &policy.LeastRequest{ChoiceCount: 2}}[b.below(3)]}
	}
	if b.maybe() {
		r.Timeout = span(time.Duration(1+b.below(100)) * time.Millisecond)
	}
	if b.maybe() {
		r.Retry = &policy.Retry{RetryOn: []string{b.one("5xx", "gateway-error", "reset"), "connect-failure"}, NumRetries: b.below(3), BackOff: policy.BackOff{BaseInterval: unit.Duration(b.below(10)) * unit.Millisecond}}
		if b.maybe() {
			r.Retry.PerTryTimeout = span(time.Duration(1+b.below(30)) * time.Millisecond)
		}
	}
	if b.below(3) == 0 {
		r.HealthCheck = b.health()
	}
	if b.maybe() {
		r.CircuitBreaker = caps(b.below(20), b.below(4))
		if b.maybe() {
			r.CircuitBreaker.RetryBudget = &policy.RetryBudget{BudgetPercent: .2, MinRetryConcurrency: b.below(3)}
		}
	}
	return r
}

func (b *breeder) health() *policy.HealthCheckChoice {
	h := policy.HealthChecks.Must(b.one("http", "tcp", "grpc"))
	e := policy.EnvoyHealthCheck{Timeout: unit.Duration(1+b.below(50)) * unit.Millisecond, Interval: unit.Duration(1+b.below(100)) * unit.Millisecond,
		UnhealthyThreshold: 1 + b.below(3), HealthyThreshold: 1 + b.below(3), NoTrafficInterval: 50 * unit.Millisecond, ReuseConnection: b.maybe(),
		InitialJitter: unit.Duration(b.below(2)*20) * unit.Millisecond, IntervalJitter: unit.Duration(b.below(2)*20) * unit.Millisecond}
	switch h := h.(type) {
	case *policy.HTTPHealthCheck:
		h.EnvoyHealthCheck = e
	case *policy.TCPHealthCheck:
		h.EnvoyHealthCheck = e
	case *policy.GRPCHealthCheck:
		h.EnvoyHealthCheck = e
	}
	return &policy.HealthCheckChoice{Settings: h}
}

func (b *breeder) fault(n int) fault.Fault {
	service, at := fmt.Sprintf("s%d", b.below(n)), time.Duration(b.below(1000))*time.Millisecond
	lasts := span(time.Duration(b.below(500)) * time.Millisecond)
	switch b.below(6) {
	case 5:
		return fault.Fault{At: unit.Duration(at), For: lasts, Kind: &fault.Health{Service: service, Replicas: b.below(3), ImmediateFail: b.maybe()}}
	case 0:
		return crashes(service, at, 1+b.below(3), nil)
	case 1, 2:
		return crashes(service, at, 1+b.below(3), lasts)
	case 3:
		return fault.Fault{At: unit.Duration(at), For: lasts, Kind: &fault.Errors{Service: service, Replicas: b.below(3), Rate: unit.Ratio(b.below(5)) / 4}}
	}
	return fault.Fault{At: unit.Duration(at), For: lasts, Kind: &fault.Slow{Service: service, Replicas: b.below(3), By: unit.Duration(b.below(20)) * unit.Millisecond}}
}
