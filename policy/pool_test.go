package policy_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestPoolSettings: what is refused, and how that is said.
func TestPoolSettings(t *testing.T) {
	for text, want := range map[string]string{
		"connection_pool: {per_upstream_preconnect_ratio: 3.1}":                                "at most 3",
		"connection_pool: {predictive_preconnect_ratio: 0.5}":                                  "at least 1",
		"connection_pool: {connect_timeout: 0s}":                                               "leave it out for none",
		"connection_pool: {idle_timeout: 1}":                                                   "unit",
		"connection_pool: {max_connections: 1}":                                                "max_connections",
		"circuit_breaker: {max_pending: 1}":                                                    "max_pending_requests",
		"circuit_breaker: {max_connections: -1}":                                               "at least 0",
		"circuit_breaker: {per_host_thresholds: {}}":                                           "max_connections",
		"circuit_breaker: {per_host_thresholds: {max_requests: 1}}":                            "max_requests",
		"circuit_breaker: {high: {max_requests: 1, high: {}}}":                                 "high",
		"circuit_breaker: {high: {per_host_thresholds: {}}}":                                   "per_host_thresholds",
		"circuit_breaker: {max_connections: 0, max_pending_requests: 0}":                       "",
		"circuit_breaker: {max_connection_pools: 3, high: {max_retries: 5, retry_budget: {}}}": "",
	} {
		var r policy.Rule
		_, err := strict.Decode("policy.yaml", []byte(text), &r)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestPoolsKeepTheirBooks plays random events to pools with random settings: the
// counts always agree, no cap is exceeded, and in the end nothing is left.
func TestPoolsKeepTheirBooks(t *testing.T) {
	for seed := range uint64(300) {
		playPools(t, rand.New(rand.NewPCG(seed, 0)))
	}
}

func playPools(t *testing.T, dice *rand.Rand) {
	const hosts = 3
	most := policy.Thresholds{MaxConnections: dice.IntN(6), MaxPendingRequests: dice.IntN(6), MaxRequests: 1 + dice.IntN(8)}
	plan := policy.Plan{
		Multiplexed: dice.IntN(2) == 0,
		Breaker:     &policy.CircuitBreaker{Thresholds: most},
		Pool: &policy.ConnectionPool{MaxRequestsPerConnection: dice.IntN(4), MaxConcurrentStreams: dice.IntN(4),
			PerUpstreamPreconnect: 1 + float64(dice.IntN(2)), PredictivePreconnectRatio: 1},
	}
	b := &basin{t: t, hosts: make([]policy.Host, hosts)}
	b.pools = policy.NewPools(&plan, b.hosts)
	for range 200 {
		b.step(dice)
		b.listen()
		connections, pending, requests, _ := b.pools.Load(policy.Normal)
		if connections > most.MaxConnections+2*hosts || pending > most.MaxPendingRequests || requests > most.MaxRequests {
			t.Fatalf("%+v: %d connections, %d wait, %d under way", most, connections, pending, requests)
		}
	}
	b.finish()
}

// step is one random event.
func (b *basin) step(dice *rand.Rand) {
	host := dice.IntN(len(b.hosts))
	switch dice.IntN(9) {
	case 0, 1, 2:
		s := &seeker{}
		b.asks = append(b.asks, s)
		var how policy.Grant
		s.place, how = b.pools.Begin(b.now, host, policy.Normal)
		b.granted(s, how)
	case 3, 4:
		if len(b.conns) > 0 {
			b.pools.Connected(b.now, b.conns[dice.IntN(len(b.conns))])
		}
	case 5:
		if len(b.conns) > 0 {
			b.pools.Closed(b.now, b.conns[dice.IntN(len(b.conns))])
		}
	case 6, 7:
		if len(b.asks) > 0 {
			b.over(b.asks[dice.IntN(len(b.asks))], dice.IntN(4) == 0)
		}
	default:
		b.hostly(host, dice.IntN(6))
	}
}

// over ends an attempt, or its wait.
func (b *basin) over(s *seeker, part bool) {
	if s.waits {
		s.waits = false
		b.pools.Cancel(b.now, s.place, part)
	} else if s.out {
		s.out = false
		b.pools.End(b.now, s.place, part)
	}
}

func (b *basin) hostly(host, what int) {
	switch what {
	case 0:
		b.pools.Lost(b.now, host)
	case 1:
		b.pools.Unhealthy(b.now, host)
	case 2:
		b.pools.Left(b.now, host)
	case 3:
		b.hosts[host].Ejected = !b.hosts[host].Ejected
	}
}

// finish ends all that is under way.
func (b *basin) finish() {
	for again := true; again; {
		again = false
		for _, s := range b.asks {
			again = again || s.waits || s.out
			b.over(s, true)
			b.listen()
		}
	}
	for _, c := range b.conns {
		b.pools.Closed(b.now, c)
		b.listen()
	}
	for host := range b.hosts {
		b.pools.Left(b.now, host) // a pool whose first attempt overflowed has nothing in it
	}
	connections, pending, requests, pools := b.pools.Load(policy.Normal)
	if connections+pending+requests+pools != 0 {
		b.t.Fatalf("left are %d connections, %d who wait, %d requests, %d pools", connections, pending, requests, pools)
	}
}

// BenchmarkPoolReady is an attempt on a connection that is ready, and its end.
func BenchmarkPoolReady(b *testing.B) {
	for name, multiplexed := range map[string]bool{"http1": false, "http2": true} {
		b.Run(name, func(b *testing.B) {
			p := policy.NewPools(&policy.Plan{Multiplexed: multiplexed}, make([]policy.Host, 100))
			p.Begin(0, 7, policy.Normal)
			d, _ := p.Next()
			p.Connected(0, d.Conn)
			p.Roused()
			conn, _ := p.Ask(0)
			p.End(0, conn, false)
			b.ReportAllocs()
			for b.Loop() {
				conn, _ := p.Begin(0, 7, policy.Normal)
				p.End(0, conn, false)
			}
		})
	}
}

// TestPoolsAllocateNothing: once they have been as large as they get.
func TestPoolsAllocateNothing(t *testing.T) {
	timeout := plan(t, "connection_pool: {connect_timeout: 1s, idle_timeout: 1s, max_connection_duration: 5s, max_requests_per_connection: 3}")
	p := policy.NewPools(&timeout, make([]policy.Host, 2))
	now := mesh.Time(0)
	round := func() {
		now += 400e6
		p.Wake(now)
		conns := make([]int32, 0, 4)
		for host := range 2 {
			if place, how := p.Begin(now, host, policy.Normal); how == policy.Granted {
				conns = append(conns, place)
			} else {
				d, _ := p.Next()
				p.Connected(now, d.Conn)
				conn, _ := p.Ask(place)
				conns = append(conns, conn)
			}
		}
		for _, c := range conns {
			p.End(now, c, false)
		}
		for _, ok := p.Next(); ok; _, ok = p.Next() {
		}
	}
	for range 20 {
		round()
	}
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
