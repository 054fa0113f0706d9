package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

const failsInPanic = "common_lb_config: {zone_aware_lb_config: {fail_traffic_on_panic: true}}"

// The vectors are those of Envoy's round_robin_lb_test.cc (and, where it says so,
// least_request_lb_test.cc), by the name of the test: hosts by priority, and which of
// them are asked then. A host is h(ealthy), d(egraded), x (out), w(aiting for its first check) or - (not there).
var failovers = []struct {
	name, text string
	steps      []failoverStep
}{
	{"NoHosts", "", []failoverStep{{"-|-", ""}}},
	{"NoHosts (least request)", "load_balancer: least_request", []failoverStep{{"-|-", ""}}},
	{"SingleHost", "", []failoverStep{{"h|-", "0"}, {"-|h", "1"}}},
	{"SingleHost (least request)", "load_balancer: least_request", []failoverStep{{"h|-", "0"}, {"-|-", ""}}},
	{"Normal", "", []failoverStep{{"hh--|-", "0 1"}, {"hhh-|-", "0 1 2"}, {"hhhh|-", "0 1 2 3"}}},
	{"BasicFailover", "", []failoverStep{{"x|h", "1"}}},
	{"BasicDegradedHosts", "", []failoverStep{{"d|-", "0"}}},
	{"BasicFailoverDegradedHosts", "", []failoverStep{{"d|h", "1"}}},
	{"PriorityUpdatesWithLocalHostSet", "", []failoverStep{{"x|x|-", "0 1"}, {"x|x|h", "2"}, {"h|x|h", "0"}, {"x|x|h", "2"}}},
	{"PriorityUpdatesWithLocalHostSetDisableOnPanic", failsInPanic, []failoverStep{{"x|x|-", ""}, {"x|x|h", "2"}, {"h|x|h", "0"}, {"x|x|h", "2"}}},
	{"ExtendPrioritiesUpdatingPrioritySet", zoned, []failoverStep{{"x|x|-", "0 1"}, {"x|x|h", "2"}, {"h|x|h", "0"}}},
	{"ExtendPrioritiesWithLocalPrioritySet", zoned, []failoverStep{{"x|x|-", "0 1"}, {"x|x|h", "2"}}},
	{"PrioritiesWithNotAllWarmedHosts", "", []failoverStep{{"hw|h", "0"}}},
	{"PrioritiesWithZeroWarmedHosts", "", []failoverStep{{"ww|h", "2"}, {"xx|h", "2"}}},
	{"MaxUnhealthyPanic", "", []failoverStep{{"hhxxxx|-", "0 1 2 3 4 5"}, {"hhhhxx|-", "0 1 2 3"}}},
	{"MaxUnhealthyPanic, failover", "", []failoverStep{{"-|hhxxxx", "1 2 3 4 5 6"}, {"-|hhhhxx", "1 2 3 4"}}},
	{"MaxUnhealthyPanicDisableOnPanic", failsInPanic, []failoverStep{{"hhxxxx|-", ""}, {"hhhhxx|-", "0 1 2 3"}}},
	{"MaxUnhealthyPanicDisableOnPanic, failover", failsInPanic, []failoverStep{{"-|hhxxxx", ""}, {"-|hhhhxx", "1 2 3 4"}}},
	{"DisablePanicMode", "common_lb_config: {healthy_panic_threshold: 0%}", []failoverStep{{"x|-", ""}, {"-|x", ""}}},
}

// failoverStep is the hosts of all priorities, and those that are asked then.
type failoverStep struct{ hosts, asked string }

func TestFailover(t *testing.T) {
	for _, c := range failovers {
		up := prioritized(t, c.text, prioritiesOf(c.steps[0].hosts), nil)
		for _, s := range c.steps {
			become(up, s.hosts)
			if got := whoIsAsked(up, 200); got != s.asked {
				t.Errorf("%s: %s: hosts %q are asked, want %q", c.name, s.hosts, got, s.asked)
			}
		}
	}
}

func prioritiesOf(hosts string) (priorities []uint8) {
	for p, level := range strings.Split(hosts, "|") {
		for range level {
			priorities = append(priorities, uint8(p))
		}
	}
	return priorities
}

// become makes the hosts what their letters say.
func become(up *policy.Upstream, hosts string) {
	for i, letter := range strings.ReplaceAll(hosts, "|", "") {
		up.Joined(0, i)
		h := &up.Hosts()[i]
		h.Health, h.Ejected = 0, letter == 'x'
		switch letter {
		case 'd':
			h.Limp()
		case 'w':
			up.Uncertain(i)
		case '-':
			up.Left(0, i)
		}
	}
	up.Refresh()
}

// whoIsAsked lists the hosts that so many calls come to.
func whoIsAsked(up *policy.Upstream, calls int) string {
	var asked []string
	for host, n := range tally(up, calls) {
		if n > 0 {
			asked = append(asked, fmt.Sprint(host))
		}
	}
	return strings.Join(asked, " ")
}

// TestDegradedLocality: with one of three hosts healthy and the two of the other
// zone degraded, 46% go to the one and the rest to its zone's (round_robin_lb_test.cc,
// DegradedLocality); zones without weight are not looked at (Locality).
func TestDegradedLocality(t *testing.T) {
	for _, c := range []struct {
		name    string
		weight  uint32
		letters string
		want    [3]float64
	}{
		{"DegradedLocality", 1, "hdd", [3]float64{.46, .27, .27}},
		{"Locality, no zone", 0, "hhh", [3]float64{1. / 3, 1. / 3, 1. / 3}},
	} {
		p := plan(t, zonesWeighed)
		up := policy.NewUpstream(&p, []policy.Endpoint{{Zone: "a", ZoneWeight: c.weight}, {Zone: "b", ZoneWeight: c.weight}, {Zone: "b", ZoneWeight: c.weight}}, dice(1))
		become(up, c.letters)
		within(t, c.name, sharesOf(up, 30_000), c.want[:], 30_000)
	}
}

func sharesOf(up *policy.Upstream, calls int) (shares []float64) {
	for _, n := range tally(up, calls) {
		shares = append(shares, float64(n)/float64(calls))
	}
	return shares
}

// TestHostSelectionWithFilter: with two tries for a host, only that which the filter
// lets through is asked; with none, both in turn (round_robin_lb_test.cc,
// HostSelectionWithFilter). Here a filter is for retries.
func TestHostSelectionWithFilter(t *testing.T) {
	endpoints := []policy.Endpoint{{}, {Labels: []mesh.Label{{Key: "canary", Value: "true"}}}}
	const filtered = "retry: {retry_on: [5xx], num_retries: 3, host_selection_retry_max_attempts: 2, retry_host_predicate: [omit_canary_hosts]}"
	if got := fmt.Sprint(tries(t, filtered, endpoints)[1:]); got != "[0 0 0]" {
		t.Errorf("retries go to %s", got)
	}
	if got := tries(t, "retry: {retry_on: [5xx], num_retries: 3}", endpoints); got[0] == got[1] || got[1] == got[2] || got[2] == got[3] {
		t.Errorf("without a filter: %v", got)
	}
}
