package policy_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestFinalTimeout: router_test.cc, RouterFilterUtilityTest, FinalTimeout, in
// milliseconds; expected is what the host is told. Left out are the cases of
// respect_expected_rq_timeout, whose place deadline_propagation has here.
func TestFinalTimeout(t *testing.T) {
	const whole, try, hedge = "x-envoy-upstream-rq-timeout-ms=15 ", "x-envoy-upstream-rq-per-try-timeout-ms=", "hedge_policy: {hedge_on_per_try_timeout: true}\n"
	const ten, perTry7 = "timeout: 10ms\n", "retry: {retry_on: [5xx], per_try_timeout: 7ms}\n"
	for _, c := range []struct {
		policy, asks            string
		grpc                    bool
		whole, perTry, expected time.Duration
	}{
		{ten, "", false, 10, 0, 10},
		{ten, whole, false, 15, 0, 15},
		{ten, "x-envoy-upstream-rq-timeout-ms=bad", false, 10, 0, 10},
		{ten, whole + try + "15", false, 15, 0, 15},
		{ten, whole + try + "5", false, 15, 5, 5},
		{ten + hedge, whole + try + "5", false, 15, 5, 15},
		{"max_grpc_timeout: 10ms\n" + hedge, whole + try + "5", true, 15, 5, 15},
		{ten + perTry7, whole, false, 15, 7, 7},
		{"timeout: 0s\nretry: {retry_on: [5xx], per_try_timeout: 10ms}", "", false, 0, 10, 10},
		{ten + perTry7, whole + try + "5", false, 15, 5, 5},
		{"max_grpc_timeout: 0s", "", true, 0, 0, 0},
		{ten, "", true, 10, 0, 10},
		{"max_grpc_timeout: 0s", "grpc-timeout=1000m", true, 1000, 0, 1000},
		{"max_grpc_timeout: 999ms", "grpc-timeout=1000m", true, 999, 0, 999},
		{"max_grpc_timeout: 999ms", "grpc-timeout=0m", true, 999, 0, 999},
		{"max_grpc_timeout: 999ms\ngrpc_timeout_offset: 10ms", "grpc-timeout=100m", true, 90, 0, 90},
		{"max_grpc_timeout: 999ms\ngrpc_timeout_offset: 10ms", "grpc-timeout=1m", true, 1, 0, 1},
		{"max_grpc_timeout: 0s", "grpc-timeout=1000m " + whole, true, 15, 0, 15},
		{"max_grpc_timeout: 0s", "grpc-timeout=1000m x-envoy-upstream-rq-timeout-ms=bad", true, 1000, 0, 1000},
		{"max_grpc_timeout: 0s", "grpc-timeout=1000m " + whole + try + "15", true, 15, 0, 15},
		{"max_grpc_timeout: 0s", "grpc-timeout=1000m " + whole + try + "5", true, 15, 5, 5},
		{"max_grpc_timeout: 0s\n" + perTry7, "grpc-timeout=1000m " + whole, true, 15, 7, 7},
		{"max_grpc_timeout: 0s\n" + perTry7, "grpc-timeout=1000m " + whole + try + "5", true, 15, 5, 5},
		{"max_grpc_timeout: 10s", "grpc-timeout=6666666666666H", true, 10_000, 0, 10_000},
	} {
		p := plan(t, "envoy_headers: true\ndeadline_propagation: false\n"+c.policy)
		p.GRPC = c.grpc
		var call policy.Call
		call.Begin(0, policy.NewUpstream(&p, make([]policy.Endpoint, 1), dice(1)), asking(c.asks))
		until := call.Until()
		if until == mesh.Never {
			until = 0
		}
		if whole, perTry, _ := call.Limits(); whole != c.whole*time.Millisecond || perTry != c.perTry*time.Millisecond || until != mesh.Time(c.expected*time.Millisecond) {
			t.Errorf("%q asked %q: %v, per try %v, the host is told %v", c.policy, c.asks, whole, perTry, until)
		}
	}
}

// TestFinalHedging: FinalHedgingParamsHedgeOnPerTryTimeout.
func TestFinalHedging(t *testing.T) {
	for _, rule := range []string{"true", "false"} {
		for asks, want := range map[string]string{"": rule, "true": "true", "false": "false", "bad": rule} {
			up := upstream(t, 1, "envoy_headers: true\nhedge_policy: {hedge_on_per_try_timeout: "+rule+"}")
			var c policy.Call
			c.Begin(0, up, asking("x-envoy-hedge-on-per-try-timeout="+asks))
			if _, _, hedges := c.Limits(); hedges != (want == "true") {
				t.Errorf("the rule says %s, the request %q: %v", rule, asks, hedges)
			}
		}
	}
}

// TestDeadlines: which of them ends a call, and by what flag. The stream's are
// those of conn_manager_impl.cc, onStreamIdleTimeout and refreshDurationTimeout.
func TestDeadlines(t *testing.T) {
	for _, c := range []struct {
		policy, asks string
		grpc         bool
		at           time.Duration // in ms; 0: never
		flags        policy.Flags
	}{
		{"timeout: 10ms", "", false, 10, policy.UpstreamRequestTimeout},
		{"timeout: 0s", "", false, 0, 0},
		{"idle_timeout: 5ms\ntimeout: 10ms", "", false, 5, policy.StreamIdleTimeout},
		{"idle_timeout: 50ms\ntimeout: 10ms", "", false, 10, policy.UpstreamRequestTimeout},
		{"idle_timeout: 0s", "", false, 0, 0},
		{"max_stream_duration: 20ms\ntimeout: 10ms", "", false, 20, 0}, // usingNewTimeouts
		{"max_stream_duration: 20ms", "grpc-timeout=5m", false, 20, 0},
		{"max_stream_duration: {max_stream_duration: 20ms, grpc_timeout_header_max: 8ms}", "grpc-timeout=5m", false, 5, 0},
		{"max_stream_duration: {max_stream_duration: 20ms, grpc_timeout_header_max: 8ms}", "grpc-timeout=1S", false, 8, 0},
		{"max_stream_duration: {max_stream_duration: 20ms, grpc_timeout_header_max: 0s, grpc_timeout_header_offset: 10ms}", "grpc-timeout=1S", false, 990, 0},
		{"retry: {retry_on: [5xx], num_retries: 0, per_try_idle_timeout: 4ms}", "", false, 4, policy.UpstreamRequestTimeout | policy.UpstreamRetryLimitExceeded},
		{"deadline_propagation: true\ntimeout: 10ms", "x-envoy-expected-rq-timeout-ms=3", false, 3, policy.UpstreamRequestTimeout},
		{"deadline_propagation: true\ntimeout: 10ms", "x-envoy-expected-rq-timeout-ms=30", false, 10, policy.UpstreamRequestTimeout},
		{"timeout: 10ms", "x-envoy-expected-rq-timeout-ms=3", false, 10, policy.UpstreamRequestTimeout},
		{"timeout: 10ms", "grpc-timeout=3m", true, 3, policy.UpstreamRequestTimeout},
		{"deadline_propagation: false\ntimeout: 10ms", "grpc-timeout=3m", true, 10, policy.UpstreamRequestTimeout},
	} {
		p := plan(t, c.policy)
		p.GRPC = c.grpc
		var call policy.Call
		call.Begin(0, policy.NewUpstream(&p, make([]policy.Endpoint, 1), dice(1)), asking(c.asks))
		drain(&call)
		at := call.WakeAt()
		if at == mesh.Never {
			at = 0
		}
		call.Wake(at)
		if at != mesh.Time(c.at*time.Millisecond) || call.Flags() != c.flags || c.at > 0 && !call.Over() {
			t.Errorf("%q asked %q: ends at %v with %v", c.policy, c.asks, at, call.Flags())
		}
	}
}

// TestNobodyWaitsAnyMore: a call whose deadline has passed is not made.
func TestNobodyWaitsAnyMore(t *testing.T) {
	up := upstream(t, 1, "deadline_propagation: true")
	var c policy.Call
	c.Begin(0, up, asking("x-envoy-expected-rq-timeout-ms=0"))
	if a := c.Next(); a.Kind != policy.Answer || a.Outcome != mesh.Deadline || up.Requests() != 0 {
		t.Errorf("%+v", a)
	}
}

// TestGRPCTimeouts are written as PROTOCOL-HTTP2.md has them, and read again.
func TestGRPCTimeouts(t *testing.T) {
	for _, c := range []struct {
		left time.Duration
		want string
	}{
		{0, "0n"}, {1, "1n"}, {99_999_999, "99999999n"}, {100_000_000, "100000u"}, {100_000_001, "100001u"},
		{time.Second, "1000000u"}, {1000 * time.Second, "1000000m"}, {1e6 * time.Second, "1000000S"},
	} {
		if got := string(policy.AppendGRPCTimeout(nil, c.left)); got != c.want {
			t.Errorf("%v is written %s, want %s", c.left, got, c.want)
		}
	}
}

// TestToldFromTheConnectionOn: what a host is told of a try's time is the whole of
// it, however long the try has waited for its connection (setTimeoutHeaders comes
// before the pool, and the host counts from when it reads).
func TestToldFromTheConnectionOn(t *testing.T) {
	up := upstream(t, 1, "timeout: 1s\nretry: {retry_on: [5xx], per_try_timeout: 10ms}")
	up.Dials()
	var c policy.Call
	c.Begin(0, up, nil)
	c.Next()
	deed, _ := up.NextDeed()
	up.Connected(mesh.Time(50*time.Millisecond), deed.Conn)
	c.Rouse(mesh.Time(50 * time.Millisecond))
	if c.Next(); c.Until() != mesh.Time(60*time.Millisecond) {
		t.Errorf("until %v, want 60ms", c.Until())
	}
}

// TestHedgesWhateverIsRetriable: a request that meets none of
// retriable_request_headers is not tried again, but hedged: there is a retry policy
// (RetryStateImpl::create), and shouldHedgeRetryPerTryTimeout asks for no more.
func TestHedgesWhateverIsRetriable(t *testing.T) {
	const retry = "retry: {retry_on: [5xx], num_retries: 1, per_try_timeout: 10ms, retriable_request_headers: {x-again: {}}}"
	for text, attempts := range map[string]int16{retry: 1, retry + "\nhedge_policy: {hedge_on_per_try_timeout: true}": 2} {
		last := int16(0)
		var c policy.Call
		c.Begin(0, upstream(t, 2, text), asking("x-other=1"))
		for range 3 {
			for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
				last = max(last, a.Attempt)
			}
			c.Wake(c.WakeAt())
		}
		if last != attempts {
			t.Errorf("%s: %d attempts, want %d", text, last, attempts)
		}
	}
}
