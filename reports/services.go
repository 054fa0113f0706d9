package reports

import (
	"math"
	"sort"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// tight is the utilization from which the busiest service is called a
// bottleneck: waits have grown to several times the service time.
const tight = 0.8

// bottleneck is the busiest service, where it is tight or has no steady state.
func bottleneck(r *result.Result) (string, *result.Service) {
	names := byUtilization(r)
	if len(names) == 0 {
		return "", nil
	}
	s := r.Services[names[0]]
	if s.Utilization < tight && !s.NoSteady {
		return "", nil
	}
	return names[0], s
}

// byUtilization sorts the services: first those without a steady state, then
// the busiest, then those with most requests, then by name.
func byUtilization(r *result.Result) []string {
	names := sortedKeys(r.Services)
	sort.SliceStable(names, func(i, j int) bool {
		a, b := r.Services[names[i]], r.Services[names[j]]
		if a.NoSteady != b.NoSteady {
			return a.NoSteady
		}
		if a.Utilization != b.Utilization {
			return a.Utilization > b.Utilization
		}
		return a.Requests > b.Requests
	})
	return names
}

// services lists the busiest services with a bar of their utilization.
func (p *page) services(r *result.Result) {
	if len(r.Services) == 0 {
		return
	}
	names := byUtilization(r)
	shown := names[:min(len(names), p.rows)]
	p.heading("SERVICES by utilization", plural(uint64(len(names)), "service"))
	t := newTable("", "replicas", "busy", "", "queue", "longest", "inside", "p99")
	for _, name := range shown {
		p.serviceRow(t, name, r.Services[name])
	}
	top, _ := bottleneck(r)
	p.tableRows(t, 2, func(i int) {
		switch name := shown[i]; {
		case r.Services[name].NoSteady:
			p.note(4, "no steady state: requests piled up to the end", red)
		case name == top:
			p.note(4, "the bottleneck", bold)
		}
	})
	p.more(len(names))
}

func (p *page) serviceRow(t *table, name string, s *result.Service) {
	inSystem, waiting := quantity(s.InSystemMean), quantity(s.QueueMean)
	if s.NoSteady {
		inSystem, waiting = unknown, unknown
	}
	p99 := unknown
	if s.Latency != nil {
		p99 = duration(s.Latency.P99)
	}
	share, bar := busy(s.Utilization), p.utilization(s.Utilization)
	if s.Utilization == 0 && s.InSystemMean > 0 {
		share, bar = unknown, "" // at work, but of no limit
	}
	t.add(p.name(name), count(uint64(max(0, s.Replicas))), share, bar,
		waiting, count(uint64(max(0, s.QueueMax))), inSystem, p99)
	st := green
	if s.NoSteady || s.Utilization >= 0.9 {
		st = red
		t.mark(2, p.in(red))
	} else if s.Utilization >= 0.7 {
		st = yellow
	}
	t.mark(3, func(bar string) string {
		full := strings.LastIndex(bar, p.full) + len(p.full)
		if !strings.Contains(bar, p.full) {
			full = 0
		}
		return p.paint(bar[:full], st) + p.paint(bar[full:], dim)
	})
}

// utilizationWidth is the columns of a bar that is busy all the time.
const utilizationWidth = 14

// utilization is a bar of fixed length, filled by the share of time at work.
func (p *page) utilization(ratio float64) string {
	if math.IsNaN(ratio) {
		return ""
	}
	full := int(math.Round(math.Min(1, math.Max(0, ratio)) * utilizationWidth))
	return strings.Repeat(p.full, full) + strings.Repeat(p.empty, utilizationWidth-full)
}
