package sim

import (
	"math"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/stats"
)

// What a tally says in the end. Means over time are over all runs together.

// InSystemMean is how many requests were at the service, on average over time.
func (t *Tally) InSystemMean(service int) float64 {
	return t.Services[service].InSystem.Over(t.Measured)
}

// QueueMean is how many of them were waiting.
func (t *Tally) QueueMean(service int) float64 {
	return t.Services[service].Queue.Over(t.Measured)
}

// ResidenceMean is the time that requests spent at the service, all together,
// over the time measured: Little's law makes it InSystemMean.
func (t *Tally) ResidenceMean(service int) float64 {
	return t.Services[service].Residence.Over(t.Measured)
}

// Utilization is the share of the service's cores that was busy where it has a
// number of them, else that of its places, else 0: what is unlimited is not used
// up.
func (t *Tally) Utilization(service int) float64 {
	s := &t.Plan.services[service]
	span := float64(float64(t.Measured) * float64(s.Replicas))
	switch {
	case s.cores > 0:
		return float64(t.Services[service].CPU) * 1000 / (span * float64(s.cores))
	case s.Concurrency > 0:
		return t.Services[service].Busy.Over(t.Measured) / float64(s.Replicas*s.Concurrency)
	}
	return 0
}

// Overloaded says that more work came to a service than its places can do, by
// more than three standard errors of Poisson arrivals. A line with an end, or
// with patience, sheds what is too much and is steady all the same.
func (t *Tally) Overloaded(service int) bool {
	s, c := &t.Plan.services[service], &t.Services[service]
	served := float64(total(c.Outcomes[:]))
	if s.Concurrency == 0 || s.Queue.Limit != mesh.Unlimited || !s.Queue.Timeout.IsZero() || s.Queue.Order == "codel" || served == 0 {
		return false
	}
	busy := c.Busy.Over(t.Measured)
	offered := float64(busy / served * float64(c.Requests))
	sure := float64(offered * (1 - float64(3*math.Sqrt(2/float64(c.Requests)))))
	return stats.Overloaded(sure, float64(s.Replicas*s.Concurrency))
}

// ProxyUtilization is the share of the worker threads of the service's own
// proxies that was busy; 0 where it has none of its own.
func (t *Tally) ProxyUtilization(service int) float64 {
	if t.Plan.model.Mesh.Proxies != "sidecar" {
		return 0
	}
	workers := t.Plan.services[service].Replicas * t.Plan.hop.workers
	return float64(t.Services[service].Proxy) / (float64(t.Measured) * float64(workers))
}

// Unfinished is how many requests of a class were in flight at the end.
func (c *ClassTally) Unfinished() uint64 {
	return c.Requests - total(c.Outcomes[:])
}

// Edge names the two ends of an edge.
func (t *Tally) Edge(i int) (from, to string) { return t.Plan.edges[i].from, t.Plan.edges[i].to }

// Copies says that an edge is of copies of calls, whose answers nobody waits for.
func (t *Tally) Copies(i int) bool { return t.Plan.edges[i].copies }

// Host names a replica of the callee of an edge.
func (t *Tally) Host(edge, replica int) string {
	return t.Plan.agentName(t.Plan.services[t.Plan.edges[edge].callee].first + int32(replica))
}

// CostMean is the share of a part in the mean latency of an edge, in ns.
func (e *EdgeTally) CostMean(p Part) float64 {
	if e.Succeeded == 0 {
		return 0
	}
	return float64(e.Cost[p]) / float64(e.Succeeded)
}

// Unfinished is how many visits were at the service at the end.
func (s *ServiceTally) Unfinished() uint64 {
	return s.Requests - total(s.Outcomes[:])
}

func total(counts []uint64) (sum uint64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// Rates are the counts of a timeline per second, averaged over the runs.
func (t *Tally) Rates(counts []uint64) []float64 {
	rates := make([]float64, len(counts))
	for i, n := range counts {
		rates[i] = float64(n) / (t.Timeline.Interval.Seconds() * float64(t.Runs))
	}
	return rates
}

// levels are the mean levels of a timeline, averaged over the runs.
func (t *Tally) levels(areas []stats.Area) []float64 {
	levels := make([]float64, len(areas))
	for i, a := range areas {
		levels[i] = a.Over(t.Timeline.Interval) / float64(t.Runs)
	}
	return levels
}

// BusySeries is how many places of a service were taken in each interval.
func (t *Tally) BusySeries(service int) []float64 { return t.levels(t.Timeline.Services[service].Busy) }

// QueueSeries is how many waited.
func (t *Tally) QueueSeries(service int) []float64 {
	return t.levels(t.Timeline.Services[service].Queue)
}

// InSystemSeries is how many were there.
func (t *Tally) InSystemSeries(service int) []float64 {
	return t.levels(t.Timeline.Services[service].InSystem)
}

// Quantiles are those of the latencies of each interval, in ms; 0 where nothing
// was answered.
func (l *ClassLine) Quantiles(q float64) []float64 {
	all := make([]float64, len(l.Offered))
	for i := range all {
		if h := l.Latency[i]; h.Count() > 0 {
			all[i] = float64(h.Quantile(q)) / 1e6
		}
	}
	return all
}
