package sim

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// grouped is traffic to four replicas under one rule.
func grouped(t testing.TB, traffic loadgen.Traffic, rule policy.Rule) Model {
	m := Model{Services: []mesh.Service{serviceOf("s", 0, work(t, "1ms"))}, Traffic: []loadgen.Traffic{traffic}, Duration: 20 * time.Second}
	m.Services[0].Replicas = 4
	m.Policies = []policy.Rule{rule}
	return m
}

// TestSubsetsAndZonesAreReached: the labels and the weights of the services come
// to where the proxies choose.
func TestSubsetsAndZonesAreReached(t *testing.T) {
	m := grouped(t, open("users", "s", 500), policy.Rule{Subset: []mesh.Label{{Key: "version", Value: "v2"}}})
	m.Services[0].Subsets = []mesh.Subset{{Name: "v1", Replicas: 3}, {Name: "v2", Replicas: 2}}
	m.Services[0].Settle()
	picks := run(t, m, 1).Edges[0].Picks
	if len(picks) != 5 || picks[0]+picks[1]+picks[2] > 0 || picks[3] < 4000 || picks[4] < 4000 {
		t.Errorf("v2 is asked for: %d", picks)
	}
	common := &policy.CommonLB{LocalityWeighted: &policy.LocalityWeighted{}}
	common.SetDefaults()
	m = grouped(t, open("users", "s", 500), policy.Rule{CommonLB: common})
	m.Services[0].Zones, m.Services[0].ZoneWeights = []string{"a", "b"}, []mesh.ZoneWeight{{Zone: "a", Weight: 9}, {Zone: "b", Weight: 1}}
	picks = run(t, m, 1).Edges[0].Picks
	if share := float64(picks[0]+picks[2]) / float64(picks[0]+picks[1]+picks[2]+picks[3]); share < .899 || share > .901 {
		t.Errorf("zone a weighs nine times zone b: %d", picks)
	}
}

// TestSessionsStay: callers who keep what they are given come back to one
// replica, until it has gone; a ttl ends that.
func TestSessionsStay(t *testing.T) {
	header := &policy.StatefulSession{Header: "x-host"}
	second := unit.Second
	short := &policy.StatefulSession{Cookie: &policy.SessionCookie{Name: "s", TTL: &second}}
	random := &policy.LoadBalancer{Settings: &policy.Random{}}
	drawn := open("users", "s", 500)
	drawn.Sessions = 1
	for name, c := range map[string]struct {
		traffic loadgen.Traffic
		session *policy.StatefulSession
		asked   int // replicas, at most
		least   int
	}{
		"one user":             {closed(t, "users", "s", 1, "10ms"), header, 1, 1},
		"one caller":           {drawn, header, 1, 1},
		"a cookie of a second": {drawn, short, 4, 4},
		"nothing is given":     {drawn, nil, 4, 4},
		"nothing is kept":      {open("users", "s", 500), header, 4, 4},
	} {
		asked := 0
		for _, n := range run(t, grouped(t, c.traffic, policy.Rule{LoadBalancer: random, Session: c.session}), 1).Edges[0].Picks {
			if n > 0 {
				asked++
			}
		}
		if asked < c.least || asked > c.asked {
			t.Errorf("%s: %d replicas are asked, want %d to %d", name, asked, c.least, c.asked)
		}
	}
}

// TestSessionsAllocateNothing while they are kept and brought back.
func TestSessionsAllocateNothing(t *testing.T) {
	m := grouped(t, closed(t, "users", "s", 50, "exp(10ms)"), policy.Rule{Session: &policy.StatefulSession{Cookie: &policy.SessionCookie{Name: "s"}}})
	m.Duration = 1000 * time.Hour
	r := compiled(t, m).New(1)
	for range 200_000 {
		r.step()
	}
	if n := testing.AllocsPerRun(1, func() {
		for range 50_000 {
			r.step()
		}
	}); n != 0 {
		t.Errorf("%v allocations in 50,000 events", n)
	}
}
