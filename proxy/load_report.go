package proxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/policy"
)

// loadHeader is where a host tells its load with an answer, in the forms that
// Envoy reads (source/common/orca/orca_parser.cc) but for the binary one:
//
//	endpoint-load-metrics: TEXT cpu_utilization=0.7,rps_fractional=1000,named_metrics.queue=0.2
//	endpoint-load-metrics: JSON {"cpu_utilization": 0.7, "named_metrics": {"queue": 0.2}}
const loadHeader = "Endpoint-Load-Metrics"

var errNoLoad = errors.New("no load report")

// loadReport reads what a host says of its load. What cannot be read whole is
// not used.
func loadReport(h http.Header) (policy.Report, error) {
	value := h.Get(loadHeader)
	if text, ok := strings.CutPrefix(value, "TEXT "); ok {
		return textReport(text)
	}
	if text, ok := strings.CutPrefix(value, "JSON "); ok {
		return jsonReport(text)
	}
	if len(h.Values(loadHeader)) == 0 {
		return policy.Report{}, errNoLoad
	}
	form, _, _ := strings.Cut(value[:min(len(value), 5)], " ")
	return policy.Report{}, fmt.Errorf("unsupported form of load report: %q", form)
}

// textReport reads name=value or name:value, with commas between.
func textReport(text string) (r policy.Report, err error) {
	seen := map[string]bool{}
	for _, entry := range strings.Split(text, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		name, number := entry, ""
		if i := strings.IndexAny(entry, "=:"); i >= 0 {
			name, number = entry[:i], entry[i+1:]
		}
		value, err := strconv.ParseFloat(number, 64)
		switch {
		case err != nil:
			return policy.Report{}, fmt.Errorf("%s is no number: %q", name, number)
		case seen[name]:
			return policy.Report{}, fmt.Errorf("%s is there twice", name)
		}
		if seen[name] = true; !fill(&r, name, value) {
			return policy.Report{}, fmt.Errorf("%s cannot be %v, or is not known", name, value)
		}
	}
	return r, nil
}

// jsonReport reads the report as protocol buffers write it in JSON, in either
// spelling of its names.
func jsonReport(text string) (r policy.Report, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return policy.Report{}, err
	}
	for name, raw := range fields {
		name = snake(name)
		values := map[string]float64{}
		switch name {
		case "named_metrics", "utilization", "request_cost":
			err = json.Unmarshal(raw, &values)
		default:
			var value float64
			err = json.Unmarshal(raw, &value)
			values[""] = value
		}
		if err != nil {
			return policy.Report{}, fmt.Errorf("%s: %w", name, err)
		}
		for key, value := range values {
			if key != "" || strings.HasPrefix(string(raw), "{") {
				key = "." + key
			}
			if !fill(&r, name+key, value) {
				return policy.Report{}, fmt.Errorf("%s%s cannot be %v, or is not known", name, key, value)
			}
		}
	}
	return r, nil
}

// snake writes cpuUtilization as cpu_utilization.
func snake(name string) string {
	var b strings.Builder
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			b.WriteByte('_')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// fill sets one metric, and says whether there is such a one and it may be so.
func fill(r *policy.Report, name string, value float64) bool {
	if !(value >= 0) || math.IsInf(value, 1) {
		return false
	}
	switch name {
	case "cpu_utilization":
		r.CPU = value
	case "mem_utilization":
		r.Memory = value
	case "application_utilization":
		r.Application = value
	case "rps_fractional":
		r.QPS = value
	case "eps":
		r.EPS = value
	default:
		field, key, _ := strings.Cut(name, ".")
		if key == "" || field != "named_metrics" && field != "utilization" && field != "request_cost" {
			return false
		}
		r.Named = append(r.Named, policy.Metric{Name: name, Value: value})
	}
	return true
}
