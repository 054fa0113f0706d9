package proxy

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// TestLoadReport takes the cases of Envoy's orca_parser_test.cc that are of the
// text and JSON forms. Binary headers are not read.
func TestLoadReport(t *testing.T) {
	example := policy.Report{CPU: 0.7, Application: 0.8, Memory: 0.9, QPS: 1000, EPS: 2, Named: []policy.Metric{
		{Name: "named_metrics.bar", Value: 0.2}, {Name: "named_metrics.foo", Value: 123}, {Name: "utilization.total", Value: 0.5}}}
	const text = "cpu_utilization=0.7,application_utilization=0.8,mem_utilization=0.9,rps_fractional=1000,eps=2,named_metrics.foo=123,named_metrics.bar=0.2,utilization.total=0.5"
	for name, c := range map[string]struct{ header, refusal string }{
		"NativeHttpEncodedHeader":          {"TEXT " + text, ""},
		"NativeHttpEncodedHeaderWithColon": {"TEXT " + strings.ReplaceAll(text, "=", ":"), ""},
		"JsonHeader":                       {`JSON {"cpu_utilization": 0.7, "application_utilization": 0.8, "mem_utilization": 0.9, "rps_fractional": 1000, "eps": 2, "named_metrics": {"foo": 123,"bar": 0.2}, "utilization": {"total": 0.5}}`, ""},
		"the other spelling":               {`JSON {"cpuUtilization": 0.7, "applicationUtilization": 0.8, "memUtilization": 0.9, "rpsFractional": 1000, "eps": 2, "namedMetrics": {"foo": 123,"bar": 0.2}, "utilization": {"total": 0.5}}`, ""},
		"InvalidOrcaHeaderPrefix":          {"BAD random-value", `unsupported form of load report: "BAD"`},
		"...WithLargePrefix":               {"BADBAD random-value", `unsupported form of load report: "BADBA"`},
		"...IncorrectFieldType":            {`TEXT cpu_utilization="0.7"`, "cpu_utilization is no number"},
		"...NanMetricValue":                {"TEXT cpu_utilization=nan", "cpu_utilization cannot be NaN"},
		"...InfinityMetricValue":           {"TEXT cpu_utilization=inf", "cpu_utilization cannot be +Inf"},
		"...NegativeMetricValue":           {"TEXT cpu_utilization=-1", "cpu_utilization cannot be -1"},
		"...ContainsDuplicateMetric":       {"TEXT cpu_utilization=0.7,cpu_utilization=0.8", "cpu_utilization is there twice"},
		"...UnsupportedMetric":             {"TEXT cpu_utilization=0.7,unsupported_metric=0.8", "unsupported_metric cannot be 0.8, or is not known"},
		"...EmptyUtilizationMetricKey":     {"TEXT utilization.=0.9", "utilization. cannot be 0.9, or is not known"},
		"...DuplicateNamedMetric":          {"TEXT named_metrics.foo=123,named_metrics.duplicate=123,named_metrics.duplicate=0.2", "named_metrics.duplicate is there twice"},
		"...EmptyNamedMetricKey":           {"TEXT named_metrics.=123", "named_metrics. cannot be 123, or is not known"},
		"InvalidNativeHttpEncodedHeader":   {"TEXT not-a-list-of-key-value-pairs", "not-a-list-of-key-value-pairs is no number"},
		"InvalidJsonHeader":                {"JSON JSON not-a-valid-json-string", "invalid character"},
		"JsonHeaderUnknownField":           {`JSON {"cpu_utilization": 0.7, "unknown_field": 2}`, "unknown_field cannot be 2, or is not known"},
		"JsonHeaderIncorrectFieldType":     {`JSON {"cpu_utilization": "0.7"`, "unexpected end of JSON input"},
		"EmptyOrcaHeader":                  {"", `unsupported form of load report: ""`},
		"a map where a number belongs":     {`JSON {"eps": {"a": 1}}`, "eps: json: cannot unmarshal"},
		"an empty key":                     {`JSON {"named_metrics": {"": 1}}`, "named_metrics. cannot be 1"},
	} {
		r, err := loadReport(http.Header{loadHeader: {c.header}})
		switch {
		case c.refusal == "" && err != nil, c.refusal != "" && (err == nil || !strings.Contains(err.Error(), c.refusal)):
			t.Errorf("%s: %v, want %q", name, err, c.refusal)
		case c.refusal == "" && !same(r, example):
			t.Errorf("%s: %+v", name, r)
		}
	}
	for name, h := range map[string]http.Header{"NoHeaders": {}, "MissingOrcaHeaders": {"Wrong-Header": {"wrong-value"}}} {
		if _, err := loadReport(h); err != errNoLoad {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func same(a, b policy.Report) bool {
	slices.SortFunc(a.Named, func(a, b policy.Metric) int { return strings.Compare(a.Name, b.Name) })
	return a.CPU == b.CPU && a.Memory == b.Memory && a.Application == b.Application && a.QPS == b.QPS && a.EPS == b.EPS && slices.Equal(a.Named, b.Named)
}
