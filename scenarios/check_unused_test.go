package scenarios

import (
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestWarnsOfIdleKnobs sets knobs where they change nothing, and then beside what
// they need.
func TestWarnsOfIdleKnobs(t *testing.T) {
	const retry = "retry: {retry_on: [reset], "
	for _, c := range []struct{ rule, want, beside string }{
		{"circuit_breaker: {high: {max_requests: 1}}", "circuit_breaker.high: never used: no rule gives requests a priority: high", "priority: high"},
		{"circuit_breaker: {max_requests: 0}", "circuit_breaker.max_requests: is 0, so that no request is let through: every call is answered 503", "priority: high"},
		{"circuit_breaker: {max_pending_requests: 0}", "circuit_breaker.max_pending_requests: is 0, so that no request is let through: every call is answered 503", "priority: high"},
		{"circuit_breaker: {max_connection_pools: 0}", "circuit_breaker.max_connection_pools: is 0, so that no request is let through: every call is answered 503", "priority: high"},
		{"to: web, connection_pool: {max_concurrent_streams: 1}", "connection_pool.max_concurrent_streams: never used: it is for HTTP/2, and without it a connection carries one request at a time", "to: two"},
		{"connection_pool: {connect_timeout: 1ms}", "connection_pool.connect_timeout: no connection will ever be made: that takes 2ms at least, and connect_timeout is 1ms", "connection_pool: {connect_timeout: 2ms}"},
		{"connection_pool: {idle_timeout: 1ms}", "connection_pool.idle_timeout: no connection will ever be made: that takes 2ms at least, and idle_timeout is 1ms", "connection_pool: {idle_timeout: 2ms}"},
		{"hedge_policy: {hedge_on_per_try_timeout: true}", "hedge_policy.hedge_on_per_try_timeout: never used: no retry has a per_try_timeout", retry + "per_try_timeout: 1s}"},
		{"hedging: {max_attempts: 2, hedging_delay: 1s}, timeout: 1s", "hedging.hedging_delay: never used: the timeout is over before a second attempt is made", "timeout: 1001ms"},
		{"to: web, max_grpc_timeout: 1s", "max_grpc_timeout: never used: it is for calls over gRPC", "to: cart"},
		{"grpc_timeout_offset: 1s", "grpc_timeout_offset: never used: it is taken off where a rule has max_grpc_timeout", "to: cart, max_grpc_timeout: 1s"},
		{"max_stream_duration: {grpc_timeout_header_offset: 1s}", "max_stream_duration.grpc_timeout_header_offset: never used: without grpc_timeout_header_max the header is not looked at", "max_stream_duration: {grpc_timeout_header_max: 0s}"},
		{"to: web, common_lb_config: {zone_aware_lb_config: {}}", "common_lb_config.zone_aware_lb_config: never used: the replicas are not in several zones", "to: two"},
		{"to: two, common_lb_config: {zone_aware_lb_config: {min_cluster_size: 11}}", "common_lb_config.zone_aware_lb_config: never used: there are fewer replicas than min_cluster_size, which is 6 when left out", "common_lb_config: {zone_aware_lb_config: {min_cluster_size: 10}}"},
		{"common_lb_config: {override_host_status: [healthy]}", "common_lb_config.override_host_status: never used: no rule has a stateful_session", "to: web, stateful_session: {header: x-host}"},
		{retry + "per_try_timeout: 1s, per_try_idle_timeout: 1s}", "retry.per_try_idle_timeout: never used: another timeout is over before", retry + "per_try_idle_timeout: 1s}"},
		{retry + "retriable_headers: {x-a: b}}", "retry.retriable_headers: never used: retry_on lacks retriable-headers", "retry: {retry_on: [retriable-headers], retriable_headers: {x-a: b}}"},
		{"retry: {retry_on: [retriable-headers]}", "retry.retry_on: retriable-headers without retriable_headers means no header", "retry: {retry_on: [reset]}"},
		{retry + "rate_limited_retry_back_off: {reset_headers: [x-wait]}}", "retry.rate_limited_retry_back_off: never used: no error of a service or a fault has such a header (retry_after, headers)", retry + "rate_limited_retry_back_off: {reset_headers: [retry-after]}}"},
		{retry + "host_selection_retry_max_attempts: 5}", "retry.host_selection_retry_max_attempts: never used: without retry_host_predicate no host is turned down", retry + "retry_host_predicate: [previous_hosts]}"},
		{"to: web, " + retry + "retry_priority: {previous_priorities: {}}}", "retry.retry_priority: never used: the replicas have one priority", "to: two"},
		{retry + "budget: {kind: linkerd, retry_ratio: 0, min_retries_per_second: 0}}", "retry.budget: allows 0 retries, so that nothing is tried again", retry + "budget: linkerd}"},
		{retry + "budget: {kind: gateway_api, percent: 0%, min_retry_rate: 0}}", "retry.budget: allows 0 retries, so that nothing is tried again", retry + "budget: gateway_api}"},
		{retry + "budget: {kind: envoy, budget_percent: 0%, min_retry_concurrency: 0}}", "retry.budget: allows 0 retries, so that nothing is tried again", retry + "budget: envoy}"},
		{"envoy_headers: true", "envoy_headers: never used: no traffic class sends a header that begins with x-envoy-", "envoy_headers: false"},
		{"fault: {delay: {header_delay: true, percentage: 1%}}", "fault.delay.header_delay: never used: no traffic class sends the header x-envoy-fault-delay-request", "fault: {}"},
		{"fault: {abort: {header_abort: true, percentage: 1%}}", "fault.abort.header_abort: never used: no traffic class sends the header x-envoy-fault-abort-request", "fault: {}"},
		{"load_balancer: {policy: ring_hash, hash_policy: [{source_ip: true}], minimum_ring_size: 8000000}", "load_balancer.minimum_ring_size: slow to run: each set of hosts that a proxy chooses among has a table of its own of 8000000 points, built anew when hosts come and go", "load_balancer: random"},
		{"load_balancer: {policy: maglev, hash_policy: [{source_ip: true}], table_size: 5000011}", "load_balancer.table_size: slow to run: each set of hosts that a proxy chooses among has a table of its own of 5000011 points, built anew when hosts come and go", "load_balancer: random"},
		{"to: web, outlier_detection: {}", "outlier_detection: takes nobody out: of 9 replicas of web its max_ejection_percent is less than one; raise it, or set always_eject_one_host", "dialect: grpc"},
		{"to: web, outlier_detection: consul", "outlier_detection: takes nobody out: of 9 replicas of web its max_ejection_percent is less than one; raise it, or set always_eject_one_host", "to: two, outlier_detection: consul"},
		{"to: two, outlier_detection: {consecutive_local_origin_failure: 1}", "outlier_detection.consecutive_local_origin_failure: never used: it needs split_external_local_origin_errors: true", "outlier_detection: {split_external_local_origin_errors: true}"},
	} {
		want := "policies.0." + c.want
		if got := idleWarnings(t, c.rule); !slices.Contains(got, want) {
			t.Errorf("%s warns\n  %q, want\n  %q", c.rule, got, want)
		}
		if got := idleWarnings(t, c.beside, c.rule); slices.Contains(got, want) {
			t.Errorf("%s with %s warns: %q", c.rule, c.beside, want)
		}
	}
}

// idleWarnings are those of a scenario with one rule, which begins with what is
// first said of each key.
func idleWarnings(t *testing.T, parts ...string) []string {
	t.Helper()
	rule := map[string]any{}
	for i := len(parts) - 1; i >= 0; i-- {
		if err := yaml.Unmarshal([]byte("{"+parts[i]+"}"), &rule); err != nil {
			t.Fatal(err)
		}
	}
	text, err := yaml.Marshal([]any{rule})
	if err != nil {
		t.Fatal(err)
	}
	return load(t, "services:\n"+
		"  web: {replicas: 9, endpoints: {/: {steps: [{call: two}, {call: cart}], errors: {ratio: 1%, retry_after: 1s}}}}\n"+
		"  two: {replicas: 10, protocol: http2, zones: [a, b], priorities: [0, 1]}\n"+
		"  cart: {protocol: grpc}\n"+
		"network: {same_zone: {latency: 1ms}, cross_zone: {latency: 1ms}}\n"+
		"traffic: {users: {to: web, rate: 1/s}}\n"+
		"policies:\n"+string(text)).Warnings
}
