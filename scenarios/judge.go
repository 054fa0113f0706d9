package scenarios

import (
	"fmt"
	"math"
	"strconv"

	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/stats"
)

// judge holds a result against the scenario's expectations.
func (s *Scenario) judge(r *result.Result) {
	for i := range s.Expect {
		r.Expect = append(r.Expect, s.Expect[i].Judge(r))
	}
}

// figure is a number found in a result; or the reason why there is none, and
// why it may not be trusted.
type figure struct {
	value   float64
	missing string
	doubt   string
}

// Judge looks an expectation up in a result.
func (e *Expectation) Judge(r *result.Result) result.Verdict {
	f := e.find(r)
	if f.missing != "" {
		return result.Verdict{Check: e.Text, Observed: f.missing, Note: "cannot tell: " + f.missing}
	}
	v := result.Verdict{Check: e.Text, Observed: e.observed(f.value), Pass: e.holds(f.value)}
	if f.doubt != "" {
		v.Note = "cannot tell: " + f.doubt
	}
	return v
}

func (e *Expectation) holds(x float64) bool {
	switch e.Op {
	case "<":
		return x < e.Bound
	case "<=":
		return x <= e.Bound
	case ">":
		return x > e.Bound
	case ">=":
		return x >= e.Bound
	case "==":
		return x == e.Bound
	}
	return x != e.Bound
}

// observed writes a figure with as many digits as it takes to see on which side
// of the bound it lies.
func (e *Expectation) observed(x float64) string {
	shown := e.Unit.show(x)
	if x == e.Bound || shown != e.Unit.show(e.Bound) {
		return shown
	}
	switch e.Unit {
	case Milliseconds:
		return strconv.FormatFloat(x, 'g', -1, 64) + "ms"
	case Ratio:
		return strconv.FormatFloat(float64(x*100), 'g', 8, 64) + "%"
	case PerSecond:
		return strconv.FormatFloat(x, 'g', 10, 64) + "/s"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// show writes a figure as a bound would be written.
func (u Unit) show(x float64) string {
	switch {
	case math.IsInf(x, 1):
		return "never"
	case u == Milliseconds && x >= 1000:
		return fmt.Sprintf("%.2fs", x/1000)
	case u == Milliseconds:
		return fmt.Sprintf("%.1fms", x)
	case u == Ratio:
		return fmt.Sprintf("%.2f%%", x*100)
	case u == PerSecond:
		return fmt.Sprintf("%.1f/s", x)
	}
	return fmt.Sprintf("%.6g", x)
}

func (e *Expectation) find(r *result.Result) figure {
	if e.Metric == "recovery" {
		return recovery(r, e.Of)
	}
	if e.From != "" {
		for _, edge := range r.Edges {
			if edge.From == e.From && edge.To == e.To {
				return e.ofEdge(edge)
			}
		}
		return figure{missing: "no request went from " + e.From + " to " + e.To}
	}
	if t := r.Traffic[e.Of]; t != nil {
		return e.ofClass(t)
	}
	if s := r.Services[e.Of]; s != nil {
		return e.ofService(s)
	}
	return figure{missing: "nothing is called " + e.Of}
}

func (e *Expectation) ofClass(t *result.Traffic) figure {
	switch e.Metric {
	case "success_rate":
		return share(t.Succeeded, t.Succeeded+t.Failed)
	case "goodput":
		return figure{value: t.GoodputRPS}
	case "offered":
		return figure{value: t.OfferedRPS}
	case "requests":
		return count(t.Requests)
	case "succeeded":
		return count(t.Succeeded)
	case "failed":
		return count(t.Failed)
	case "outcome":
		return count(t.Outcomes[e.Outcome])
	}
	return latency(t.Latency, e.Metric, t.Succeeded, t.NoSteady)
}

func (e *Expectation) ofService(s *result.Service) figure {
	switch e.Metric {
	case "success_rate":
		return share(s.Succeeded, s.Requests-s.Outcomes["unfinished"])
	case "requests":
		return count(s.Requests)
	case "succeeded":
		return count(s.Succeeded)
	case "outcome":
		return count(s.Outcomes[e.Outcome])
	case "utilization":
		return figure{value: s.Utilization}
	case "queue_mean":
		return average(s.QueueMean, s.NoSteady)
	case "queue_max":
		return figure{value: float64(s.QueueMax)}
	case "in_system_mean":
		return average(s.InSystemMean, s.NoSteady)
	}
	return latency(s.Latency, e.Metric, s.Requests, s.NoSteady)
}

func (e *Expectation) ofEdge(edge *result.Edge) figure {
	switch e.Metric {
	case "success_rate":
		return share(edge.Succeeded, edge.Requests)
	case "requests":
		return count(edge.Requests)
	case "succeeded":
		return count(edge.Succeeded)
	case "attempts":
		return count(edge.Attempts)
	case "retries":
		return count(edge.Retries)
	case "ejections":
		return count(edge.Ejections)
	case "probes":
		return count(edge.Probes)
	case "unhealthy":
		return count(edge.Unhealthy)
	case "overflows":
		return count(edge.Overflows)
	}
	return latency(edge.Latency, e.Metric, edge.Succeeded, edge.Latency.Grew())
}

func count(n uint64) figure { return figure{value: float64(n)} }

const grewToTheEnd = "no steady state: the queue grew to the end"

// average is a mean over time; where the queue grew, it tells of the run's
// length only.
func average(x float64, unsteady bool) figure {
	if unsteady {
		return figure{missing: grewToTheEnd}
	}
	return figure{value: x}
}

func share(part, whole uint64) figure {
	if whole == 0 {
		return figure{missing: "no request ended"}
	}
	return figure{value: float64(part) / float64(whole)}
}

// latency reads one figure of a distribution, and doubts a high quantile of few
// samples.
func latency(l *result.Latency, metric string, samples uint64, unsteady bool) figure {
	if l == nil {
		return figure{missing: "no request succeeded"}
	}
	if unsteady && (metric == "mean" || metric == "stddev") {
		return figure{missing: grewToTheEnd}
	}
	f := figure{value: map[string]float64{"mean": l.Mean, "stddev": l.Stddev, "min": l.Min, "max": l.Max,
		"p50": l.P50, "p90": l.P90, "p95": l.P95, "p99": l.P99, "p99.9": l.P999, "p99.99": l.P9999}[metric]}
	q := map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999}[metric]
	if q > 0 && samples < uint64(stats.MinSamples(q)) {
		f.doubt = fmt.Sprintf("%s needs %d requests, there were %d", metric, stats.MinSamples(q), samples)
	}
	return f
}

// recovery is how long after the last fault's end everything is as before the
// first began, in ms: from then on, calm intervals in a row.
func recovery(r *result.Result, of string) figure {
	if len(r.Faults) == 0 {
		return figure{missing: "there was no fault to recover from"}
	}
	first, last := r.Faults[0].AtS, 0.0
	for _, f := range r.Faults {
		first, last = min(first, f.AtS), max(last, f.UntilS)
	}
	begin, end := int(first/r.Timeline.IntervalS), int(math.Ceil(last/r.Timeline.IntervalS))
	calm := calmness(r.Timeline.Series, of, begin)
	if calm == nil {
		return figure{missing: "nothing is known of the time before the fault"}
	}
	return figure{value: 1000 * max(0, settled(calm, end)*r.Timeline.IntervalS-last)}
}

// calmRow is how many calm intervals in a row make a recovery.
const calmRow = 5

// settled is the first interval from which on calmRow intervals, or all that
// are left, are calm.
func settled(calm []bool, from int) float64 {
	row := 0
	for i := from; i < len(calm); i++ {
		row++
		if !calm[i] {
			row = 0
		}
		if row == calmRow {
			return float64(i + 1 - calmRow)
		}
	}
	if row > 0 {
		return float64(len(calm) - row)
	}
	return math.Inf(1)
}

// calmness says of each interval whether it was as before: for a class as many
// successes (within 5 %) at no more than twice the median latency, for a service
// no more than twice the requests inside.
func calmness(series map[string][]float64, of string, before int) []bool {
	good, bad, p50 := series["traffic."+of+".goodput_rps"], series["traffic."+of+".failed_rps"], series["traffic."+of+".p50_ms"]
	if inside := series["services."+of+".in_system"]; inside != nil {
		usual := mean(inside, before)
		return each(inside, before, func(i int) bool { return inside[i] <= 2*usual+1 })
	}
	usual, fast := mean(good, before)/(mean(good, before)+mean(bad, before)), mean(p50, before)
	return each(good, before, func(i int) bool {
		return good[i] >= 0.95*usual*(good[i]+bad[i]) && good[i] > 0 && p50[i] <= 2*fast
	})
}

func each(series []float64, before int, calm func(i int) bool) []bool {
	if before == 0 || len(series) < before {
		return nil
	}
	all := make([]bool, len(series))
	for i := range all {
		all[i] = calm(i)
	}
	return all
}

func mean(series []float64, n int) float64 {
	sum := 0.0
	for _, x := range series[:min(n, len(series))] {
		sum += x
	}
	return sum / float64(max(n, 1))
}
