package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// The cases of Envoy's test/common/router/retry_state_impl_test.cc, by the names
// they have there: those that look at outcomes. Others are in retry_reply_test.go,
// retry_hosts_test.go (HostSelectionAttempts), retry_backoff_test.go and budget_test.go.
// Those that cannot be told, and why:
//
//   - no HTTP/3: PolicyAltProtocolPostHandshakeFailure*, Http3AutoConfigRetry*,
//     NoRetryUponTooEarlyStatusCode*, two steps of Backoff
//   - no service refuses a stream: PolicyRefusedStream
//   - no runtime settings: RuntimeGuard, BudgetRuntimeSetOnly, the last step of
//     BudgetVerifyMinimumConcurrency
//   - no headers are taken off: RemoveAllRetryHeaders
//   - the words are a list here: ParseRetryOn, ParseRetryGrpcOn
var retryStates = []struct {
	name, on, policy string
	grpc             bool
	answer           mesh.Outcome
	again            bool
}{
	{"PolicyNoneRemoteReset", "", "", false, mesh.Reset, false},
	{"Policy5xxRemoteReset", "5xx", "", false, mesh.Reset, true},
	{"Policy5xxRemote503", "5xx", "", false, mesh.Refused, true},
	{"Policy5xxRemote503Overloaded", "5xx", "", false, mesh.Overflow, true}, // a breaker further on
	{"PolicyGatewayErrorRemote503", "gateway-error", "", false, mesh.Refused, true},
	{"PolicyGatewayErrorRemote504", "gateway-error", "", false, mesh.Timeout, true},
	{"PolicyGatewayErrorRemoteReset", "gateway-error", "", false, mesh.Reset, true},
	{"PolicyGrpcUnavilable", "unavailable", "", true, mesh.Refused, true},
	{"PolicyGrpcInternal", "internal", "", true, mesh.Error, true},
	{"Policy5xxRemote200RemoteReset, the 200", "5xx", "", false, mesh.OK, false},
	{"PolicyConnectFailureOtherReset", "connect-failure", "", false, mesh.Reset, false},
	{"PolicyConnectFailureResetConnectFailure", "connect-failure", "", false, mesh.ConnectFailure, true},
	{"PolicyRetriable4xxNoRetry", "retriable-4xx", "", false, mesh.Error, false},
	{"PolicyRetriable4xxReset", "retriable-4xx", "", false, mesh.Reset, false},
	{"RetriableStatusCodesUpstreamReset", "retriable-status-codes", "retriable_status_codes: [409]", false, mesh.Reset, false},
	{"RetriableStatusCodesHeader 200", "retriable-status-codes", "retriable_status_codes: [200]", false, mesh.OK, true},
	{"RetriableStatusCodesHeader 418,200", "retriable-status-codes", "retriable_status_codes: [418, 200]", false, mesh.OK, true},
	{"RetriableStatusCodesHeader 418", "retriable-status-codes", "retriable_status_codes: [418]", false, mesh.OK, false},
	{"RetriableStatusCodesHeader, gRPC", "retriable-status-codes", "retriable_status_codes: [499]", true, mesh.Error, false},
	{"PolicyResetRemoteReset", "reset", "", false, mesh.Reset, true},
	{"RouteConfigNoRetriesAllowed", "connect-failure", "num_retries: 0", false, mesh.ConnectFailure, false},
	{"RouteConfigNoHeaderConfig", "connect-failure", "num_retries: 1", false, mesh.ConnectFailure, true},
}

func TestRetryStates(t *testing.T) {
	for _, c := range retryStates {
		t.Run(c.name, func(t *testing.T) {
			p := plan(t, fmt.Sprintf("retry: {retry_on: [%s], %s}", c.on, c.policy))
			p.GRPC, p.Multiplexed = c.grpc, c.grpc
			up := policy.NewUpstream(&p, make([]policy.Endpoint, 1), dice(1))
			var call policy.Call
			call.Begin(0, up, nil)
			drain(&call)
			call.Done(0, 1, policy.ReplyOf(c.answer, c.grpc))
			if !call.Over() != c.again {
				t.Fatalf("after %v it is tried again: %v, want %v", c.answer, !call.Over(), c.again)
			}
			if c.again {
				limitExceeded(t, &call, up, policy.ReplyOf(c.answer, c.grpc))
			}
		})
	}
}

// limitExceeded is how most of those tests end: the one retry goes out when its
// pause is over, and when it ends as badly there is no other.
func limitExceeded(t *testing.T, call *policy.Call, up *policy.Upstream, r policy.Reply) {
	now := call.WakeAt()
	call.Wake(now)
	if attempt := drain(call); attempt != 2 {
		t.Fatalf("attempt %d goes out", attempt)
	}
	call.Done(now, 2, r)
	if a := call.Next(); a.Kind != policy.Answer || a.Outcome != r.Outcome || up.Retries() != 0 {
		t.Fatalf("then %+v, with %d retries under way", a, up.Retries())
	}
}

// TestWhatIsTriedAgain is the whole of retry_on: what retry_state_impl.cc does
// with a status (wouldRetryFromHeaders) and with a stream that was reset
// (wouldRetryFromReset), of which a try's timeout is one. A status is matched
// only where an answer came: codes do not see resets.
func TestWhatIsTriedAgain(t *testing.T) {
	const any503, resets = "refused expired overflow unavailable broken fault_injected", "reset connect_failure timeout"
	const all = "error dependency deadline " + any503 + " " + resets
	table := []struct {
		on         string
		http, grpc string // the outcomes worth another try
	}{
		{"5xx", all, resets},
		{"gateway-error", "deadline " + any503 + " " + resets, resets},
		{"reset", resets, resets},
		{"reset-before-request", "connect_failure", "connect_failure"},
		{"connect-failure", "connect_failure", "connect_failure"},
		{"refused-stream", "", ""},
		{"envoy-ratelimited", "", ""},
		{"retriable-4xx", "", ""},
		{"cancelled", "", ""},
		{"deadline-exceeded", "", "deadline"},
		{"resource-exhausted", "", ""},
		{"internal", "", "error dependency"},
		{"unavailable", "", any503},
		{"unavailable,internal,reset", resets, "error dependency " + any503 + " " + resets},
		{"retriable-status-codes", "", ""},
		{"retriable-status-codes 500", "error dependency", ""},
		{"retriable-status-codes 503", any503, ""},
		{"retriable-status-codes 504", "deadline", ""},
		{"retriable-status-codes 200", "ok", "ok error dependency deadline " + any503},
		{"connect-failure,retriable-status-codes 500,503", "error dependency connect_failure " + any503, "connect_failure"},
	}
	for _, row := range table {
		for _, grpc := range []bool{false, true} {
			want := row.http
			if grpc {
				want = row.grpc
			}
			checkRetryOn(t, row.on, grpc, strings.Fields(want))
		}
	}
}

func checkRetryOn(t *testing.T, on string, grpc bool, want []string) {
	words, codes, _ := strings.Cut(on, " ")
	p := plan(t, fmt.Sprintf("retry: {retry_on: [%s], retriable_status_codes: [%s]}", words, codes))
	p.GRPC = grpc
	for o := mesh.OK; o < mesh.Outcomes; o++ {
		var c policy.Call
		c.Begin(0, policy.NewUpstream(&p, make([]policy.Endpoint, 1), dice(1)), nil)
		c.Next()
		c.Done(0, 1, policy.ReplyOf(o, grpc))
		if got := !c.Over(); got != slices.Contains(want, o.String()) {
			t.Errorf("%s, gRPC %v: %s tried again is %v", on, grpc, o, got)
		}
	}
}

// TestOwnOverflowIsNotTriedAgain: Policy5xxResetOverflow and
// PolicyGatewayErrorResetOverflow. What the proxy's own breaker sheds never went
// out; what a breaker further on sheds is a 503 like others.
func TestOwnOverflowIsNotTriedAgain(t *testing.T) {
	for _, on := range []string{"5xx", "gateway-error", "reset"} {
		up := upstream(t, 1, "{retry: {retry_on: ["+on+"], num_retries: 5}, circuit_breaker: {max_requests: 0}}")
		var c policy.Call
		c.Begin(0, up, nil)
		if a := c.Next(); a != (policy.Action{Kind: policy.Answer, Outcome: mesh.Overflow}) || c.Flags() != policy.UpstreamOverflow {
			t.Errorf("%s: %+v", on, a)
		}
	}
}
