package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestFaultHeaders is Envoy's fault_config_test.cc, and the statuses of
// fault_filter_test.cc and fault_filter_integration_test.cc.
func TestFaultHeaders(t *testing.T) {
	const byHeader = "{abort: {header_abort: true, percentage: 100%}, delay: {header_delay: true, percentage: 100%}}"
	for _, c := range []struct {
		name, filter string
		headers      []string
		delay        time.Duration
		status, code int
	}{
		{"AbortWithHttpStatus", "{abort: {http_status: 429, percentage: 100%}}", nil, 0, 429, 0},
		{"HeaderAbortWithHttpStatus", byHeader, []string{"x-envoy-fault-abort-request: 429"}, 0, 429, 0},
		{"AbortWithGrpcStatus", "{abort: {grpc_status: 5, percentage: 100%}}", nil, 0, 200, 5},
		{"HeaderAbortWithGrpcStatus", byHeader, []string{"x-envoy-fault-abort-grpc-request: 5"}, 0, 200, 5},
		{"HeaderAbortWithHttpAndGrpcStatus", byHeader, []string{"x-envoy-fault-abort-request: 429", "x-envoy-fault-abort-grpc-request: 5"}, 0, 429, 0},
		{"Passthrough", "{}", nil, 0, 0, 0},
		{"FixedDelayAndAbort", "{delay: {fixed_delay: 5s, percentage: 100%}, abort: {http_status: 503, percentage: 100%}}", nil, 5 * time.Second, 503, 0},
		{"HeaderFaultConfigNoHeaders", byHeader, nil, 0, 0, 0},
		{"HeaderFaultsConfig0PercentageHeaders", byHeader, []string{"x-envoy-fault-delay-request: 100", "x-envoy-fault-delay-request-percentage: 0", "x-envoy-fault-abort-request: 503", "x-envoy-fault-abort-request-percentage: 0"}, 0, 0, 0},
		{"HeaderFaultsConfig100PercentageHeaders", byHeader, []string{"x-envoy-fault-delay-request: 100", "x-envoy-fault-delay-request-percentage: 100", "x-envoy-fault-abort-request: 503", "x-envoy-fault-abort-request-percentage: 100"}, 100 * time.Millisecond, 503, 0},
		{"HeaderFaultAbortGrpcConfig0PercentageHeader", byHeader, []string{"x-envoy-fault-abort-grpc-request: 5", "x-envoy-fault-abort-request-percentage: 0"}, 0, 0, 0},
		{"FaultAbortHeaderConfig, bad data", byHeader, []string{"x-envoy-fault-abort-request: abc"}, 0, 0, 0},
		{"FaultAbortHeaderConfig, too low", byHeader, []string{"x-envoy-fault-abort-request: 199"}, 0, 0, 0},
		{"FaultAbortHeaderConfig, too high", byHeader, []string{"x-envoy-fault-abort-request: 600"}, 0, 0, 0},
		{"FaultAbortHeaderConfig, valid", byHeader, []string{"x-envoy-fault-abort-request: 401"}, 0, 401, 0},
		{"FaultAbortGrpcHeaderConfig, bad data", byHeader, []string{"x-envoy-fault-abort-grpc-request: abc"}, 0, 0, 0},
		{"FaultAbortGrpcHeaderConfig, too low", byHeader, []string{"x-envoy-fault-abort-grpc-request: -1"}, 0, 0, 0},
		{"FaultAbortGrpcHeaderConfig, not well-defined", byHeader, []string{"x-envoy-fault-abort-grpc-request: 100"}, 0, 200, 100},
		{"FaultDelayHeaderConfig, bad data", byHeader, []string{"x-envoy-fault-delay-request: abc"}, 0, 0, 0},
		{"FaultDelayHeaderConfig, valid", byHeader, []string{"x-envoy-fault-delay-request: 123"}, 123 * time.Millisecond, 0, 0},
		{"FixedDelayZeroDuration, by header", byHeader, []string{"x-envoy-fault-delay-request: 0"}, 0, 0, 0},
		{"the first value counts", byHeader, []string{"x-envoy-fault-abort-request: 401", "x-envoy-fault-abort-request: 402"}, 0, 401, 0},
	} {
		delay, status, code := policy.NewFilter(rule(t, "fault: "+c.filter).Fault, 1).Strikes(get("x", "/", c.headers...))
		if delay != c.delay || status != c.status || int(code) != c.code {
			t.Errorf("%s: %v, %d, %d; want %v, %d, %d", c.name, delay, status, code, c.delay, c.status, c.code)
		}
	}
}

// TestFaultPercentages is fault_config_test.cc, FaultAbortPercentageHeaderConfig
// and FaultDelayPercentageHeaderConfig, as shares of many requests; and that the
// dice are independent: of 20% and 5%, 24% are touched.
func TestFaultPercentages(t *testing.T) {
	const n = 100_000
	share := func(filter string, headers ...string) (delayed, aborted, touched float64) {
		f := policy.NewFilter(rule(t, "fault: "+filter).Fault, 7)
		for range n {
			delay, status, _ := f.Strikes(get("x", "/", headers...))
			if delay > 0 {
				delayed++
			}
			if status > 0 {
				aborted++
			}
			if delay > 0 || status > 0 {
				touched++
			}
		}
		return delayed / n, aborted / n, touched / n
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if got < want-0.005 || got > want+0.005 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	const abort, percentage = "{abort: {header_abort: true, percentage: 80%}}", "x-envoy-fault-abort-request-percentage: "
	for text, want := range map[string]float64{"abc": .8, "-1": .8, "90": .8, "60": .6} {
		_, got, _ := share(abort, "x-envoy-fault-abort-request: 503", percentage+text)
		near("a header of "+text, got, want)
	}
	const delay = "{delay: {header_delay: true, percentage: 0.8%, denominator: ten_thousand}}"
	for text, want := range map[string]float64{"abc": .008, "90": .008, "60": .006} {
		got, _, _ := share(delay, "x-envoy-fault-delay-request: 5", "x-envoy-fault-delay-request-percentage: "+text)
		if got < want-0.001 || got > want+0.001 {
			t.Errorf("a header of %s in ten thousands: %v, want %v", text, got, want)
		}
	}
	delayed, aborted, touched := share("{delay: {fixed_delay: 5s, percentage: 20%}, abort: {http_status: 503, percentage: 5%}}")
	near("delayed", delayed, .2)
	near("aborted", aborted, .05)
	near("touched", touched, .24)
}

// TestFaultsInACall is fault_filter_test.cc as a call sees it: a delay comes
// before the timeout and may be followed by an answer.
func TestFaultsInACall(t *testing.T) {
	const delay, abort = "delay: {fixed_delay: 5s, percentage: 100%}", "abort: {http_status: 503, percentage: 100%}"
	ms := func(n int64) mesh.Time { return mesh.Time(n * 1e6) }
	var c policy.Call

	// AbortWithHttpStatus: answered at once, though retries are armed.
	up := upstream(t, 2, "{fault: {"+abort+"}, retry: {retry_on: [5xx], num_retries: 3}}")
	c.Begin(0, up, nil)
	if a := c.Next(); a.Kind != policy.Answer || a.Outcome != mesh.FaultInjected || c.Flags().String() != "FI" || up.Requests() != 0 || up.ActiveFaults() != 0 {
		t.Errorf("aborted: %+v with %v", a, c.Flags())
	}

	// FixedDelayDeprecatedPercentAndNonZeroDuration: held for 5 s, then sent, and
	// only then does the timeout run.
	up = upstream(t, 2, "{timeout: 1s, fault: {"+delay+"}}")
	c.Begin(0, up, nil)
	if a := c.Next(); a.Kind != policy.Nothing || c.WakeAt() != ms(5000) || up.ActiveFaults() != 1 || up.Requests() != 0 {
		t.Fatalf("delayed: %+v until %v", a, c.WakeAt())
	}
	c.Wake(ms(5000))
	if a := c.Next(); a.Kind != policy.Connect || c.WakeAt() != ms(6000) || up.ActiveFaults() != 0 || c.Flags().String() != "DI" {
		t.Fatalf("after the delay: %+v until %v, %d active", a, c.WakeAt(), up.ActiveFaults())
	}
	c.Cancel(ms(5001))
	drain(&c)

	// FixedDelayAndAbort.
	up = upstream(t, 2, "{fault: {"+delay+", "+abort+"}}")
	c.Begin(0, up, nil)
	drain(&c)
	c.Wake(ms(5000))
	if a := c.Next(); a.Kind != policy.Answer || c.Flags().String() != "DI,FI" || up.ActiveFaults() != 0 {
		t.Errorf("delayed and aborted: %+v with %v", a, c.Flags())
	}

	// TimerResetAfterStreamReset.
	c.Begin(0, up, nil)
	c.Cancel(ms(1))
	if a := c.Next(); a.Kind != policy.Nothing || !c.Over() || c.WakeAt() != mesh.Never || up.ActiveFaults() != 0 {
		t.Errorf("cancelled: %+v, %d active", a, up.ActiveFaults())
	}

	// Overflow: with max_active_faults 0 nothing is harmed.
	up = upstream(t, 2, "{fault: {"+delay+", "+abort+", max_active_faults: 0}}")
	c.Begin(0, up, nil)
	if a := c.Next(); a.Kind != policy.Connect || c.Flags() != 0 {
		t.Errorf("beyond the cap: %+v with %v", a, c.Flags())
	}

	// ConsecutiveDelayFaults: with max_active_faults 1 the second is delayed once
	// the first's delay is over; beside it, it is not.
	up = upstream(t, 2, "{fault: {"+delay+", max_active_faults: 1}}")
	var first, beside, after policy.Call
	first.Begin(0, up, nil)
	beside.Begin(0, up, nil)
	if first.Next().Kind != policy.Nothing || beside.Next().Kind != policy.Connect {
		t.Error("one is delayed at once, and no second")
	}
	first.Wake(ms(5000))
	after.Begin(ms(5000), up, nil)
	if after.Next().Kind != policy.Nothing || up.ActiveFaults() != 1 {
		t.Errorf("%d active after the first delay", up.ActiveFaults())
	}
}

// TestFaultsByRequest is fault_filter_test.cc, FixedDelayAndAbortHeaderMatchSuccess
// and ...Fail, FixedDelayAndAbortDownstreamNodes and NoDownstreamMatch,
// RouteFaultOverridesListenerFault: which requests it is for is the rule's affair.
func TestFaultsByRequest(t *testing.T) {
	const rest = "fault: {delay: {fixed_delay: 5s, percentage: 100%}, abort: {http_status: 503, percentage: 100%}}}"
	for _, c := range []struct {
		match   string
		headers []string
		harmed  bool
	}{
		{"{x-foo1: Bar, X-Foo2: {}}", []string{"x-foo1: Bar", "x-foo2: RandomValue"}, true},
		{"{x-foo1: Bar, X-Foo2: {}}", []string{"x-foo1: Bar", "x-foo3: Baz"}, false},
		{"{x-envoy-downstream-service-node: canary}", []string{"x-envoy-downstream-service-node: canary"}, true},
		{"{x-envoy-downstream-service-node: canary}", nil, false},
	} {
		var call policy.Call
		call.Begin(0, routed(t, "{match: {headers: "+c.match+"}, "+rest), get("x", "/", c.headers...))
		if held := call.Next().Kind == policy.Nothing; held != c.harmed {
			t.Errorf("%s %v: held back is %v", c.match, c.headers, held)
		}
	}
	up := routed(t, "{match: {path: /quiet}, fault: {}}\n{"+rest)
	var call policy.Call
	if call.Begin(0, up, get("x", "/quiet")); call.Next().Kind != policy.Connect {
		t.Error("a fault that says nothing harms")
	}
}

// TestIstioFaultsTakeTheTimeoutAlong, and the retries (VirtualService,
// HTTPRoute.fault).
func TestIstioFaultsTakeTheTimeoutAlong(t *testing.T) {
	for _, dialect := range []string{"istio", "envoy"} {
		r := plan(t, "{dialect: "+dialect+", timeout: 1s, retry: {retry_on: [5xx]}, fault: {abort: {http_status: 503, percentage: 1%}}}").RoutePlan
		if bare := r.Timeout == 0 && r.Retry == nil; bare != (dialect == "istio") {
			t.Errorf("%s: timeout %v, retry %v", dialect, r.Timeout, r.Retry)
		}
	}
}

// TestBadFaults is fault_filter_test.cc, FaultFilterBadConfigTest, and more.
func TestBadFaults(t *testing.T) {
	for text, want := range map[string]string{
		"{abort: {percentage: 100%}}":                                    "an abort is exactly one of http_status, grpc_status and header_abort: true",
		"{delay: {type: foo, percentage: 50%, fixed_delay: 5s}}":         `unknown key "type"`,
		"{delay: {percentage: 50%, fixed_delay: 0s}}":                    "a delay is exactly one of fixed_delay, above 0s, and header_delay: true",
		"{delay: {percentage: 50%}}":                                     "a delay is exactly one of fixed_delay, above 0s, and header_delay: true",
		"{delay: {fixed_delay: 5s}}":                                     "percentage is missing here (share of the requests)",
		"{abort: {http_status: 503, grpc_status: 5, percentage: 1%}}":    "an abort is exactly one of http_status, grpc_status and header_abort: true",
		"{abort: {http_status: 99, percentage: 1%}}":                     `http_status must be at least 200 (got "99")`,
		"{abort: {http_status: 503, percentage: 101%}}":                  `percentage must be at most 1 (got "101%")`,
		"{abort: {http_status: 503, percentage: 1%}, max_active: 1}":     `unknown key "max_active" (allowed delay, abort, max_active_faults)`,
		"{delay: {fixedDelay: 5s, percentage: 1%}}":                      `unknown key "fixedDelay"; did you mean fixed_delay?`,
		"{abort: {http_status: 503, percentage: 5}}":                     "percentage must be at most 1 (got \"5\")",
		"{delay: {fixed_delay: 5s, header_delay: true, percentage: 1%}}": "a delay is exactly one of fixed_delay, above 0s, and header_delay: true",
	} {
		_, err := strict.Decode("p.yaml", []byte("fault: "+text), &policy.Rule{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
