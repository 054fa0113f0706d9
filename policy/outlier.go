package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Outlier watches the hosts of one upstream and ejects those that fail: Envoy's
// detector (outlier_detection_impl.cc), or gRPC's (gRFC A50). It is told of
// results, and sweeps at every interval.
//
// Where Envoy walks a hash table this walks the hosts in their order. A host
// that one sweep finds guilty twice is ejected once; Envoy asserts as much.
type Outlier struct {
	s        OutlierDetection // as the dialect reads it
	is       *outlierDialect
	hosts    []Host
	watches  []outlierWatch
	dice     *chance.Stream
	most     float64 // max_ejection_percent
	ejected  int
	away     int // hosts that have left
	wake     mesh.Time
	changed  bool
	counts   outlierCounts
	compared []comparedHost // of the sweep under way
}

// outlierWatch is what is known of one host.
type outlierWatch struct {
	errors, gateway, local int // failures in a row
	rates                  [outlierOrigins]outlierRate
	backoff                int // ejections in a row
	out, in                mesh.Time
	jitter                 time.Duration
}

// outlierOrigin sets what a host answers apart from what never came so far.
type outlierOrigin int

const (
	externalOrigin outlierOrigin = iota
	localOrigin
	outlierOrigins
)

// outlierRate counts successes in the interval under way and in the one before.
type outlierRate struct{ now, last outlierBucket }

type outlierBucket struct{ good, all uint64 }

// outlierCause is what made a host an outlier.
type outlierCause int

const (
	consecutive5xx outlierCause = iota
	consecutiveGatewayFailure
	consecutiveLocalOriginFailure
	successRate
	successRateLocal
	failurePercentage
	failurePercentageLocal
	outlierCauses
)

// outlierCounts are the detector's statistics: outliers found, outliers
// ejected, and those that max_ejection_percent saved.
type outlierCounts struct {
	detected, enforced [outlierCauses]uint64
	overflow           uint64
}

// NewOutlier makes the detector of an upstream's hosts, in which it marks those
// that are ejected.
func NewOutlier(s *OutlierDetection, dialect string, hosts []Host, dice *chance.Stream) *Outlier {
	o := &Outlier{s: *s, is: outlierDialectOf(dialect), hosts: hosts, dice: dice, wake: mesh.Never,
		watches: make([]outlierWatch, len(hosts)), compared: make([]comparedHost, 0, len(hosts))}
	for i := range o.watches {
		o.watches[i].in = mesh.Never
	}
	if o.is.reads != nil {
		o.is.reads(&o.s)
	}
	o.most = percentOf(o.s.MaxEjectionPercent)
	return o
}

// Start starts the timer of the sweeps, unless it runs already.
func (o *Outlier) Start(now mesh.Time) {
	if o.wake == mesh.Never {
		o.wake = now.Add(o.s.Interval.Std())
	}
}

// WakeAt is when the next sweep is due.
func (o *Outlier) WakeAt() mesh.Time { return o.wake }

// Changed says whether hosts were ejected or let in since it was last asked.
func (o *Outlier) Changed() bool {
	was := o.changed
	o.changed = false
	return was
}

// Out is how many hosts are out.
func (o *Outlier) Out() int { return o.ejected }

// Ejections is how many there have been.
func (o *Outlier) Ejections() (sum uint64) {
	for _, n := range o.counts.enforced {
		sum += n
	}
	return sum
}

// Result tells how an attempt at a host ended. The router tells timeouts as 504
// and resets as connections that failed, which makes them 503 (router.cc).
func (o *Outlier) Result(now mesh.Time, host int, r Reply) {
	switch {
	case r.Outcome == mesh.Unfinished:
	case o.is.rates:
		o.watches[host].rates[externalOrigin].add(r.Outcome == mesh.OK)
	case broken(r.Outcome) && o.s.Split:
		o.localFailure(now, host)
	default:
		o.answered(now, host, r.status())
	}
}

// Sent tells it nothing.
func (*Outlier) Sent(mesh.Time, int) {}

// Connected tells that an attempt has its connection. It counts only where
// failures of local origin do.
func (o *Outlier) Connected(_ mesh.Time, host int) {
	if w := &o.watches[host]; o.s.Split && !o.is.rates {
		w.rates[localOrigin].add(true)
		w.local = 0
	}
}

// Checked tells that an active health check of a host has passed, or not.
func (o *Outlier) Checked(now mesh.Time, host int, passed bool) {
	if passed && o.s.SuccessfulActiveHealthCheckUneject && o.hosts[host].Ejected && o.hosts[host].Health&failedCheck == 0 {
		o.letIn(now, host)
	}
}

// answered counts an HTTP status. The counters fire when they reach their
// threshold, not beyond it: a host that could not be ejected then has to fail as
// often again.
func (o *Outlier) answered(now mesh.Time, host, status int) {
	w := &o.watches[host]
	w.rates[externalOrigin].add(status < 500)
	if status < 500 {
		w.errors, w.gateway = 0, 0
		return
	}
	w.gateway++
	switch {
	case status < 502 || status > 504:
		w.gateway = 0
	case w.gateway == o.s.gatewayFailure():
		o.inRow(now, host, consecutiveGatewayFailure, &w.gateway)
	}
	if w.errors++; w.errors == o.s.Consecutive5xx {
		o.inRow(now, host, consecutive5xx, &w.errors)
	}
}

func (o *Outlier) localFailure(now mesh.Time, host int) {
	w := &o.watches[host]
	w.rates[localOrigin].add(false)
	if w.local++; w.local == o.s.ConsecutiveLocalOriginFailure {
		o.inRow(now, host, consecutiveLocalOriginFailure, &w.local)
	}
}

// inRow deals with a counter that has reached its threshold.
func (o *Outlier) inRow(now mesh.Time, host int, why outlierCause, counter *int) {
	if o.hosts[host].Ejected {
		return
	}
	o.eject(now, host, why)
	*counter = 0
}

// eject takes an outlier out, if there is room and its cause is enforced.
func (o *Outlier) eject(now mesh.Time, host int, why outlierCause) {
	o.counts.detected[why]++
	switch w, h := &o.watches[host], &o.hosts[host]; {
	case h.Ejected && !o.is.rates:
	case !o.is.allows(o):
		o.counts.overflow++
	case o.enforces(why):
		if !h.Ejected {
			o.ejected++
			o.counts.enforced[why]++
		}
		h.Ejected, w.out, o.changed = true, now, true
		w.jitter = ejectionJitter(o.dice, o.s.MaxEjectionTimeJitter.Std())
		if o.is.rates || time.Duration(w.backoff)*o.s.BaseEjectionTime.Std() < o.s.longest().Std()+o.s.BaseEjectionTime.Std() {
			w.backoff++
		}
	}
}

// letIn ends an ejection. Counters start anew, so that few more failures do not
// end the host's return at once.
func (o *Outlier) letIn(now mesh.Time, host int) {
	w := &o.watches[host]
	w.errors, w.gateway, w.local, w.in = 0, 0, 0, now
	o.hosts[host].Ejected, o.changed = false, true
	o.ejected--
}

// Left forgets a host that is no member any more; Joined begins anew with one.
func (o *Outlier) Left(host int) {
	if o.hosts[host].Ejected {
		o.hosts[host].Ejected = false
		o.ejected--
	}
	o.watches[host] = outlierWatch{in: mesh.Never}
	o.away++
}

// Joined tells that a host is a member again.
func (o *Outlier) Joined(mesh.Time, int) { o.away-- }

func (o *Outlier) members() int { return len(o.hosts) - o.away }

// share is the percentage of the hosts that are out, with so many more.
func (o *Outlier) share(more int) float64 {
	return 100 * float64(o.ejected+more) / float64(o.members())
}

// enforces throws the dice of the cause's enforcing share.
func (o *Outlier) enforces(why outlierCause) bool {
	share := percentOf([outlierCauses]unit.Ratio{
		consecutive5xx:                o.s.EnforcingConsecutive5xx,
		consecutiveGatewayFailure:     o.s.EnforcingGatewayFailure,
		consecutiveLocalOriginFailure: o.s.EnforcingLocalOriginFailure,
		successRate:                   o.s.EnforcingSuccessRate,
		successRateLocal:              o.s.EnforcingLocalOriginSuccessRate,
		failurePercentage:             o.s.EnforcingFailurePercentage,
		failurePercentageLocal:        o.s.EnforcingFailurePercentageLocal,
	}[why])
	if share == 0 || share == 100 {
		return share == 100
	}
	return float64(o.dice.Uint64()%10_000) < 100*share
}

// ejectionJitter draws whole milliseconds up to most, both ends included.
func ejectionJitter(dice *chance.Stream, most time.Duration) time.Duration {
	if most < time.Millisecond {
		return 0
	}
	return ejectionJitterOf(dice.Uint64(), most)
}

func ejectionJitterOf(random uint64, most time.Duration) time.Duration {
	return time.Duration(random%uint64(most/time.Millisecond+1)) * time.Millisecond
}

func (r *outlierRate) add(good bool) {
	r.now.all++
	if good {
		r.now.good++
	}
}
