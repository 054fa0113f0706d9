package policy_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// TestCompiledForEnvoy: what Consul and App Mesh hand to Envoy. Consul's are the
// fields that its ToOutlierDetection sets; App Mesh's are the four of its API.
func TestCompiledForEnvoy(t *testing.T) {
	envoy := func(change func(o *policy.OutlierDetection)) *policy.OutlierDetection {
		o := &policy.OutlierDetection{}
		o.SetDefaults()
		change(o)
		return o
	}
	for text, want := range map[string]*policy.OutlierDetection{
		"consul": envoy(func(*policy.OutlierDetection) {}),
		"{kind: consul, interval: 0s, max_failures: 0}": envoy(func(*policy.OutlierDetection) {}),
		"{kind: consul, interval: 22s, max_failures: 7, enforcing_consecutive_5xx: 80%, max_ejection_percent: 100%, base_ejection_time: 20s}": envoy(func(o *policy.OutlierDetection) {
			o.Interval, o.Consecutive5xx, o.EnforcingConsecutive5xx = 22*unit.Second, 7, 0.8
			o.MaxEjectionPercent, o.BaseEjectionTime = 1, 20*unit.Second
		}),
		"{kind: consul, enforcing_consecutive_5xx: 0%, max_ejection_percent: 0%}": envoy(func(o *policy.OutlierDetection) {
			o.EnforcingConsecutive5xx, o.MaxEjectionPercent = 0, 0
		}),
		"{kind: app_mesh, max_server_errors: 5, interval: 30s, base_ejection_duration: 10s, max_ejection_percent: 50%}": envoy(func(o *policy.OutlierDetection) {
			o.Consecutive5xx, o.Interval, o.BaseEjectionTime, o.MaxEjectionPercent = 5, 30*unit.Second, 10*unit.Second, 0.5
			o.EnforcingSuccessRate, o.EnforcingLocalOriginSuccessRate, o.AlwaysEjectOneHost = 0, 0, true
		}),
	} {
		if got := policy.Compiled(plan(t, "outlier_detection: "+text).Outlier); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", text, got, want)
		}
	}
}

// TestAppMeshEjectsOne, whatever the percentage.
func TestAppMeshEjectsOne(t *testing.T) {
	w := outliers(t, 4, "{kind: app_mesh, max_server_errors: 2, interval: 1s, base_ejection_duration: 10s, max_ejection_percent: 0%}")
	for host := range 2 {
		w.ask(time.Second, host, mesh.Error)
		w.ask(time.Second, host, mesh.Error)
	}
	w.want(1500*time.Millisecond, "-+++", "one, and no more")
	w = outliers(t, 4, "{kind: consul, max_failures: 2}")
	w.ask(time.Second, 0, mesh.Error)
	w.ask(time.Second, 0, mesh.Error)
	w.want(time.Second, "++++", "Consul leaves Envoy's 10%, which is none of four")
}
