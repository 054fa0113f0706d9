package policy

import (
	"math"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Report is what a host says of its load: requests and failed requests each
// second, and how much of its capacity is in use, 1 being all (ORCA).
type Report struct{ QPS, EPS, Utilization float64 }

// Reporter is a balancer that takes load reports.
type Reporter interface {
	Report(now mesh.Time, host int, r Report)
}

// Report hands a host's load report to the balancer, if it takes any.
func (u *Upstream) Report(now mesh.Time, host int, r Report) {
	if b, ok := u.balancer.(Reporter); ok {
		b.Report(now, host, r)
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
	hosts                        []reported
	due                          mesh.Time // when the weights are next looked at
}

func newLoads(blackout, expiration, update unit.Duration, penalty float64) loads {
	return loads{blackout: blackout.Std(), expiration: expiration.Std(), period: max(update.Std(), 100*time.Millisecond), penalty: penalty}
}

// grow makes room for so many hosts.
func (l *loads) grow(hosts int) {
	for len(l.hosts) < hosts {
		l.hosts = append(l.hosts, reported{since: mesh.Never})
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
func (l *loads) weigh(r Report) float64 {
	if !(r.QPS > 0) {
		return 0
	}
	w := r.QPS / (r.Utilization + float64(l.penalty*r.EPS/r.QPS))
	if math.IsInf(w, 1) || math.IsNaN(w) {
		return 0
	}
	return w
}

// take notes a weight.
func (l *loads) take(now mesh.Time, host int, weight float64) {
	h := &l.hosts[host]
	h.weight, h.last = weight, now
	if h.since == mesh.Never {
		h.since = now
	}
}
