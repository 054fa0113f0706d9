package scenarios

import (
	"slices"
	"strings"
	"testing"
)

func TestReportWarnings(t *testing.T) {
	for _, c := range []struct{ service, balancer, want string }{
		{"{}", "client_side_weighted_round_robin", "policies.0.load_balancer: client_side_weighted_round_robin weighs by reported load, and web reports none: give it load_report"},
		{"{load_report: {}}", "weighted_round_robin", "policies.0.load_balancer: weighted_round_robin weighs by reported load, and web has neither cpu nor concurrency of which a share could be in use"},
		{"{load_report: {}, cpu: 2}", "weighted_round_robin", ""},
		{"{load_report: {}, concurrency: 2}", "client_side_weighted_round_robin", ""},
		{"{load_report: {application_utilization: queue}, concurrency: 2, queue: 9}", "client_side_weighted_round_robin", ""},
		{"{}", "round_robin", ""},
	} {
		s := load(t, "{services: {web: "+c.service+"}, traffic: {users: {to: web, rate: 1/s}}, policies: [{to: web, load_balancer: "+c.balancer+"}]}")
		if want := strings.Fields(c.want); len(want) > 0 && !slices.Contains(s.Warnings, c.want) || len(want) == 0 && len(s.Warnings) > 0 {
			t.Errorf("%s of %s warns\n  %q, want\n  %q", c.balancer, c.service, s.Warnings, c.want)
		}
	}
}

func TestSlowStartOfAWS(t *testing.T) {
	for _, balancer := range []string{"least_outstanding_requests", "weighted_random"} {
		text := "services: {web: {}}\ntraffic: {users: {to: web, rate: 1/s}}\npolicies:\n  - load_balancer:\n      policy: " + balancer + "\n      slow_start_config: {slow_start_window: 30s}\n"
		_, err := Load("t.yaml", []byte(text), LoadOptions{})
		const want = "t.yaml:6:7: no key slow_start_config here: an application load balancer has slow start beside round_robin only"
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
