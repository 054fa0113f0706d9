package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// asking is a request with headers: "x-envoy-retry-on=5xx x-envoy-max-retries=3".
func asking(text string) *letter {
	q := &letter{headers: map[string][]string{}}
	for _, word := range strings.Fields(text) {
		name, value, _ := strings.Cut(word, "=")
		q.headers[name] = append(q.headers[name], value)
	}
	return q
}

// answered is an answer with a status and headers: "409 retry-after=1", of gRPC
// "200 grpc=8".
func answered(text string) policy.Reply {
	r, l := policy.Reply{Outcome: mesh.Error}, lines{}
	fmt.Sscan(text, &r.Status)
	if r.Status < 400 {
		r.Outcome = mesh.OK
	}
	for _, word := range strings.Fields(text)[1:] {
		name, value, _ := strings.Cut(word, "=")
		if name == "grpc" {
			fmt.Sscan(value, &r.Code)
			r.Outcome = mesh.Error
		}
		l[name] = value
	}
	r.Headers = l
	return r
}

// The cases of retry_state_impl_test.cc that look at statuses and headers, of
// answers and of requests.
var retryReplies = []struct {
	name, retry, asks, answer string
	again                     bool
}{
	{"PolicyResourceExhaustedRemoteRateLimited", "retry_on: [resource-exhausted]", "", "200 grpc=8 x-envoy-ratelimited=true", false},
	{"PolicyEnvoyRateLimitedRemoteRateLimited", "retry_on: [envoy-ratelimited]", "", "200 grpc=8 x-envoy-ratelimited=true", true},
	{"PolicyGatewayErrorRemote502", "retry_on: [gateway-error]", "", "502", true},
	{"PolicyGatewayErrorRemote504", "retry_on: [gateway-error]", "", "504", true},
	{"PolicyGatewayErrorRemote504, a 501", "retry_on: [gateway-error]", "", "501", false},
	{"PolicyGrpcCancelled", "retry_on: [cancelled]", "", "200 grpc=1", true},
	{"PolicyGrpcDeadlineExceeded", "retry_on: [deadline-exceeded]", "", "200 grpc=4", true},
	{"PolicyGrpcResourceExhausted", "retry_on: [resource-exhausted]", "", "200 grpc=8", true},
	{"PolicyGrpcUnavilable", "retry_on: [unavailable]", "", "200 grpc=14", true},
	{"PolicyGrpcInternal", "retry_on: [internal]", "", "200 grpc=13", true},
	{"PolicyRetriable4xxRetry", "retry_on: [retriable-4xx]", "", "409", true},
	{"PolicyRetriable4xxNoRetry", "retry_on: [retriable-4xx]", "", "400", false},
	{"RetriableStatusCodes", "retry_on: [retriable-status-codes], retriable_status_codes: [409]", "", "409", true},
	{"RetriableStatusCodesHeader, one", "retry_on: [5xx]", "x-envoy-retry-on=retriable-status-codes x-envoy-retriable-status-codes=200", "200", true},
	{"RetriableStatusCodesHeader, several", "retry_on: [5xx]", "x-envoy-retry-on=retriable-status-codes x-envoy-retriable-status-codes=418,200", "200", true},
	{"RetriableStatusCodesHeader, of which some are none", "retry_on: [5xx]", "x-envoy-retry-on=retriable-status-codes x-envoy-retriable-status-codes=418junk,200", "200", true},
	{"RetriableStatusCodesHeader, none", "retry_on: [5xx]", "x-envoy-retry-on=retriable-status-codes x-envoy-retriable-status-codes=junk", "200", false},
	{"RetriableHeadersPolicySetViaRequestHeader, not set", "retry_on: [5xx], retriable_headers: {x-upstream-pushback: {}}", "", "200 x-upstream-pushback=true", false},
	{"RetriableHeadersPolicySetViaRequestHeader", "retry_on: [5xx], retriable_headers: {x-upstream-pushback: {}}", "x-envoy-retry-on=retriable-headers", "200 x-upstream-pushback=true", true},
	{"RetriableHeadersPolicyViaRetryPolicyConfiguration", "retry_on: [retriable-headers], retriable_headers: {x-upstream-pushback: {}}", "", "200 x-upstream-pushback=true", true},
	{"RetriableHeadersPolicyViaRetryPolicyConfiguration, another header", "retry_on: [retriable-headers], retriable_headers: {x-upstream-pushback: {}}", "", "200 x-other=true", false},
	{"RetriableHeadersSetViaRequestHeader", "retry_on: [retriable-headers]", "x-envoy-retriable-header-names=x-other,x-foobar", "200 x-foobar=false", true},
	{"RetriableHeadersMergedConfigAndRequestHeaders, the rule", "retry_on: [retriable-headers], retriable_headers: {\":status\": {exact: \"200\", invert_match: true}}", "", "200", false},
	{"RetriableHeadersMergedConfigAndRequestHeaders", "retry_on: [retriable-headers], retriable_headers: {\":status\": {exact: \"200\", invert_match: true}}", "x-envoy-retriable-header-names=:status,FOOBAR", "200", true},
	{"PolicyLimitedByRequestHeaders, not there", "retry_on: [5xx], retriable_request_headers: {x-again: {}}", "", "500", false},
	{"PolicyLimitedByRequestHeaders, there", "retry_on: [5xx], retriable_request_headers: {x-again: {}}", "x-again=1", "500", true},
	{"PolicyLimitedByRequestHeaders, for something else", "retry_on: [5xx], retriable_request_headers: {x-again: {}}", "x-envoy-retry-on=retriable-4xx", "409", false},
	{"x-envoy-retry-grpc-on", "retry_on: [5xx]", "x-envoy-retry-grpc-on=cancelled,internal", "200 grpc=13", true},
	{"words of one header in the other", "retry_on: [reset]", "x-envoy-retry-grpc-on=5xx x-envoy-retry-on=internal", "500 grpc=13", false},
	{"ZeroMaxRetriesHeader", "retry_on: [5xx]", "x-envoy-max-retries=0", "500", false},
}

func TestRepliesThatAreTriedAgain(t *testing.T) {
	for _, c := range retryReplies {
		up := upstream(t, 1, "envoy_headers: true\nretry: {"+c.retry+"}")
		var call policy.Call
		call.Begin(0, up, asking(c.asks))
		drain(&call)
		call.Done(0, 1, answered(c.answer))
		if !call.Over() != c.again {
			t.Errorf("%s: tried again is %v", c.name, !call.Over())
		}
	}
}

// TestHeadersCountWhereTheyMay: without envoy_headers a request has no say.
func TestHeadersCountWhereTheyMay(t *testing.T) {
	var c policy.Call
	c.Begin(0, upstream(t, 1, "{}"), asking("x-envoy-retry-on=5xx x-envoy-upstream-rq-timeout-ms=5"))
	if drain(&c); c.WakeAt() != mesh.Never {
		t.Errorf("to be woken at %v", c.WakeAt())
	}
	if c.Done(0, 1, answered("500")); !c.Over() {
		t.Error("it is tried again")
	}
	c.Begin(0, upstream(t, 1, "envoy_headers: true"), asking("x-envoy-retry-on=5xx"))
	drain(&c)
	if c.Done(0, 1, answered("500")); c.Over() {
		t.Error("it is not tried again, though no rule forbids it")
	}
}

// TestMaxRetriesHeader: MaxRetriesHeader. The header goes before the rule.
func TestMaxRetriesHeader(t *testing.T) {
	up := upstream(t, 1, "envoy_headers: true\nretry: {retry_on: [5xx], num_retries: 1, back_off: {base_interval: 0s}}")
	var c policy.Call
	c.Begin(0, up, asking("x-envoy-max-retries=3"))
	sent := drain(&c)
	for ; !c.Over(); sent = max(sent, drain(&c)) {
		c.Done(0, sent, answered("503"))
		c.Wake(c.WakeAt())
	}
	if sent != 4 || c.Flags() != policy.UpstreamRetryLimitExceeded {
		t.Errorf("%d attempts, flags %v", sent, c.Flags())
	}
}

// TestRateLimitedPauses: ParseRateLimitedResetInterval and
// RateLimitedRetryBackoffStrategy. A pause is within [x, 1.5 x).
func TestRateLimitedPauses(t *testing.T) {
	const retry = `retry: {retry_on: [5xx], back_off: {kind: exponential, base_interval: 7ms}, rate_limited_retry_back_off: {max_interval: 20s,
		reset_headers: [{name: retry-after}, {name: x-reset, format: unix_timestamp}]}}`
	now := mesh.Time(5 * time.Second)
	for _, c := range []struct {
		answer string
		least  time.Duration // 7ms: that of back_off
	}{
		{"500", 7 * time.Millisecond},
		{"500 retry-after=2", 2 * time.Second},
		{"500 retry-after=20", 20 * time.Second},
		{"500 retry-after=21", 7 * time.Millisecond},
		{"500 retry-after=0", 7 * time.Millisecond},
		{"500 retry-after=-2", 7 * time.Millisecond},
		{"500 retry-after=soon", 7 * time.Millisecond},
		{"500 retry-after=99999999999999999999999", 7 * time.Millisecond},
		{"500 x-reset=1015", 10 * time.Second}, // it is 1005 now
		{"500 x-reset=1004", 7 * time.Millisecond},
		{"500 x-reset=1005", 7 * time.Millisecond},
		{"500 retry-after=30 x-reset=1008", 3 * time.Second}, // the first is too long
		{"500 retry-after=1 x-reset=1008", time.Second},
	} {
		up := upstream(t, 1, retry)
		up.Dated(1000)
		var call policy.Call
		call.Begin(now, up, nil)
		drain(&call)
		call.Done(now, 1, answered(c.answer))
		if pause := call.WakeAt().Sub(now); pause < c.least || pause > c.least && pause >= c.least*3/2 {
			t.Errorf("%s: a pause of %v, want from %v", c.answer, pause, c.least)
		}
	}
}

// TestPushback: what grpc-go's test/retry_test.go (TestRetryStreaming and
// TestRetryTransparent aside, which are about streams) says of
// grpc-retry-pushback-ms, and stream.go, shouldRetry.
func TestPushback(t *testing.T) {
	for _, c := range []struct {
		dialect, answer string
		pause           time.Duration // -1: it is not tried again
	}{
		{"grpc", "200 grpc=14 grpc-retry-pushback-ms=20", 20 * time.Millisecond},
		{"grpc", "200 grpc=14 grpc-retry-pushback-ms=0", 0},
		{"grpc", "200 grpc=14 grpc-retry-pushback-ms=-1", -1},
		{"grpc", "200 grpc=14 grpc-retry-pushback-ms=soon", -1},
		{"grpc", "200 grpc=14", 7 * time.Millisecond},
		{"grpc", "200 grpc=5 grpc-retry-pushback-ms=20", -1}, // not_found
		{"envoy", "200 grpc=14 grpc-retry-pushback-ms=20", 7 * time.Millisecond},
	} {
		up := upstream(t, 1, "dialect: "+c.dialect+"\nretry: {retry_on: [unavailable], num_retries: 3, back_off: {kind: exponential, base_interval: 7ms}}")
		var call policy.Call
		call.Begin(0, up, nil)
		drain(&call)
		call.Done(0, 1, answered(c.answer))
		if call.Over() != (c.pause < 0) || !call.Over() && call.WakeAt() != mesh.Time(c.pause) {
			t.Errorf("%s, %s: over %v, to be woken at %v", c.dialect, c.answer, call.Over(), call.WakeAt())
		}
	}
}

// TestFiveAttempts: gRPC makes no more (A6), and Envoy as many as it is told.
func TestFiveAttempts(t *testing.T) {
	for dialect, want := range map[string]int16{"grpc": 5, "envoy": 10} {
		up := upstream(t, 1, "dialect: "+dialect+"\nretry: {retry_on: [unavailable], num_retries: 9, back_off: {base_interval: 0s}}")
		var c policy.Call
		c.Begin(0, up, nil)
		sent := drain(&c)
		for ; !c.Over(); sent = max(sent, drain(&c)) {
			c.Done(0, sent, answered("200 grpc=14"))
			c.Wake(c.WakeAt())
		}
		if sent != want {
			t.Errorf("%s: %d attempts, want %d", dialect, sent, want)
		}
	}
}
