package policy_test

import (
	"fmt"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// prioritized is an upstream with hosts of these priorities and zones.
func prioritized(t testing.TB, text string, priorities []uint8, zones []string) *policy.Upstream {
	t.Helper()
	p := plan(t, text)
	endpoints := make([]policy.Endpoint, max(len(priorities), len(zones)))
	for i := range endpoints {
		endpoints[i].Address = fmt.Sprint("payments-", i)
		if priorities != nil {
			endpoints[i].Priority = priorities[i]
		}
		if zones != nil {
			endpoints[i].Zone = zones[i]
		}
	}
	up := policy.NewUpstream(&p, endpoints, dice(1))
	up.Start(0)
	return up
}

// tally makes so many calls, each answered OK, and counts the hosts.
func tally(up *policy.Upstream, calls int) (counts []int) {
	counts = make([]int, len(up.Hosts()))
	for range calls {
		if host := call(up, mesh.OK); host >= 0 {
			counts[host]++
		}
	}
	return counts
}

// call makes one call; -1 when no host was asked.
func call(up *policy.Upstream, o mesh.Outcome) (host int) {
	var c policy.Call
	c.Begin(0, up, nil)
	host = -1
	var attempt int16
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if a.Kind == policy.Send || a.Kind == policy.Connect {
			host, attempt = int(a.Host), a.Attempt
		}
	}
	if host >= 0 {
		c.Done(0, attempt, replied(o))
		drain(&c)
	}
	return host
}

// eject makes hosts fail until they are ejected.
func eject(up *policy.Upstream, hosts ...int) {
	for n := 0; n < 10_000; n++ {
		out := 0
		for _, h := range hosts {
			if up.Hosts()[h].Ejected {
				out++
			}
		}
		if out == len(hosts) {
			return
		}
		fails(up, hosts)
	}
}

// fails makes one call that fails if it comes to one of these hosts.
func fails(up *policy.Upstream, hosts []int) {
	var c policy.Call
	c.Begin(0, up, nil)
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if a.Kind == policy.Send || a.Kind == policy.Connect {
			o := mesh.OK
			for _, h := range hosts {
				if int(a.Host) == h {
					o = mesh.Error
				}
			}
			c.Done(0, a.Attempt, replied(o))
		}
	}
}

const ejecting = "outlier_detection: {max_ejection_percent: 100%}\n"

// Of four hosts of the first priority two are out: it carries 70%, and each of
// its two gets half of that. The second priority takes the rest.
func TestSpillover(t *testing.T) {
	up := prioritized(t, ejecting, []uint8{0, 0, 0, 0, 1, 1}, nil)
	if got := tally(up, 400); fmt.Sprint(got) != "[100 100 100 100 0 0]" {
		t.Errorf("all are in: %v", got)
	}
	eject(up, 0, 1)
	got := tally(up, 10_000)
	if got[0]+got[1] > 0 || got[2]+got[3] < 6850 || got[2]+got[3] > 7150 || got[2]-got[3] > 1 || got[3]-got[2] > 1 {
		t.Errorf("two are out: %v", got)
	}
}

// In panic, all hosts of a priority are used; without panic, nobody is asked
// when nobody is in.
func TestPriorityPanic(t *testing.T) {
	priorities, everyone := []uint8{0, 0, 1, 1}, []int{0, 1, 2, 3}
	up := prioritized(t, ejecting, priorities, nil)
	eject(up, everyone...)
	for host, n := range tally(up, 10_000) {
		if n < 2300 || n > 2700 {
			t.Errorf("panic: host %d is asked %d times of 10000", host, n)
		}
	}
	up = prioritized(t, ejecting+"common_lb_config: {healthy_panic_threshold: 0%}", priorities, nil)
	eject(up, everyone...)
	if got := tally(up, 100); fmt.Sprint(got) != "[0 0 0 0]" {
		t.Errorf("no panic: %v", got)
	}
}

// gRPC goes on to the next priority when the last host of one is out.
func TestGRPCPriorities(t *testing.T) {
	up := prioritized(t, "dialect: grpc\noutlier_detection: {max_ejection_percent: 100%, failure_percentage_minimum_hosts: 1, failure_percentage_request_volume: 1, failure_percentage_threshold: 10%, enforcing_failure_percentage: 100%}", []uint8{0, 0, 1}, nil)
	if got := tally(up, 100); fmt.Sprint(got) != "[50 50 0]" {
		t.Errorf("all are in: %v", got)
	}
	for _, host := range []int{0, 1} {
		up.Hosts()[host].Ejected = true
		up.Refresh()
		want := map[int]string{0: "[0 100 0]", 1: "[0 0 100]"}[host]
		if got := tally(up, 100); fmt.Sprint(got) != want {
			t.Errorf("0 to %d are out: %v, want %s", host, got, want)
		}
	}
}

// A host whose breaker is shut is not asked in panic either, and counts as out.
func TestSpreadKeepsShutHostsOut(t *testing.T) {
	up := prioritized(t, ejecting, []uint8{0, 0, 1, 1}, nil)
	up.Hosts()[0].Shut = true
	up.Refresh()
	if got := tally(up, 10_000); got[0] > 0 || got[1] < 6850 || got[1] > 7150 {
		t.Errorf("one of two is shut, so that the first priority carries 70%%: %v", got)
	}
	for _, host := range []int{1, 2, 3} {
		up.Hosts()[host].Ejected = true
	}
	up.Refresh()
	if got := tally(up, 10_000); got[0] > 0 || got[1] < 4800 || got[2]+got[3] < 4800 {
		t.Errorf("the others are out, and all panic: %v", got)
	}
}

const zoned = "common_lb_config: {zone_aware_lb_config: {min_cluster_size: 3}}"

// A caller stays in its zone when the zone has as much of the hosts as of the
// callers, and with more callers it sends the rest elsewhere.
func TestStaysInZone(t *testing.T) {
	for _, c := range []struct {
		name    string
		text    string
		callers []policy.ZoneCallers
		least   []int // calls of 9000, by host
	}{
		{"a caller in each zone", zoned, []policy.ZoneCallers{{Zone: "a", Count: 1}, {Zone: "b", Count: 1}, {Zone: "c", Count: 1}}, []int{9000, 0, 0}},
		{"twice as many here", zoned, []policy.ZoneCallers{{Zone: "a", Count: 2}, {Zone: "b", Count: 1}}, []int{4300, 0, 4300}},
		{"nobody says where", zoned, nil, []int{3000, 3000, 3000}},
		{"too few hosts", "common_lb_config: {zone_aware_lb_config: {}}", []policy.ZoneCallers{{Zone: "a", Count: 1}, {Zone: "b", Count: 1}}, []int{3000, 3000, 3000}},
		{"not told to", "", []policy.ZoneCallers{{Zone: "a", Count: 1}, {Zone: "b", Count: 1}}, []int{3000, 3000, 3000}},
		{"none of the requests, as in ZoneAwareRoutingLargeZoneSwitchOnOff", "common_lb_config: {zone_aware_lb_config: {min_cluster_size: 3, routing_enabled: 0%}}", []policy.ZoneCallers{{Zone: "a", Count: 1}, {Zone: "b", Count: 1}, {Zone: "c", Count: 1}}, []int{3000, 3000, 3000}},
		{"half of the requests", "common_lb_config: {zone_aware_lb_config: {min_cluster_size: 3, routing_enabled: 50%}}", []policy.ZoneCallers{{Zone: "a", Count: 1}, {Zone: "b", Count: 1}, {Zone: "c", Count: 1}}, []int{5800, 1300, 1300}},
	} {
		up := prioritized(t, c.text, nil, []string{"a", "b", "c"})
		up.Locate("a", c.callers)
		for host, n := range tally(up, 9000) {
			if n < c.least[host] || c.least[host] == 0 && n > 0 {
				t.Errorf("%s: host %d is asked %d times of 9000, want %d at least", c.name, host, n, c.least[host])
			}
		}
	}
}

// Every row of the menu works behind priorities and zones, and allocates nothing
// there.
func TestEveryBalancerSpreads(t *testing.T) {
	for _, row := range policy.Balancers.Rows() {
		up := prioritized(t, ejecting+zoned+"\nload_balancer: "+row.Name, []uint8{0, 0, 0, 0, 1, 1}, []string{"a", "b", "a", "b", "a", "b"})
		up.Locate("a", []policy.ZoneCallers{{Zone: "a", Count: 2}, {Zone: "b", Count: 1}})
		up.Hosts()[0].Ejected, up.Hosts()[1].Ejected = true, true
		up.Refresh()
		for range 200 {
			if host := call(up, mesh.OK); host < 2 {
				t.Fatalf("%s: host %d is asked", row.Name, host)
			}
		}
		if n := testing.AllocsPerRun(200, func() { call(up, mesh.OK) }); n > 0 {
			t.Errorf("%s: %v allocations a call", row.Name, n)
		}
	}
}
