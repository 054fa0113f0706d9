package reports

import (
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// Columns of a line over time that are not its sparkline: the longest name of a
// class, what is drawn, the range of its values.
const (
	timelineName  = 16
	timelineWhat  = 8
	timelineRange = 15
)

// chart is the scale that the lines over time share.
type chart struct {
	names, columns, perColumn int
	step, end                 float64 // seconds of one column, and of all
}

func (p *page) newChart(r *result.Result, classes []string) chart {
	c := chart{names: 5}
	for _, class := range classes {
		c.names = min(timelineName, max(c.names, width(p.name(class))))
	}
	points := longest(r)
	room := p.width - 2 - c.names - 1 - timelineWhat - 2 - timelineRange
	c.perColumn = max(1, (points+room-1)/room)
	c.columns = (points + c.perColumn - 1) / c.perColumn
	c.step, c.end = float64(c.perColumn)*r.Timeline.IntervalS, float64(points)*r.Timeline.IntervalS
	return c
}

// timeline draws goodput and p99 of each class over time, and beneath them
// when the faults were.
func (p *page) timeline(r *result.Result) {
	classes := classesOverTime(r)
	if len(classes) == 0 {
		return
	}
	shown := classes[:min(len(classes), max(1, p.rows/2))]
	c := p.newChart(r, shown)
	p.heading("OVER TIME", "one column is "+span(c.step))
	for _, class := range shown {
		p.sparkRow(c, class, "goodput", r.Timeline.Series[goodputOf(class)], mean, perSecond)
		p.sparkRow(c, class, "p99", r.Timeline.Series[p99Of(class)], highest, duration)
	}
	p.moreThan(len(shown), len(classes))
	p.faultBands(r, c)
	p.timeAxis(c)
}

func goodputOf(class string) string { return "traffic." + class + ".goodput_rps" }
func p99Of(class string) string     { return "traffic." + class + ".p99_ms" }

// classesOverTime lists the classes that have a series, the largest first.
func classesOverTime(r *result.Result) (names []string) {
	for _, name := range classesBySize(r) {
		if len(r.Timeline.Series[goodputOf(name)])+len(r.Timeline.Series[p99Of(name)]) > 0 {
			names = append(names, name)
		}
	}
	return names
}

func longest(r *result.Result) (n int) {
	for name := range r.Traffic {
		n = max(n, len(r.Timeline.Series[goodputOf(name)]), len(r.Timeline.Series[p99Of(name)]))
	}
	return n
}

// sparkRow draws one series from zero to its highest column.
func (p *page) sparkRow(c chart, class, what string, series []float64, join func([]float64) float64, show func(float64) string) {
	if len(series) == 0 {
		return
	}
	var values []float64
	low, high := math.Inf(1), 0.0
	for at := 0; at < len(series); at += c.perColumn {
		x := join(series[at:min(at+c.perColumn, len(series))])
		if math.IsNaN(x) || math.IsInf(x, 0) {
			x = 0
		}
		values = append(values, x)
		high = math.Max(high, x)
		if x > 0 || what != "p99" { // no answer is no latency of zero
			low = math.Min(low, x)
		}
	}
	st := style("36")
	if what == "p99" {
		class, st = "", "35"
	}
	low = math.Min(low, high)
	p.line("  ", padRight(fit(p.name(class), c.names, p.ellipsis), c.names+1), p.paint(padRight(what, timelineWhat), dim),
		p.paint(padRight(p.spark(values, high), c.columns), st), "  ", p.paint(show(low)+".."+show(high), dim))
}

// spark draws values as columns of eighths; nothing where the value is zero.
func (p *page) spark(values []float64, high float64) string {
	var b strings.Builder
	top := len(p.levels) - 1
	for _, x := range values {
		level := 0
		if x > 0 && high > 0 {
			level = min(top, 1+int(x/high*float64(top)*0.999))
		}
		b.WriteString(p.levels[level])
	}
	return b.String()
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func highest(xs []float64) float64 {
	high := xs[0]
	for _, x := range xs {
		high = math.Max(high, x)
	}
	return high
}

// faultBands marks under the sparklines when each fault was.
func (p *page) faultBands(r *result.Result, c chart) {
	columns := c.names + 1 + timelineWhat
	for _, f := range r.Faults[:min(len(r.Faults), p.rows/2)] {
		name := fit(p.name(f.Kind+" "+f.Target), columns-1, p.ellipsis)
		first := clampInt(f.AtS/c.step, c.columns-1)
		last := clampInt(math.Ceil(f.UntilS/c.step)-1, c.columns-1)
		band := strings.Repeat(" ", first) + p.bandOf(max(1, last-first+1))
		p.line("  ", p.paint(padRight(name, columns)+padRight(band, c.columns), yellow), "  ", p.paint(period(f), dim))
	}
	if n := len(r.Faults) - p.rows/2; n > 0 {
		p.line(p.paint("  "+p.ellipsis+" and "+plural(uint64(n), "more fault")+" (--json has all)", dim))
	}
}

func period(f result.Fault) string {
	if f.UntilS > f.AtS {
		return span(f.AtS) + ".." + span(f.UntilS)
	}
	return "at " + span(f.AtS)
}

func (p *page) bandOf(columns int) string {
	if columns == 1 {
		return p.bandOne
	}
	return p.bandLeft + strings.Repeat(p.band, columns-2) + p.bandRight
}

// clampInt is x as a column from 0 to most; what is no number is the last one.
func clampInt(x float64, most int) int {
	if math.IsNaN(x) {
		return most
	}
	return int(math.Max(0, math.Min(x, float64(most))))
}

// timeAxis writes the first and the last moment under the columns.
func (p *page) timeAxis(c chart) {
	end := span(c.end)
	axis := "0s" + padLeft(end, max(c.columns-2, width(end)+1))
	p.line(strings.Repeat(" ", 2+c.names+1+timelineWhat), p.paint(axis, dim))
}
