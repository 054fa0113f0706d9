package policy_test

import (
	"fmt"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestPreviousPriorities: Envoy's previous_priorities/config_test.cc, by name.
// Left out: PriorityMappingCallback (hosts have no other priority than their own)
// and OverriddenFrequencyInvalidValue (the reader of the file refuses it).
func TestPreviousPriorities(t *testing.T) {
	type step struct {
		asked int // the priority of another attempt; -1: none yet
		want  string
	}
	for _, c := range []struct {
		name                     string
		frequency                int
		hosts, healthy, degraded []int
		steps                    []step
	}{
		{"DefaultFrequency", 1, []int{2, 2}, []int{2, 2}, []int{0, 0},
			[]step{{-1, "[100 0] [0 0]"}, {0, "[0 100] [0 0]"}, {1, "[100 0] [0 0]"}}},
		{"DefaultFrequencyUnhealthyPriorities", 1, []int{10, 10, 10}, []int{3, 2, 10}, []int{0, 0, 0},
			[]step{{-1, "[42 28 30] [0 0 0]"}, {0, "[0 28 72] [0 0 0]"}, {1, "[0 0 100] [0 0 0]"}, {2, "[42 28 30] [0 0 0]"}}},
		{"DefaultFrequencyUnhealthyPrioritiesDegradedLoad", 1, []int{10, 10, 10}, []int{0, 0, 0}, []int{3, 2, 10},
			[]step{{-1, "[0 0 0] [42 28 30]"}, {0, "[0 0 0] [0 28 72]"}, {1, "[0 0 0] [0 0 100]"}, {2, "[0 0 0] [42 28 30]"}}},
		{"DefaultFrequencyUnhealthyPrioritiesDegradedLoadSpillover", 1, []int{10, 10, 10}, []int{0, 9, 2}, []int{3, 1, 0},
			[]step{{-1, "[0 100 0] [0 0 0]"}, {1, "[0 0 40] [60 0 0]"}, {2, "[0 0 0] [100 0 0]"}, {0, "[0 100 0] [0 0 0]"}}},
		{"OverriddenFrequency", 2, []int{2, 2}, []int{2, 2}, []int{0, 0},
			[]step{{-1, "[100 0] [0 0]"}, {0, "[100 0] [0 0]"}, {0, "[0 100] [0 0]"}}},
	} {
		m := policy.NewPriorityMemory(c.frequency, c.hosts, c.healthy, c.degraded)
		for i, s := range c.steps {
			if s.asked >= 0 {
				m.Asked(s.asked)
			}
			load, degraded := m.Loads()
			if got := fmt.Sprint(load, " ", degraded); got != s.want {
				t.Errorf("%s, step %d: %s, want %s", c.name, i, got, s.want)
			}
		}
	}
}

// TestNobodyIsHealthy: NoHealthyUpstreams. Where no priority can carry anything,
// the usual shares stay.
func TestNobodyIsHealthy(t *testing.T) {
	m := policy.NewPriorityMemory(1, []int{10, 10, 10}, make([]int, 3), make([]int, 3))
	usual, _ := m.Loads()
	m.Asked(0)
	if load, _ := m.Loads(); fmt.Sprint(load) != fmt.Sprint(usual) {
		t.Errorf("%v, want %v", load, usual)
	}
}

// tries sends a call that always fails and returns the hosts it was sent to.
func tries(t *testing.T, text string, endpoints []policy.Endpoint) (hosts []int32) {
	p := plan(t, text)
	up := policy.NewUpstream(&p, endpoints, dice(1))
	var c policy.Call
	now := mesh.Time(0)
	c.Begin(now, up, nil)
	for a := c.Next(); a.Kind != policy.Answer; a = c.Next() {
		hosts = append(hosts, a.Host)
		c.Done(now, a.Attempt, replied(mesh.Error))
		if at := c.WakeAt(); at != mesh.Never {
			now = at
			c.Wake(now)
		}
	}
	return hosts
}

// TestHostsAreNotAskedTwice: previous_hosts, and host_selection_retry_max_attempts,
// after which the last host found is asked anyway (load_balancer_impl.cc,
// chooseHost).
func TestHostsAreNotAskedTwice(t *testing.T) {
	const retry = "load_balancer: random\nretry: {retry_on: [5xx], num_retries: %d, host_selection_retry_max_attempts: %d, retry_host_predicate: [previous_hosts]}"
	seen := map[int32]bool{}
	for _, host := range tries(t, fmt.Sprintf(retry, 3, 1000), make([]policy.Endpoint, 4)) {
		if seen[host] {
			t.Errorf("host %d is asked again", host)
		}
		seen[host] = true
	}
	if hosts := tries(t, fmt.Sprintf(retry, 3, 5), make([]policy.Endpoint, 1)); len(hosts) != 4 {
		t.Errorf("one host is asked %d times, want 4", len(hosts))
	}
}

// TestHostsWithLabels: omit_canary_hosts and omit_host_metadata turn hosts down for
// retries, and not for the first attempt.
func TestHostsWithLabels(t *testing.T) {
	endpoints := []policy.Endpoint{
		{Labels: []mesh.Label{{Key: "canary", Value: "true"}, {Key: "version", Value: "v2"}}},
		{Labels: []mesh.Label{{Key: "version", Value: "v1"}}},
	}
	for predicate, shunned := range map[string]int32{"omit_canary_hosts": 0, "{omit_host_metadata: {version: v2}}": 0, "{omit_host_metadata: {version: v1}}": 1} {
		hosts := tries(t, "load_balancer: random\nretry: {retry_on: [5xx], num_retries: 50, host_selection_retry_max_attempts: 100, back_off: {base_interval: 0s}, retry_host_predicate: ["+predicate+"]}", endpoints)
		for i, host := range hosts[1:] {
			if host == shunned {
				t.Errorf("%s: retry %d goes to host %d", predicate, i+1, host)
			}
		}
	}
}

// TestRetriesGoToOtherPriorities, through the whole Call.
func TestRetriesGoToOtherPriorities(t *testing.T) {
	hosts := tries(t, "retry: {retry_on: [5xx], num_retries: 3, retry_priority: {previous_priorities: {}}}", []policy.Endpoint{{}, {Priority: 1}, {Priority: 2}})
	if fmt.Sprint(hosts) != "[0 1 2 0]" {
		t.Errorf("attempts go to %v", hosts)
	}
}
