package reports

import (
	"math"
	"sort"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// The parts of an edge's time, in the order of the bar.
const (
	app = iota
	downstream
	queue
	proxy
	network
	tls
	retry
	parts
)

var (
	partNames  = [parts]string{"app", "downstream", "queue", "proxy", "network", "tls", "retry"}
	partStyles = [parts]style{"32", "2", "31", "35", "34", "36", "33"}
)

func partsOf(c result.Cost) [parts]float64 {
	return [parts]float64{c.App, c.Downstream, c.Queue, c.Proxy, c.Network, c.TLS, c.Retry}
}

func totalCost(c result.Cost) (sum float64) {
	for _, ms := range partsOf(c) {
		sum += ms
	}
	return sum
}

// edges is one bar per edge: where the mean time of a request on it went. The
// edges on which most time was spent in all come first.
func (p *page) edges(r *result.Result) {
	if len(r.Edges) == 0 {
		return
	}
	all := append([]*result.Edge(nil), r.Edges...)
	weight := func(e *result.Edge) float64 { return float64(e.Requests) * totalCost(e.Cost) }
	sort.SliceStable(all, func(i, j int) bool { return weight(all[i]) > weight(all[j]) })
	shown := all[:min(len(all), p.rows)]
	if weight(all[0]) == 0 {
		p.heading("WHERE THE TIME WENT by edge", plural(uint64(len(all)), "edge"))
		p.note(2, noTime(all), dim)
		return
	}

	p.heading("WHERE THE TIME WENT by edge", "share of the mean latency")
	const rateWidth, meanWidth, gaps = 8, 8, 4
	nameWidth := 0
	for _, e := range shown {
		nameWidth = max(nameWidth, width(p.edgeName(e, 1000)))
	}
	nameWidth = min(nameWidth, p.width-46-rateWidth-meanWidth-gaps+12)
	barWidth := min(60, p.width-nameWidth-rateWidth-meanWidth-gaps)
	if legend := p.legend(shown); legend != "" {
		p.line("  ", legend)
	}
	p.line(p.paint(strings.Repeat(" ", 2+nameWidth)+padLeft("calls", rateWidth)+padLeft("mean", meanWidth), dim))
	for _, e := range shown {
		p.line("  ", padRight(p.edgeName(e, nameWidth), nameWidth),
			padLeft(p.edgeRate(r, e), rateWidth), padLeft(p.edgeMean(r, e), meanWidth), "  ", p.bar(e.Cost, barWidth))
		p.edgeTrouble(e)
	}
	p.more(len(all))
}

// noTime says why there is nothing to part: only calls that succeeded are.
func noTime(edges []*result.Edge) string {
	asked, succeeded := uint64(0), uint64(0)
	for _, e := range edges {
		asked, succeeded = asked+e.Requests, succeeded+e.Succeeded
	}
	switch {
	case asked == 0:
		return "nowhere: no call was made"
	case succeeded == 0:
		return "unknown: it is told of the calls that succeeded, and none did"
	}
	return "nowhere: no call took any time"
}

// edgeName is "from -> to", each end cut to its half where both are long.
func (p *page) edgeName(e *result.Edge, columns int) string {
	from, to, arrow := p.name(e.From), p.name(e.To), " "+p.arrow+" "
	if width(from)+width(arrow)+width(to) <= columns {
		return from + arrow + to
	}
	room := columns - width(arrow)
	left := min(width(from), max(room/2, room-width(to)))
	return fit(from, left, p.ellipsis) + arrow + fit(to, room-left, p.ellipsis)
}

func (p *page) edgeRate(r *result.Result, e *result.Edge) string {
	seconds := r.MeasuredS * float64(max(1, r.Replications))
	if seconds <= 0 {
		return unknown
	}
	return perSecond(float64(e.Requests) / seconds)
}

// edgeMean is the mean of an edge, unless a queue at one of its ends grew.
func (p *page) edgeMean(r *result.Result, e *result.Edge) string {
	if e.Requests == 0 || grew(r, e.From) || grew(r, e.To) {
		return unknown
	}
	return duration(totalCost(e.Cost))
}

func grew(r *result.Result, name string) bool {
	class, service := r.Traffic[name], r.Services[name]
	return class != nil && class.NoSteady || service != nil && service.NoSteady
}

// edgeTrouble says what the policies of an edge had to do, if anything.
func (p *page) edgeTrouble(e *result.Edge) {
	var words []string
	for _, t := range []struct {
		n    uint64
		word string
	}{{e.Retries, "retries"}, {e.Overflows, "overflows"}, {e.Ejections, "ejections"}, {e.Unhealthy, "unhealthy"}} {
		if t.n > 0 {
			words = append(words, count(t.n)+" "+t.word+partOf(t.n, e.Requests))
		}
	}
	if len(words) > 0 {
		p.note(4, strings.Join(words, ", "), dim)
	}
}

// partOf sets a count in relation to the calls, where that is worth a thought.
func partOf(n, calls uint64) string {
	if calls == 0 || n*100 < calls {
		return ""
	}
	return " (" + busy(float64(n)/float64(calls)) + " of the calls)"
}

// bar shares so many columns among the parts, by largest remainder, so that it
// is always full; a part of less than half a column may not be seen.
func (p *page) bar(c result.Cost, columns int) string {
	total := totalCost(c)
	if !(total > 0) || math.IsInf(total, 0) {
		return ""
	}
	var bar strings.Builder
	for part, n := range apportion(partsOf(c), total, columns) {
		bar.WriteString(p.paint(strings.Repeat(p.parts[part], n), partStyles[part]))
	}
	return bar.String()
}

func apportion(shares [parts]float64, total float64, columns int) (cells [parts]int) {
	var rest [parts]float64
	left := columns
	for i, x := range shares {
		exact := math.Max(0, x) / total * float64(columns)
		cells[i] = min(int(exact), left)
		rest[i] = exact - math.Floor(exact)
		left -= cells[i]
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rest {
			if rest[i] > rest[best] {
				best = i
			}
		}
		cells[best]++
		rest[best] = -1
	}
	return cells
}

// legend names the parts that occur in the bars shown.
func (p *page) legend(shown []*result.Edge) string {
	var occurs [parts]bool
	for _, e := range shown {
		for part, ms := range partsOf(e.Cost) {
			occurs[part] = occurs[part] || ms > 0
		}
	}
	var words []string
	for part, name := range partNames {
		if occurs[part] {
			words = append(words, p.paint(p.parts[part], partStyles[part])+" "+name)
		}
	}
	return strings.Join(words, "  ")
}
