package reports

import (
	"fmt"
	"sort"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// latency is the table of the classes of traffic: how many requests, how fast.
func (p *page) latency(r *result.Result) {
	if len(r.Traffic) == 0 {
		return
	}
	names := classesBySize(r)
	shown := names[:min(len(names), p.rows)]
	t := newTable("", "requests", "goodput", "success", "mean", "p50", "p90", "p99", "p99.9", "max")
	below := map[int]*result.Traffic{} // by the last row of a class
	for _, name := range shown {
		class := r.Traffic[name]
		p.latencyRow(t, name, class)
		if class.LatencyCI95 != nil || class.GoodputCI95 != nil || class.SuccessRateCI95 != nil {
			p.intervalRow(t, class)
		}
		below[len(t.rows)-1] = class
	}
	p.heading("LATENCY by class of traffic", latencyRemark(r))
	p.tableRows(t, 2, func(i int) {
		if class := below[i]; class != nil {
			p.belowClass(class)
		}
	})
	p.more(len(names))
}

func latencyRemark(r *result.Result) string {
	if r.Replications > 1 {
		return fmt.Sprintf("95%% intervals over %d runs", r.Replications)
	}
	return "from the intended arrival"
}

func (p *page) latencyRow(t *table, name string, class *result.Traffic) {
	row := []string{p.name(name), count(class.Requests), perSecond(class.GoodputRPS), share(class.SuccessRate)}
	if class.Requests == 0 {
		row[3] = unknown
	}
	t.add(append(row, latencyCells(class.Latency, class.NoSteady)...)...)
	switch {
	case class.Requests == 0:
	case class.SuccessRate < 0.99:
		t.mark(3, p.in(red))
	case class.SuccessRate < 0.999:
		t.mark(3, p.in(yellow))
	}
	if l := class.Latency; l != nil && !class.NoSteady {
		t.mark(7, p.in(bold))
	}
}

// latencyCells are mean, p50, p90, p99, p99.9, max; no mean without a steady state.
func latencyCells(l *result.Latency, noSteady bool) []string {
	if l == nil {
		return []string{unknown, unknown, unknown, unknown, unknown, unknown}
	}
	mean := duration(l.Mean)
	if noSteady {
		mean = unknown
	}
	return []string{mean, duration(l.P50), duration(l.P90), duration(l.P99), duration(l.P999), duration(l.Max)}
}

// intervalRow is the half-widths of the 95 % intervals under a class.
func (p *page) intervalRow(t *table, class *result.Traffic) {
	half := func(mid float64, ci *[2]float64, show func(int, float64) string) string {
		if ci == nil {
			return "?"
		}
		return strings.Replace(plusMinus(mid, *ci, show), "±", p.plusMinus, 1)
	}
	rate := func(figures int, x float64) string { return inUnits(figures, x, kilos) + "/s" }
	row := []string{"", "", half(class.GoodputRPS, class.GoodputCI95, rate), half(class.SuccessRate, class.SuccessRateCI95, points)}
	ci, l := class.LatencyCI95, class.Latency
	if ci == nil {
		ci = &result.LatencyCI{}
	}
	if l == nil {
		l = &result.Latency{}
	}
	for _, q := range []struct {
		mid float64
		ci  *[2]float64
	}{{l.Mean, ci.Mean}, {l.P50, ci.P50}, {l.P90, ci.P90}, {l.P99, ci.P99}, {l.P999, ci.P999}} {
		row = append(row, half(q.mid, q.ci, durationIn))
	}
	if class.NoSteady {
		row[4] = ""
	}
	t.add(append(row, "")...)
	for column := range row {
		t.mark(column, p.in(dim))
	}
}

// points shows a half-width of a share in per cent.
func points(figures int, ratio float64) string {
	percent := rounded(figures, 100*ratio)
	if percent == 0 {
		return "0%"
	}
	if percent < 0.01 {
		return "<.01%"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.2f", percent), ".00") + "%"
}

// belowClass says what the numbers above it do not: how requests failed, and
// what cannot be told.
func (p *page) belowClass(class *result.Traffic) {
	if text := p.outcomes(class); text != "" {
		p.note(4, text, dim)
	}
	if class.NoSteady {
		p.note(4, "no steady state: the queue grew to the end; no mean is given, and the percentiles are of this window only", red)
	}
	if ci := class.LatencyCI95; ci != nil && someMissing(ci) {
		why := "too few samples"
		if len(ci.CannotTell) > 0 {
			why = p.name(strings.Join(ci.CannotTell, "; "))
		}
		p.note(4, "? cannot tell: "+why, yellow)
	}
}

// someMissing tells whether an interval is missing.
func someMissing(ci *result.LatencyCI) bool {
	return ci.Mean == nil || ci.P50 == nil || ci.P90 == nil || ci.P99 == nil || ci.P999 == nil
}

// outcomes says how the requests that did not succeed ended, the most frequent first.
func (p *page) outcomes(class *result.Traffic) string {
	kinds := sortedKeys(class.Outcomes)
	sort.SliceStable(kinds, func(i, j int) bool { return class.Outcomes[kinds[i]] > class.Outcomes[kinds[j]] })
	var words []string
	for _, kind := range kinds {
		if n := class.Outcomes[kind]; n > 0 && kind != "ok" && kind != "unfinished" {
			words = append(words, fmt.Sprintf("%s %s", count(n), p.name(kind)))
		}
	}
	text := ""
	if len(words) > 0 {
		text = "failed: " + strings.Join(words, ", ")
		if class.FailedMS != nil {
			text += " (p50 " + duration(class.FailedMS.P50) + ", p99 " + duration(class.FailedMS.P99) + ")"
		}
	}
	if n := class.Outcomes["unfinished"]; n > 0 {
		if text != "" {
			text += "; "
		}
		text += count(n) + " in flight at the end"
	}
	return text
}

// classesBySize lists the classes of traffic, the largest first.
func classesBySize(r *result.Result) []string {
	names := sortedKeys(r.Traffic)
	sort.SliceStable(names, func(i, j int) bool { return r.Traffic[names[i]].Requests > r.Traffic[names[j]].Requests })
	return names
}

// sortedKeys lists the keys of a map, so that its order reaches no report.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
