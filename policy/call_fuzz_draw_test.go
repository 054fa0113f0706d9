package policy_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// ground is what games of any kind stand on: an upstream, and what happens to
// its hosts and connections.
type ground struct {
	t        *testing.T
	tape     *tape
	plan     policy.Plan
	up       *policy.Upstream
	now      mesh.Time
	hosts    int
	grouped  bool   // who may be asked follows from more than who is out
	unpooled bool   // a host may be refused a pool
	falls    bool   // a request for a subset may be sent to others
	merges   bool   // what is known of hosts takes effect later
	returned bool   // a host did, which may have a connection of before and one of now
	session  string // the host that callers bring back
	wires    []wire
	probes   []policy.Probe
	here     []bool // by host: it was a member
	left     func(host int)
	roused   func(owner uint64)
}

// newGame reads the settings off the tape.
func newGame(t *testing.T, p *tape) *game {
	g := &game{ground: ground{t: t, tape: p}}
	flags, kinds := p.next(256), policy.Balancers.Rows()
	balancer := kinds[p.next(len(kinds))].New()
	g.hosts = p.next(5)
	g.drawRules()
	g.plan.Balancer = balancer
	g.plan.Multiplexed = flags&1 != 0
	g.plan.Dialect = []string{"envoy", "grpc", "envoy-1.25", "istio-1.4"}[flags>>1&3]
	if flags&8 != 0 {
		g.drawCaps()
	}
	if flags&16 != 0 {
		g.plan.Outlier = quick(p.next(len(policy.Outliers.Rows())))
	}
	endpoints := g.endpoints()
	g.arm(flags&32 != 0)
	g.pool(p.next(128))
	if flags&64 != 0 {
		g.doctor()
	}
	g.left = g.forgot
	g.roused = func(owner uint64) { g.rouse(g.players[owner]) }
	g.build(endpoints, uint64(flags))
	return g
}

// build makes the upstream.
func (g *ground) build(endpoints []policy.Endpoint, seed uint64) {
	g.up = policy.NewUpstream(&g.plan, endpoints, dice(seed))
	g.up.Dials()
	g.here = make([]bool, g.hosts)
	g.up.Start(g.now)
	g.tend()
}

// drawCaps reads circuit breakers of both priorities off the tape.
func (g *ground) drawCaps() {
	g.plan.Breaker = &policy.CircuitBreaker{Thresholds: g.thresholds()}
	if g.tape.yes() {
		high := g.thresholds()
		g.plan.Breaker.High = &high
	}
	if g.tape.yes() {
		g.plan.Breaker.PerHostThresholds = &policy.PerHostThresholds{MaxConnections: g.tape.next(3)}
	}
}

func (g *ground) thresholds() policy.Thresholds {
	p := g.tape
	t := policy.Thresholds{MaxConnections: p.next(6), MaxPendingRequests: p.next(6), MaxRequests: p.next(6), MaxRetries: p.next(3)}
	if p.yes() {
		t.RetryBudget = &policy.RetryBudget{BudgetPercent: unit.Ratio(p.next(11)) / 10, MinRetryConcurrency: p.next(3)}
	}
	if p.next(4) == 0 {
		most := p.next(3)
		t.MaxConnectionPools, g.unpooled = &most, true
	}
	return t
}

// pool reads settings of connections off the tape.
func (g *ground) pool(flags int) {
	s := &policy.ConnectionPool{}
	s.SetDefaults()
	span := func() *unit.Duration {
		d := unit.Duration(1+g.tape.next(50)) * 10 * unit.Millisecond
		return &d
	}
	if flags&1 != 0 {
		s.MaxRequestsPerConnection = 1 + g.tape.next(3)
	}
	if flags&2 != 0 {
		s.MaxConcurrentStreams = 1 + g.tape.next(3)
	}
	if flags&4 != 0 {
		s.PerUpstreamPreconnect, s.PredictivePreconnectRatio = 1+float64(g.tape.next(5))/2, 1+float64(g.tape.next(5))/2
	}
	if flags&8 != 0 {
		g.plan.Workers = 1 + g.tape.next(3)
	}
	if flags&16 != 0 {
		s.ConnectTimeout = span()
	}
	if flags&32 != 0 {
		s.IdleTimeout = span()
	}
	if flags&64 != 0 {
		s.MaxConnectionDuration = span()
	}
	g.plan.Pool = s
}

// quick is a kind of outlier detection that ejects at the first failure.
func quick(row int) policy.OutlierSettings {
	s := policy.Outliers.Rows()[row].New()
	switch s := s.(type) {
	case *policy.OutlierDetection:
		s.Consecutive5xx, s.MaxEjectionPercent = 1, 1
	case *policy.HAProxyOutlier:
		s.ErrorLimit, s.OnError = 1, "mark-down"
	case *policy.ConsulOutlier:
		all := unit.Ratio(1)
		s.MaxFailures, s.MaxEjectionPercent = 1, &all
	case *policy.AppMeshOutlier:
		s.MaxServerErrors, s.Interval, s.BaseEjectionDuration = 1, unit.Second, unit.Second
	}
	return s
}
