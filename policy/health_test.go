package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// healthCheck reads the settings of one.
func healthCheck(t testing.TB, text string) policy.HealthCheck {
	t.Helper()
	return rule(t, "health_check: {"+text+"}").HealthCheck.Settings
}

const basic = "kind: http, timeout: 1s, interval: 1s, unhealthy_threshold: 2, healthy_threshold: 2"

// TestHealthStatuses: Envoy health_checker_impl_test.cc, HttpStatusChecker:
// Default, SingleExpected100, SingleRetriable100, SingleExpected599,
// SingleRetriable599, ExpectedRanges_204_304, RetriableRanges_304_404.
func TestHealthStatuses(t *testing.T) {
	for _, c := range []struct {
		knobs string
		want  map[int]policy.HealthVerdict
	}{
		{"", map[int]policy.HealthVerdict{200: policy.Passed, 204: policy.Condemned, 503: policy.Condemned}},
		{"expected_statuses: [{start: 100, end: 101}]", map[int]policy.HealthVerdict{99: policy.Condemned, 100: policy.Passed, 101: policy.Condemned, 200: policy.Condemned}},
		{"retriable_statuses: [{start: 100, end: 101}]", map[int]policy.HealthVerdict{99: policy.Condemned, 100: policy.Failed, 101: policy.Condemned}},
		{"expected_statuses: [{start: 599, end: 600}]", map[int]policy.HealthVerdict{598: policy.Condemned, 599: policy.Passed, 600: policy.Condemned}},
		{"retriable_statuses: [{start: 599, end: 600}]", map[int]policy.HealthVerdict{598: policy.Condemned, 599: policy.Failed, 600: policy.Condemned}},
		{"expected_statuses: [{start: 204, end: 205}, {start: 304, end: 305}]", map[int]policy.HealthVerdict{200: policy.Condemned, 203: policy.Condemned, 204: policy.Passed, 205: policy.Condemned, 303: policy.Condemned, 304: policy.Passed, 305: policy.Condemned}},
		{"retriable_statuses: [{start: 304, end: 305}, {start: 404, end: 405}]", map[int]policy.HealthVerdict{303: policy.Condemned, 304: policy.Failed, 305: policy.Condemned, 403: policy.Condemned, 404: policy.Failed, 405: policy.Condemned}},
	} {
		h := healthCheck(t, strings.TrimSuffix(basic+", "+c.knobs, ", "))
		for status, want := range c.want {
			if got := h.Judge(policy.ProbeReply{Status: status}); got != want {
				t.Errorf("%q: %d is judged %d, want %d", c.knobs, status, got, want)
			}
		}
	}
}

// TestHealthKnobsAreHeldToWhatEnvoyTakes: HttpStatusChecker: ExpectedBelow100,
// RetriableBelow100, ExpectedAbove599, RetriableAbove599, InvalidExpectedRange,
// InvalidRetriableRange; HealthCheckProto, Validation; InvalidPath.
func TestHealthKnobsAreHeldToWhatEnvoyTakes(t *testing.T) {
	for text, want := range map[string]string{
		basic + ", expected_statuses: [{start: 99, end: 101}]":                                "start must be at least 100 (got 99)",
		basic + ", retriable_statuses: [{start: 99, end: 101}]":                               "start must be at least 100 (got 99)",
		basic + ", expected_statuses: [{start: 600, end: 601}]":                               "end must be at most 600 (got 601)",
		basic + ", retriable_statuses: [{start: 599, end: 601}]":                              "end must be at most 600 (got 601)",
		basic + ", expected_statuses: [{start: 200, end: 200}]":                               "start must be below end (got start 200, end 200)",
		basic + ", retriable_statuses: [{start: 200, end: 200}]":                              "start must be below end (got start 200, end 200)",
		basic + ", path: ready":                                                               "not allowed here",
		basic + ", interval_jitter: 5":                                                        "unit",
		basic + ", initial_jitter: 100000h":                                                   "ten years is the limit",
		"kind: http, timeout: 1s, interval: 1s, unhealthy_threshold: 0, healthy_threshold: 1": "unhealthy_threshold",
		"kind: http, timeout: 0s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1": "timeout",
		"kind: http, timeout: 1s, unhealthy_threshold: 1, healthy_threshold: 1":               "interval is missing",
		"kind: htp":                                    "did you mean http",
		"kind: alb, timeout: 30s":                      "timeout must be below interval",
		"kind: alb, unhealthy_threshold: 11":           "unhealthy_threshold",
		"kind: haproxy, rise: 0":                       "rise",
		"kind: tcp, timeout: 1s, expected_statuses: 3": "unknown",
	} {
		var r policy.Rule
		if _, err := strict.Decode("policy.yaml", []byte("health_check: {"+text+"}"), &r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestHealthJitter: SuccessIntervalJitter, SuccessIntervalJitterPercent and both
// NoTraffic variants: base + random % jitter, in whole milliseconds.
func TestHealthJitter(t *testing.T) {
	for i := uint64(0); i < 50000; i += 239 {
		if got, want := policy.JitterBelow(i, time.Second), time.Duration(i%1000)*time.Millisecond; got != want {
			t.Fatalf("%d: %v, want %v", i, got, want)
		}
	}
	for _, c := range []struct {
		knobs       string
		idle        bool
		least, most time.Duration
	}{
		{"interval_jitter: 1s, no_traffic_interval: 5s", true, 5 * time.Second, 6 * time.Second},
		{"interval_jitter_percent: 40%, no_traffic_interval: 5s", true, 5 * time.Second, 7 * time.Second},
		{"interval_jitter_percent: 40%", false, time.Second, 1400 * time.Millisecond},
		{"interval_jitter: 1s, interval_jitter_percent: 40%", false, time.Second, 2400 * time.Millisecond},
		{"interval_jitter: 999us", false, time.Second, time.Second + 1},
	} {
		h, stream, low, high := healthCheck(t, basic+", "+c.knobs), dice(1), time.Hour, time.Duration(0)
		for range 20000 {
			d := h.Pause(policy.HealthState{Passed: true, Idle: c.idle}, &stream)
			low, high = min(low, d), max(high, d)
			if d < c.least || d >= c.most || d%time.Millisecond != 0 {
				t.Fatalf("%s: %v, want %v to %v", c.knobs, d, c.least, c.most)
			}
		}
		if span := c.most - c.least; low > c.least+span/20 || high < c.most-span/20-time.Millisecond {
			t.Errorf("%s: %v to %v does not fill %v to %v", c.knobs, low, high, c.least, c.most)
		}
	}
}

// TestHealthInitialJitter: InitialJitterNoTraffic: the first check of each host
// comes within it, and not at once; a jitter of less than a millisecond is none.
func TestHealthInitialJitter(t *testing.T) {
	u := upstream(t, 100, "health_check: {"+basic+", initial_jitter: 2s}")
	u.Start(0)
	if _, ok := u.NextProbe(); ok {
		t.Error("a probe at once")
	}
	u.Wake(mesh.Time(2 * time.Second))
	asked := map[int32]bool{}
	for p, ok := u.NextProbe(); ok; p, ok = u.NextProbe() {
		asked[p.Host] = true
	}
	if len(asked) != 100 {
		t.Errorf("%d hosts asked, want 100", len(asked))
	}
}

// TestSlowStartBeginsWithTheFirstPass: weights rise from when a check let the
// host in (load_balancer_impl.cc, lastHcPassTime), and not from when it joined.
func TestSlowStartBeginsWithTheFirstPass(t *testing.T) {
	u := upstream(t, 2, `
load_balancer: {policy: round_robin, slow_start_config: {slow_start_window: 10s}}
ignore_health_on_host_removal: true
health_check: {kind: http, timeout: 1s, interval: 1h, unhealthy_threshold: 1, healthy_threshold: 1, no_traffic_interval: 1h}`)
	answer := func(now mesh.Time) {
		for p, ok := u.NextProbe(); ok; p, ok = u.NextProbe() {
			u.Probed(now, p, policy.ProbeReply{Status: 200})
		}
	}
	u.Start(0)
	answer(0)
	u.Left(mesh.Time(20*time.Second), 1)
	u.Joined(mesh.Time(40*time.Second), 1)
	answer(mesh.Time(40*time.Second + 900*time.Millisecond))
	if picks := u.Picks(mesh.Time(42*time.Second), 1000); picks[1] < 70 || picks[1] > 130 {
		t.Errorf("picks %v, want about one in ten for the second", picks)
	}
	if got := u.Passed(1); got != 40*time.Second+900*time.Millisecond {
		t.Errorf("passed at %v", got)
	}
}

// TestHealthAllocatesNothing: once every host has been asked, checks cost no
// memory, whatever they find.
func TestHealthAllocatesNothing(t *testing.T) {
	u, now, n := upstream(t, 100, "health_check: {"+basic+"}"), mesh.Time(0), 0
	u.Traffic()
	u.Start(0)
	round := func() {
		for range 100 {
			for p, ok := u.NextProbe(); ok; p, ok = u.NextProbe() {
				if n++; n%7 > 0 { // the others time out
					u.Probed(now, p, policy.ProbeReply{Status: 200 + n%11/10*303, Degraded: n%3 == 0})
				}
			}
			for _, ok := u.NextClosing(); ok; _, ok = u.NextClosing() {
			}
			now = u.WakeAt()
			u.Wake(now)
		}
	}
	round()
	if n := testing.AllocsPerRun(50, round); n != 0 {
		t.Errorf("%v allocations in 100 wakes", n)
	}
}

// BenchmarkHealth is one check of one of a thousand hosts, from the question to
// the answer.
func BenchmarkHealth(b *testing.B) {
	u, now := upstream(b, 1000, "health_check: {"+basic+", interval_jitter: 1s}"), mesh.Time(0)
	u.Traffic()
	u.Start(0)
	for b.Loop() {
		p, ok := u.NextProbe()
		for ; !ok; p, ok = u.NextProbe() {
			now = u.WakeAt()
			u.Wake(now)
		}
		u.Probed(now, p, policy.ProbeReply{Status: 200})
	}
}
