package policy_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// outlier makes a detector of so many hosts from settings.
func outlier(t testing.TB, hosts int, text string) (*policy.Outlier, []policy.Host) {
	t.Helper()
	p, all, d := plan(t, text), make([]policy.Host, hosts), dice(1)
	o := p.Outlier.New(p.Dialect, all, &d).(*policy.Outlier)
	o.Start(0)
	return o, all
}

// TestSuccessRateThreshold: Envoy outlier_detection_impl_test.cc, SRThreshold.
func TestSuccessRateThreshold(t *testing.T) {
	for _, c := range []struct {
		factor int
		rates  []float64
		want   float64
	}{
		{1900, []float64{50, 100, 100, 100, 100}, 52},
		{0, []float64{50, 100, 100, 100, 100}, 90},
		{1000, []float64{50, 100, 100, 100, 100}, 70},
		{1900, []float64{99, 99, 99}, 99},
	} {
		if got := policy.SuccessRateThreshold(c.factor, c.rates...); got != c.want {
			t.Errorf("factor %d of %v: %v, want %v", c.factor, c.rates, got, c.want)
		}
	}
}

// TestOutlierSettings: Envoy outlier_detection_impl_test.cc, DetectorStaticConfig
// and those that follow.
func TestOutlierSettings(t *testing.T) {
	o := plan(t, `{outlier_detection: {interval: 100ms, base_ejection_time: 10s, consecutive_5xx: 10, max_ejection_percent: 50%,
		enforcing_consecutive_5xx: 10%, enforcing_success_rate: 20%, success_rate_minimum_hosts: 50, success_rate_request_volume: 200,
		success_rate_stdev_factor: 3000, failure_percentage_minimum_hosts: 10, failure_percentage_request_volume: 25,
		failure_percentage_threshold: 70%, max_ejection_time: 400s}}`).Outlier.(*policy.OutlierDetection)
	want := &policy.OutlierDetection{}
	want.SetDefaults()
	want.Interval, want.BaseEjectionTime, want.MaxEjectionTime = 100*unit.Millisecond, 10*unit.Second, 400*unit.Second
	want.Consecutive5xx, want.MaxEjectionPercent, want.EnforcingConsecutive5xx, want.EnforcingSuccessRate = 10, 0.5, 0.1, 0.2
	want.SuccessRateMinimumHosts, want.SuccessRateRequestVolume, want.SuccessRateStdevFactor = 50, 200, 3000
	want.FailurePercentageMinimumHosts, want.FailurePercentageRequestVolume, want.FailurePercentageThreshold = 10, 25, 0.7
	if !reflect.DeepEqual(o, want) {
		t.Errorf("got  %+v\nwant %+v", o, want)
	}
	if o.GatewayFailure() != 5 || o.EnforcingGatewayFailure != 0 || o.EnforcingFailurePercentage != 0 || o.EnforcingFailurePercentageLocal != 0 {
		t.Errorf("what is left out is not Envoy's: %+v", o)
	}
	for text, longest := range map[string]unit.Duration{
		"{interval: 100ms, base_ejection_time: 10s}":      300 * unit.Second, // DetectorStaticConfigMaxDefaultValue
		"{interval: 100ms, base_ejection_time: 400s}":     400 * unit.Second, // ...BaseLargerThanMaxNoMax
		"{base_ejection_time: 5s, max_ejection_time: 6s}": 6 * unit.Second,
	} {
		if got := plan(t, "{outlier_detection: "+text+"}").Outlier.(*policy.OutlierDetection).Longest(); got != longest {
			t.Errorf("%s: an ejection lasts %v at most, want %v", text, got, longest)
		}
	}
}

// TestOutlierSettingsRefused: among them DetectorStaticConfigiInvalidMaxEjectTime.
func TestOutlierSettingsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"{base_ejection_time: 10s, max_ejection_time: 3s}": "must not be below the base_ejection_time",
		"{interval: 0s}":                "interval must be above 0s",
		"{base_ejection_time: 0s}":      "base_ejection_time must be above 0s",
		"{base_ejection_time: 999999h}": "too long",
		"{max_ejection_percent: 50}":    "max_ejection_percent",
		"{consecutive_5xx: -1}":         "consecutive_5xx",
	} {
		var r policy.Rule
		_, err := strict.Decode("p.yaml", []byte("{outlier_detection: "+text+"}"), &r)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestMaxEjectTime: Envoy outlier_detection_impl_test.cc, MaxEjectTime and
// MaxEjectTimeNotAlligned: the nth ejection lasts n intervals, up to the 30th or,
// as sweeps come every 10 s, the 31st.
func TestMaxEjectTime(t *testing.T) {
	for most, sweeps := range map[string]int{"300s": 30, "305s": 31} {
		o, hosts := outlier(t, 1, "{outlier_detection: {max_ejection_percent: 100%, base_ejection_time: 10s, max_ejection_time: "+most+"}}")
		now := mesh.Time(0)
		for i := 1; i <= sweeps+10; i++ {
			for range 5 {
				o.Answered(now, 0, 500)
			}
			lasted := 0
			for hosts[0].Ejected {
				now = o.WakeAt()
				o.Wake(now)
				lasted++
			}
			if want := min(i, sweeps); lasted != want {
				t.Fatalf("at most %s: ejection %d lasts %d sweeps, want %d", most, i, lasted, want)
			}
		}
	}
}

// TestEjectionJitter: Envoy outlier_detection_impl_test.cc,
// EjectionTimeJitterIsInRange and ...IsZeroWhenNotConfigured.
func TestEjectionJitter(t *testing.T) {
	if got := policy.EjectionJitterOf(123456789, 10*time.Second); got != 4445*time.Millisecond {
		t.Errorf("123456789 gives %v, want 4.445s", got)
	}
	if got := policy.EjectionJitterOf(10000, 10*time.Second); got != 10*time.Second {
		t.Errorf("10000 gives %v, want 10s: both ends are included", got)
	}
	for text, want := range map[string]bool{"": false, "max_ejection_time_jitter: 7s": true} {
		o, hosts := outlier(t, 100, "{outlier_detection: {max_ejection_percent: 100%, consecutive_5xx: 1,"+text+"}}")
		drawn := map[time.Duration]bool{}
		for i := range hosts {
			o.Answered(0, i, 500)
			drawn[o.Jitter(i)] = true
			if j := o.Jitter(i); j < 0 || j > 7*time.Second || j%time.Millisecond != 0 {
				t.Errorf("a jitter of %v", j)
			}
		}
		if many := len(drawn) > 50; many != want {
			t.Errorf("%q: %d different jitters of 100", text, len(drawn))
		}
	}
}

// TestEnforcingShare: 25 % of the outliers found are ejected.
func TestEnforcingShare(t *testing.T) {
	const n = 20_000
	o, hosts := outlier(t, n, "{outlier_detection: {max_ejection_percent: 100%, consecutive_5xx: 1, enforcing_consecutive_5xx: 25%}}")
	for i := range hosts {
		o.Answered(0, i, 500)
	}
	if got := float64(o.Out()) / n; got < 0.235 || got > 0.265 { // five standard errors
		t.Errorf("%v of the outliers are out, want 0.25", got)
	}
}

// TestDialectsHaveNames: each dialect can be written in a rule.
func TestDialectsHaveNames(t *testing.T) {
	for _, name := range policy.OutlierDialects() {
		if p := plan(t, "{dialect: "+name+"}"); p.Dialect != name {
			t.Errorf("dialect %q of a rule that says %q", p.Dialect, name)
		}
	}
}

// TestPanicOfOnePriority: load_balancer_impl.cc. Health is factor * healthy / total
// in whole percents, and at 100 there is no panic whatever the threshold.
func TestPanicOfOnePriority(t *testing.T) {
	for _, c := range []struct {
		healthy, total, factor int
		threshold              float64
		want                   bool
	}{
		{4, 4, 140, 50, false}, {2, 4, 140, 50, false}, {1, 4, 140, 50, true}, {0, 4, 140, 50, true},
		{0, 4, 140, 0, false}, {3, 4, 140, 80, false}, {2, 4, 140, 80, true}, {7, 10, 140, 80, true},
		{72, 100, 140, 80, false}, {0, 0, 140, 50, false},
		{3, 4, 100, 80, true}, {3, 4, 100, 75, false}, {1, 4, 400, 80, false},
		{1, 2, 140, 50.4, false}, {1, 2, 140, 50.5, true}, // rounded
	} {
		if got := policy.Panics(c.healthy, c.total, c.factor, c.threshold); got != c.want {
			t.Errorf("%d of %d healthy, factor %d, threshold %v: panic %v", c.healthy, c.total, c.factor, c.threshold, got)
		}
	}
}

// TestWhoMayBeChosen: two of four hosts fail; then three; then all.
func TestWhoMayBeChosen(t *testing.T) {
	all := []int32{0, 1, 2, 3}
	for dialect, want := range map[string][3][]int32{
		"envoy": {{2, 3}, all, all}, // panic below 50 %
		"envoy, common_lb_config: {healthy_panic_threshold: 0%}":                                {{2, 3}, {3}, {}},
		"envoy, common_lb_config: {healthy_panic_threshold: 60%, overprovisioning_factor: 100}": {all, all, all},
		"envoy, common_lb_config: {healthy_panic_threshold: 60%, overprovisioning_factor: 200}": {{2, 3}, all, all}, // half of them carry all
		"istio": {{2, 3}, {3}, {}}, // none, with outlier detection
		"istio, common_lb_config: {healthy_panic_threshold: 30%}": {{2, 3}, all, all},
	} {
		u := upstream(t, 4, "{dialect: "+dialect+", outlier_detection: {max_ejection_percent: 100%, consecutive_5xx: 1}}")
		for failing := range 4 {
			for i := range 60 { // round robin: each host is asked, if it may be
				var c policy.Call
				c.Begin(mesh.Time(i), u, nil)
				if a := c.Next(); a.Kind == policy.Answer {
					break
				} else if int(a.Host) <= failing {
					c.Done(mesh.Time(i), a.Attempt, replied(mesh.Error))
				} else {
					c.Done(mesh.Time(i), a.Attempt, replied(mesh.OK))
				}
			}
			if got := u.Eligible(); failing > 0 && !slices.Equal(got, want[failing-1]) {
				t.Errorf("%s: with %d failing, %v may be chosen, want %v", dialect, failing+1, got, want[failing-1])
			}
		}
	}
}

// TestNobodyLeft: when all are out and there is no panic, there is no one to
// ask, until a sweep lets them in.
func TestNobodyLeft(t *testing.T) {
	u := upstream(t, 1, "{dialect: istio, outlier_detection: {max_ejection_percent: 100%, consecutive_5xx: 1}}")
	var c policy.Call
	c.Begin(0, u, nil)
	c.Next()
	c.Done(1, 1, replied(mesh.Error))
	if a := c.Next(); a.Outcome != mesh.Error {
		t.Fatalf("%+v", a)
	}
	c.Begin(2, u, nil)
	if a := c.Next(); a.Kind != policy.Answer || a.Outcome != mesh.Unavailable {
		t.Errorf("%+v, want that no host is available", a)
	}
	for u.WakeAt() <= mesh.Time(40*time.Second) {
		u.Wake(u.WakeAt())
	}
	c.Begin(mesh.Time(40*time.Second), u, nil)
	if a := c.Next(); a.Kind != policy.Connect && a.Kind != policy.Send {
		t.Errorf("%+v, want an attempt: the host is in again", a)
	}
	if u.Ejections() != 1 {
		t.Errorf("%d ejections", u.Ejections())
	}
}

// TestTimeoutsAreHeldAgainstTheHost: of the whole call and of a try; hanging up
// is not.
func TestTimeoutsAreHeldAgainstTheHost(t *testing.T) {
	for policies, cancel := range map[string]bool{
		"timeout: 1s": false,
		"retry: {retry_on: [5xx], num_retries: 0, per_try_timeout: 1s}": false,
		"timeout: 2s": true,
	} {
		u := upstream(t, 2, "{"+policies+", outlier_detection: {max_ejection_percent: 100%, consecutive_5xx: 1}}")
		var c policy.Call
		c.Begin(0, u, nil)
		c.Next()
		if cancel {
			c.Cancel(mesh.Time(time.Second))
		} else {
			c.Wake(mesh.Time(time.Second))
		}
		if got := u.Ejections() == 1; got == cancel {
			t.Errorf("%s, cancelled %v: %d ejections", policies, cancel, u.Ejections())
		}
	}
}

// TestOverflowsWereHeldAgainstHosts: until Envoy 1.26 (envoy#25487) a request
// that the circuit breaker stopped counted as a failure of the host that it
// would have gone to.
func TestOverflowsWereHeldAgainstHosts(t *testing.T) {
	for dialect, want := range map[string]uint64{"envoy-1.25": 1, "envoy-1.26": 0, "envoy": 0} {
		u := upstream(t, 10, fmt.Sprintf("{dialect: %s, circuit_breaker: {max_requests: 0}, outlier_detection: {consecutive_5xx: 1}}", dialect))
		for range 10 {
			var c policy.Call
			c.Begin(0, u, nil)
			if a := c.Next(); a.Outcome != mesh.Overflow {
				t.Fatalf("%+v", a)
			}
		}
		if got := u.Ejections(); got != want {
			t.Errorf("%s: %d ejections, want %d", dialect, got, want)
		}
	}
}

// TestOutlierAllocatesNothing while hosts answer and sweeps pass.
func TestOutlierAllocatesNothing(t *testing.T) {
	o, hosts := outlier(t, 100, "{outlier_detection: {}}")
	now := mesh.Time(0)
	round := func() {
		for i := range hosts {
			o.Result(now, i, replied(outcomes[i%len(outcomes)]))
		}
		now = o.WakeAt()
		o.Wake(now)
	}
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkOutlierResult(b *testing.B) {
	o, hosts := outlier(b, 100, "{outlier_detection: {}}")
	for i := 0; b.Loop(); i++ {
		o.Result(0, i%len(hosts), replied(mesh.OK))
	}
}

func BenchmarkOutlierSweep(b *testing.B) {
	o, hosts := outlier(b, 100, "{outlier_detection: {success_rate_request_volume: 0, failure_percentage_request_volume: 0}}")
	for b.Loop() {
		for i := range hosts {
			o.Result(0, i, replied(mesh.OK))
		}
		o.Wake(o.WakeAt())
	}
}
