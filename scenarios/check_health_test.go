package scenarios

import (
	"slices"
	"strings"
	"testing"
)

const healthBasics = "timeout: 1s, interval: 1s, unhealthy_threshold: 2, healthy_threshold: 2"

func healthFile(protocol, rule, more string) string {
	return "services: {web: {replicas: 2, endpoints: {/: {steps: [{call: db}]}}}, db: {replicas: 1000, protocol: " + protocol + "}}\n" +
		"traffic: {users: {to: web, rate: 1/s}}\npolicies: [{" + rule + "}]\n" + more
}

// TestHealthChecksOfScenarios: what the file says about them is held to what can
// be.
func TestHealthChecksOfScenarios(t *testing.T) {
	for _, c := range []struct{ text, refused, warning string }{
		{healthFile("http1", "to: db, health_check: {kind: http, "+healthBasics+"}", ""), "", ""},
		{healthFile("grpc", "to: db, health_check: {kind: grpc, "+healthBasics+"}", ""), "", ""},
		{healthFile("http1", "to: db, health_check: {kind: grpc, "+healthBasics+"}", ""),
			"3:42: db speaks http1; a gRPC health check needs http2 or grpc", ""},
		{healthFile("http1", "to: db, health_check: {kind: alb, protocol: grpc}", ""),
			"db speaks http1; a gRPC health check needs http2 or grpc", ""},
		{healthFile("http1", "to: db, health_check: {kind: http, timeout: 1s, interval: 10ms, unhealthy_threshold: 2, healthy_threshold: 2}", ""),
			"", "policies.0.health_check: about 200000 health checks a second: 2 proxies ask each of the 1000 replicas of db"},
		{healthFile("http1", "to: db, ignore_health_on_host_removal: true", ""),
			"", "policies.0.ignore_health_on_host_removal: never used: the rule has no health_check"},
		{healthFile("http1", "to: db, close_connections_on_host_health_failure: true", ""),
			"", "policies.0.close_connections_on_host_health_failure: never used: the rule has no health_check"},
		{healthFile("http1", "to: db, timeout: 1s", "faults: [{at: 1s, health: {service: db}}]"),
			"", "faults.0.health: never seen: no policy has a health_check for db"},
		{healthFile("http1", "to: db, health_check: alb", "faults: [{at: 1s, health: {service: db, replicas: 1001}}]"),
			"db has only 1000 of the 1001 replicas that it strikes", ""},
		{healthFile("http1", "to: db, health_check: alb", "faults: [{at: 1s, health: {service: db, degraded: true, immediate_fail: true}}]"),
			"degraded or immediate_fail", ""},
		{healthFile("http1", "to: db, health_check: alb", "mesh: {discovery: 5}"), "discovery", ""},
		{healthFile("http1", "to: db, health_check: http", ""), "timeout is missing", ""},
	} {
		s, err := Load("t.yaml", []byte(c.text), LoadOptions{})
		switch {
		case c.refused == "" && err != nil, c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s\n%v, want %q", c.text, err, c.refused)
		case err != nil:
		case c.warning != "" && !slices.Contains(s.Warnings, c.warning), c.warning == "" && len(s.Warnings) > 0:
			t.Errorf("%s\nwarnings %q, want %q", c.text, s.Warnings, c.warning)
		}
	}
}
