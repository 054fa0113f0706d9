package policy

import (
	"math"
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Report is what a host says of its load, over some time that has just passed
// (ORCA: xds/data/orca/v3/orca_load_report.proto). Utilizations are shares of
// what there is, 1 being all; what is not reported is 0.
type Report struct {
	QPS         float64 // rps_fractional: requests each second
	EPS         float64 // failed ones among them
	CPU         float64 // cpu_utilization
	Memory      float64 // mem_utilization
	Application float64 // application_utilization, whatever the application takes for it
	Named       []Metric
}

// Metric is one of those that an application names itself, with the field of the
// report in front: "named_metrics.queue", "utilization.disk".
type Metric struct {
	Name  string
	Value float64
}

// Reporter is a balancer that takes load reports.
type Reporter interface {
	Report(now mesh.Time, host int, r Report)
}

// ReportedWeights are the knobs of balancers whose weights follow from reports.
type ReportedWeights struct {
	BlackoutPeriod          unit.Duration `yaml:"blackout_period" doc:"for how long a host must have reported before its reports count"`
	WeightExpirationPeriod  unit.Duration `yaml:"weight_expiration_period" doc:"for how long a report counts"`
	WeightUpdatePeriod      unit.Duration `yaml:"weight_update_period" min:"100ms" doc:"how often weights are computed"`
	ErrorUtilizationPenalty float64       `yaml:"error_utilization_penalty" min:"0" max:"1000000" doc:"how much failed requests add to the utilization"`
	MetricNames             []string      `yaml:"metric_names_for_computing_utilization" doc:"where a report has no application_utilization, the largest of these is the utilization: named_metrics.queue, mem_utilization, utilization.*; and else cpu_utilization"`
}

// TakesReports says that its balancers live on load reports.
func (*ReportedWeights) TakesReports() {}

func defaultReportedWeights(penalty float64) ReportedWeights {
	return ReportedWeights{BlackoutPeriod: 10 * unit.Second, WeightExpirationPeriod: 3 * unit.Minute, WeightUpdatePeriod: unit.Second, ErrorUtilizationPenalty: penalty}
}

// TakesReports says whether a balancer lives on load reports.
func TakesReports(s BalancerSettings) bool {
	_, ok := s.(interface{ TakesReports() })
	return ok
}

// ReportPeriod is how often hosts are to report on their own, 0 when their
// reports come with their answers; of a plan whose balancer takes none as well.
func (p *Plan) ReportPeriod() time.Duration {
	if b, ok := p.Balancer.(interface{ ReportPeriod() time.Duration }); ok {
		return b.ReportPeriod()
	}
	return 0
}

// Report hands a host's load report to the balancer, if it takes any. It reads
// the report now and does not keep it.
func (u *Upstream) Report(now mesh.Time, host int, r Report) {
	for i := range u.workers {
		if b, ok := u.workers[i].balancer.(Reporter); ok {
			b.Report(now, host, r)
		}
	}
}

// reported is the weight that follows from a host's reports, and when it may be
// used.
type reported struct {
	weight float64
	since  mesh.Time // of an unbroken row of reports; Never when there is none
	last   mesh.Time
}

// loads is what is known of all hosts from their reports, looked at once every
// period from the first pick on.
type loads struct {
	blackout, expiration, period time.Duration
	penalty                      float64
	metrics                      []string // where application_utilization is not reported
	hosts                        []reported
	due                          mesh.Time // when the weights are next looked at
}

func newLoads(w *ReportedWeights) loads {
	return loads{blackout: w.BlackoutPeriod.Std(), expiration: w.WeightExpirationPeriod.Std(), metrics: w.MetricNames,
		period: max(w.WeightUpdatePeriod.Std(), 100*time.Millisecond), penalty: w.ErrorUtilizationPenalty}
}

// grow makes room for so many hosts.
func (l *loads) grow(hosts int) {
	for len(l.hosts) < hosts {
		l.hosts = append(l.hosts, reported{since: mesh.Never})
	}
}

// forget begins anew with a host.
func (l *loads) forget(host int) {
	if host < len(l.hosts) {
		l.hosts[host] = reported{since: mesh.Never}
	}
}

// tick says whether a look at the weights is due, and at what time it was.
func (l *loads) tick(now mesh.Time) (at mesh.Time, due bool) {
	if now < l.due {
		return 0, false
	}
	at = l.due.Add(now.Sub(l.due) / l.period * l.period)
	l.due = at.Add(l.period)
	return at, true
}

// weigh is the weight of such a report: requests each second over utilization,
// which errors raise; not above 0 when the report says nothing.
func (l *loads) weigh(r *Report) float64 {
	if !(r.QPS > 0) {
		return 0
	}
	w := r.QPS / (l.utilization(r) + float64(l.penalty*r.EPS/r.QPS))
	if math.IsInf(w, 1) || math.IsNaN(w) {
		return 0
	}
	return w
}

// utilization is the application's own; or the largest of the metrics asked for;
// or that of the CPU (getUtilizationFromOrcaReport; gRFC A114).
func (l *loads) utilization(r *Report) float64 {
	if r.Application > 0 {
		return r.Application
	}
	largest := 0.0
	for _, name := range l.metrics {
		largest = max(largest, r.metric(name))
	}
	if largest > 0 {
		return largest
	}
	return r.CPU
}

// metric is the value of a field by its name, 0 when there is none; a name that
// ends in .* is the largest of a field's.
func (r *Report) metric(name string) (value float64) {
	switch name {
	case "cpu_utilization":
		return r.CPU
	case "mem_utilization":
		return r.Memory
	case "application_utilization":
		return r.Application
	case "rps_fractional":
		return r.QPS
	case "eps":
		return r.EPS
	}
	field, all := strings.CutSuffix(name, "*")
	for i := range r.Named {
		if m := &r.Named[i]; m.Name == name || all && strings.HasPrefix(m.Name, field) {
			value = max(value, m.Value)
		}
	}
	return value
}

// take notes a weight.
func (l *loads) take(now mesh.Time, host int, weight float64) {
	h := &l.hosts[host]
	h.weight, h.last = weight, now
	if h.since == mesh.Never {
		h.since = now
	}
}
