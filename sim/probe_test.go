package sim

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// checked is four replicas under 400 requests a second, one of which something
// happens to from 10 s to 20 s of 40, with a rule like this.
func checked(t testing.TB, rule string, faults ...fault.Fault) Model {
	t.Helper()
	m := modelOf(400, "s", serviceOf("s", 0, waits(t, "1ms")))
	m.Services[0].Replicas, m.Warmup, m.Faults = 4, 0, faults
	m.Duration = 40 * time.Second
	m.Network.SameZone.Latency = dur(t, "1ms")
	m.Policies = []policy.Rule{ruleOf(t, rule)}
	return m
}

// ruleOf reads a rule.
func ruleOf(t testing.TB, text string) (r policy.Rule) {
	t.Helper()
	if _, err := strict.Decode("rule.yaml", []byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// from10to20 is a fault from 10 s to 20 s.
func from10to20(k fault.Kind) fault.Fault {
	return fault.Fault{At: 10 * unit.Second, For: span(10 * time.Second), Kind: k}
}

func crashing() fault.Fault {
	return fault.Fault{At: 10 * unit.Second, Restart: span(10 * time.Second), Kind: &fault.Crash{Service: "s", Replicas: 1}}
}

// failures are those of the only class between two moments.
func failures(t *Tally, from, to time.Duration) (sum uint64) {
	for i, n := range t.Timeline.Classes[0].Failed {
		if at := time.Duration(i) * t.Timeline.Interval; at >= from && at < to {
			sum += n
		}
	}
	return sum
}

const every2s = "timeout: 500ms, interval: 2s, unhealthy_threshold: 3, healthy_threshold: 2, no_traffic_interval: 2s"

// TestChecksTakeACrashedReplicaOut: it is out after unhealthy_threshold times the
// interval, and after that no request fails; it is in again after
// healthy_threshold checks.
func TestChecksTakeACrashedReplicaOut(t *testing.T) {
	blind := run(t, checked(t, "to: s", crashing()), 1)
	if n := failures(blind, 10*time.Second, 20*time.Second); n < 900 {
		t.Errorf("without checks %d requests fail, want about 1000", n)
	}
	for _, c := range []struct {
		rule string
		out  time.Duration
	}{
		{"to: s\nhealth_check: {kind: http, " + every2s + "}", 6 * time.Second},
		{"to: s\nhealth_check: {kind: tcp, " + every2s + "}", 6 * time.Second},
		{"to: s\nhealth_check: {kind: http, unhealthy_edge_interval: 200ms, " + every2s + "}", 2500 * time.Millisecond},
		{"to: s\nhealth_check: {kind: haproxy, httpchk: true, fastinter: 500ms}", 3200 * time.Millisecond},
	} {
		tally := run(t, checked(t, c.rule, crashing()), 1)
		e := &tally.Edges[0]
		equal(t, c.rule+": replicas out", e.Unhealthy, 1)
		if n := failures(tally, 10*time.Second+c.out, time.Minute); n != 0 {
			t.Errorf("%s: %d requests fail after %v", c.rule, n, c.out)
		}
		if n := failures(tally, 10*time.Second, 10*time.Second+c.out); n < 20 {
			t.Errorf("%s: %d requests fail before the checks know", c.rule, n)
		}
		if e.Picks[0] < 1600 || e.Picks[0] > 3300 {
			t.Errorf("%s: %d attempts at the replica that crashed for 10 s of 40", c.rule, e.Picks[0])
		}
	}
}

// TestChecksFindAReplicaThatHangs, by their timeout, although it answers in the
// end.
func TestChecksFindAReplicaThatHangs(t *testing.T) {
	slow := from10to20(&fault.Slow{Service: "s", Replicas: 1, By: 3 * unit.Second})
	tally := run(t, checked(t, "to: s\nhealth_check: {kind: http, "+every2s+"}", slow), 1)
	equal(t, "replicas out", tally.Edges[0].Unhealthy, 1)
	tally = run(t, checked(t, "to: s\nhealth_check: {kind: tcp, "+every2s+"}", slow), 1)
	equal(t, "replicas out, when only the connection is looked at", tally.Edges[0].Unhealthy, 0)
}

// TestAProbeWaitsInLine: where all places are taken and the line is long, probes
// time out; where there is no line they are refused, which is an answer.
func TestAProbeWaitsInLine(t *testing.T) {
	for limit, want := range map[int]bool{mesh.Unlimited: true, 0: true} {
		m := checked(t, "to: s\nhealth_check: {kind: http, "+every2s+"}")
		m.Services[0].Concurrency, m.Services[0].Queue.Limit = 1, limit
		m.Services[0].Endpoints[0].Steps = []mesh.Step{work(t, "20ms")}
		tally := run(t, m, 1)
		if got := tally.Edges[0].Unhealthy > 0; got != want {
			t.Errorf("line of %d: unhealthy %v, want %v", limit, got, want)
		}
	}
}

// TestProbesAreNoRequests: checks of a mesh in which nothing goes wrong change no
// figure of traffic and services, where they cost nothing.
func TestProbesAreNoRequests(t *testing.T) {
	plain := run(t, checked(t, "to: s\nload_balancer: round_robin"), 1)
	asked := run(t, checked(t, "to: s\nload_balancer: round_robin\nhealth_check: {kind: http, timeout: 500ms, interval: 10ms, unhealthy_threshold: 3, healthy_threshold: 2, no_traffic_interval: 10ms}"), 1)
	if n := asked.Edges[0].Probes; n < 4*3000 {
		t.Errorf("%d probes, want about 13,000", n)
	}
	equal(t, "requests", asked.Services[0].Requests, plain.Services[0].Requests)
	equal(t, "served", asked.Services[0].Outcomes, plain.Services[0].Outcomes)
	equal(t, "busy", asked.Services[0].Busy, plain.Services[0].Busy)
	equal(t, "inside", asked.Services[0].InSystem, plain.Services[0].InSystem)
	equal(t, "latency", asked.Classes[0].OK.Mean(), plain.Classes[0].OK.Mean())
	for i, n := range asked.Edges[0].Picks {
		equal(t, "picks", n, plain.Edges[0].Picks[i])
	}
}

// TestPanicWithHealth: three of four fail their checks, though they serve. Envoy
// panics and uses all; without a threshold the fourth serves alone; and those
// that ask to be left out are not counted, so that there is nothing to panic for.
func TestPanicWithHealth(t *testing.T) {
	for _, c := range []struct {
		health fault.Health
		more   string
		used   bool
	}{
		{fault.Health{}, "", true},
		{fault.Health{}, "common_lb_config: {healthy_panic_threshold: 0%}", false},
		{fault.Health{ImmediateFail: true}, "", false},
	} {
		c.health.Service, c.health.Replicas = "s", 3
		m := checked(t, "to: s\nhealth_check: {kind: http, "+every2s+"}\n"+c.more, fault.Fault{Kind: &c.health})
		e := &run(t, m, 1).Edges[0]
		if used := e.Picks[0] > 2000; used != c.used {
			t.Errorf("%+v %s: picks %v, want all used: %v", c.health, c.more, e.Picks, c.used)
		}
	}
}

// TestDegradedReplicasGetWhatIsLeft: one of four that calls itself degraded gets
// nothing while the others carry all (140 % of 3 in 4), and a share as soon as
// one of them is out (140 % of 2 in 4 is 70 %).
func TestDegradedReplicasGetWhatIsLeft(t *testing.T) {
	degraded := fault.Fault{Kind: &fault.Health{Service: "s", Replicas: 1, Degraded: true}}
	rule := "to: s\nhealth_check: {kind: http, " + every2s + "}"
	e := &run(t, checked(t, rule, degraded), 1).Edges[0]
	if e.Picks[0] > 20 {
		t.Errorf("picks %v, want next to none for the first", e.Picks)
	}
	two := fault.Fault{Kind: &fault.Health{Service: "s", Replicas: 2}}
	e = &run(t, checked(t, rule, two, degraded), 1).Edges[0]
	if share := float64(e.Picks[0]) / float64(e.Attempts); share < .28 || share > .32 || e.Picks[1] > 20 {
		t.Errorf("picks %v, want 30%% for the first and none for the second", e.Picks)
	}
}

// TestImmediateFailIsHeardInAnyAnswer: between two checks, that are 30 s apart,
// the header in an answer to a request is enough.
func TestImmediateFailIsHeardInAnyAnswer(t *testing.T) {
	for _, immediate := range []bool{true, false} {
		m := checked(t, "to: s\nhealth_check: {kind: http, timeout: 1s, interval: 30s, unhealthy_threshold: 3, healthy_threshold: 2}",
			from10to20(&fault.Health{Service: "s", Replicas: 1, ImmediateFail: immediate}))
		equal(t, "replicas out", run(t, m, 1).Edges[0].Unhealthy, ofBool(immediate))
	}
}

func ofBool(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// TestDiscoveryLosesACrashedReplica after its delay, and finds it again.
func TestDiscoveryLosesACrashedReplica(t *testing.T) {
	for _, delay := range []time.Duration{0, 3 * time.Second} {
		m := checked(t, "to: s", crashing())
		m.Mesh.SetDefaults()
		m.Mesh.Discovery = span(delay)
		tally := run(t, m, 1)
		e := &tally.Edges[0]
		if n, want := failures(tally, 0, time.Minute), uint64(100*delay.Seconds()); n < want*9/10 || n > want*11/10+1 {
			t.Errorf("delay %v: %d requests fail, want about %d", delay, n, want)
		}
		if e.Picks[0] < 2800 || e.Picks[0] > 3800 {
			t.Errorf("delay %v: picks %v", delay, e.Picks)
		}
	}
}

// TestDiscoveryIsNotBelievedAgainstChecks: a replica that passes its checks stays
// though discovery says, from 30 s to 35 s, that it has gone. One that joins waits
// for its first check, and a merge window of 1 s after that.
func TestDiscoveryIsNotBelievedAgainstChecks(t *testing.T) {
	picks := func(ignore string) uint64 {
		brief := fault.Fault{At: 10 * unit.Second, Restart: span(5 * time.Second), Kind: &fault.Crash{Service: "s", Replicas: 1}}
		m := checked(t, "to: s\nhealth_check: {kind: http, "+every2s+"}\nignore_health_on_host_removal: "+ignore, brief)
		m.Mesh.SetDefaults()
		m.Mesh.Discovery = span(20 * time.Second)
		return run(t, m, 1).Edges[0].Picks[0]
	}
	if kept, lost := picks("false"), picks("true"); kept < lost+550 || kept > lost+650 {
		t.Errorf("%d and %d attempts at the replica, want about 600 more where its checks count", kept, lost)
	}
}

// TestAFailedCheckMayCutConnections: with close_connections_on_host_health_failure
// requests that hang are reset at once, and without it go on to their end.
func TestAFailedCheckMayCutConnections(t *testing.T) {
	for _, cuts := range []bool{false, true} {
		rule := "to: s\nhealth_check: {kind: http, timeout: 100ms, interval: 100ms, unhealthy_threshold: 2, healthy_threshold: 2, no_traffic_interval: 100ms}\n"
		if cuts {
			rule += "close_connections_on_host_health_failure: true"
		}
		tally := run(t, checked(t, rule, from10to20(&fault.Slow{Service: "s", Replicas: 1, By: 5 * unit.Second})), 1)
		if resets := tally.Classes[0].Outcomes[mesh.Reset]; resets > 0 != cuts {
			t.Errorf("cuts %v: %d resets", cuts, resets)
		}
	}
}

// TestChecksAreTheSameAgain: one seed gives one run, with checks, discovery and
// jitter; and the checks' chance moves no other.
func TestChecksAreTheSameAgain(t *testing.T) {
	m := checked(t, "to: s\nhealth_check: {kind: http, interval_jitter: 1s, initial_jitter: 1s, "+every2s+"}", crashing())
	m.Mesh.SetDefaults()
	m.Mesh.Discovery = span(time.Second)
	plan := compiled(t, m)
	same(t, "again", runPlan(t, plan, 1), runPlan(t, plan, 1))
}
