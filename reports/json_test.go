package reports

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/result"
)

func jsonOf(t *testing.T, r *result.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestJSONGolden(t *testing.T) {
	golden(t, "faults.json", []byte(jsonOf(t, withFaults())))
	golden(t, "replications.json", []byte(jsonOf(t, replicated())))
	golden(t, "bare.json", []byte(jsonOf(t, &result.Result{})))
}

func TestJSONReadsBackAsItWas(t *testing.T) {
	for _, r := range []*result.Result{withFaults(), replicated(), saturated(), hugeMesh()} {
		var back result.Result
		if err := json.Unmarshal([]byte(jsonOf(t, r)), &back); err != nil {
			t.Fatal(err)
		}
		if again := withoutNull(r); !reflect.DeepEqual(*again, *withoutNull(&back)) {
			t.Errorf("%s reads back differently", r.Scenario)
		}
	}
}

func TestJSONNamesTheFigureThatIsNone(t *testing.T) {
	for want, spoil := range map[string]func(*result.Result){
		`result.traffic["shoppers"].latency_ms.p99.9`: func(r *result.Result) { r.Traffic["shoppers"].Latency.P999 = math.NaN() },
		`result.edges[2].cost_ms.queue`:               func(r *result.Result) { r.Edges[2].Cost.Queue = math.Inf(-1) },
		`result.timeline.series["traffic.shoppers.goodput_rps"][7]`: func(r *result.Result) {
			r.Timeline.Series["traffic.shoppers.goodput_rps"][7] = math.Inf(1)
		},
		`result.traffic["shoppers"].success_rate_ci95[1]`: func(r *result.Result) {
			r.Traffic["shoppers"].SuccessRateCI95 = &[2]float64{0, math.NaN()}
		},
	} {
		r := withFaults()
		spoil(r)
		var b bytes.Buffer
		if err := JSON(&b, r); err == nil || !strings.Contains(err.Error(), want+" is not") || b.Len() > 0 {
			t.Errorf("want %s named and nothing written, got %v and %d bytes", want, err, b.Len())
		}
	}
}

// A terminal that shows the object obeys nothing in it.
func TestJSONHoldsNoControlCharacter(t *testing.T) {
	r := hostile()
	*r = result.Result{Scenario: r.Scenario, Warnings: append(r.Warnings, "\U000e0001\x7f"), Traffic: map[string]*result.Traffic{r.Scenario: {}}}
	text := jsonOf(t, r)
	for _, c := range text {
		if isInvisible(c) {
			t.Errorf("%q", c)
		}
	}
	var back result.Result
	if err := json.Unmarshal([]byte(text), &back); err != nil || back.Scenario != r.Scenario || back.Warnings[len(back.Warnings)-1] != "\U000e0001\x7f" {
		t.Errorf("reads back as %q, %v", back.Scenario, err)
	}
}
