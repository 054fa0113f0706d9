package policy

import (
	"math"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// Wake tells that time has come as far as now: a sweep, if one is due.
func (o *Outlier) Wake(now mesh.Time) {
	if now < o.wake {
		return
	}
	if o.is.rates {
		o.sweepGRPC(now)
	} else {
		o.sweep(now)
	}
	o.wake = now.Add(o.s.Interval.Std())
}

// sweep is Envoy's (DetectorImpl::onIntervalTimer).
func (o *Outlier) sweep(now mesh.Time) {
	for i := range o.watches {
		w := &o.watches[i]
		switch {
		case !o.hosts[i].Ejected && o.is.earlyDecay:
			w.backoff = max(0, w.backoff-1)
		case o.hosts[i].Ejected && now.Sub(w.out) >= o.term(w)+w.jitter:
			o.letIn(now, i)
		}
		w.turn()
	}
	o.compareRates(now, externalOrigin)
	o.compareRates(now, localOrigin)
	for i := range o.watches {
		w := &o.watches[i]
		if !o.is.earlyDecay && !o.hosts[i].Ejected && w.in != mesh.Never && now.Sub(w.in) >= o.s.Interval.Std() {
			w.backoff = max(0, w.backoff-1)
		}
	}
}

// sweepGRPC is gRPC's (A50; grpc-go, intervalTimerAlgorithm). Its back-off
// shrinks at once, and a host comes back after its term, not at its end.
func (o *Outlier) sweepGRPC(now mesh.Time) {
	for i := range o.watches {
		o.watches[i].turn()
	}
	o.compareRates(now, externalOrigin)
	for i := range o.watches {
		switch w := &o.watches[i]; {
		case !o.hosts[i].Ejected:
			w.backoff = max(0, w.backoff-1)
		case now.Sub(w.out) > o.term(w):
			o.letIn(now, i)
		}
	}
}

// term is how long an ejection lasts, jitter apart.
func (o *Outlier) term(w *outlierWatch) time.Duration {
	base, most := o.s.BaseEjectionTime.Std(), o.s.longest().Std()
	if w.backoff > int(most/base) {
		return most
	}
	return min(base*time.Duration(w.backoff), most)
}

// turn begins a new interval.
func (w *outlierWatch) turn() {
	for i := range w.rates {
		w.rates[i].last, w.rates[i].now = w.rates[i].now, outlierBucket{}
	}
}

// comparedHost is a host with requests in the last interval.
type comparedHost struct {
	host    int32
	volume  uint64
	success float64 // percentage
}

// compareRates looks for outliers by success rate and by failure percentage
// (processSuccessRateEjections). Who has enough requests is settled before
// anyone is ejected.
func (o *Outlier) compareRates(now mesh.Time, from outlierOrigin) {
	if n := o.members(); n < o.s.SuccessRateMinimumHosts && n < o.s.FailurePercentageMinimumHosts {
		return
	}
	o.gather(from)
	rates, failures := successRate, failurePercentage
	if from == localOrigin {
		rates, failures = successRateLocal, failurePercentageLocal
	}
	if !o.is.rates || o.s.EnforcingSuccessRate > 0 {
		o.bySuccessRate(now, rates)
	}
	if !o.is.rates || o.s.EnforcingFailurePercentage > 0 {
		o.byFailurePercentage(now, failures)
	}
}

// gather lists the hosts to compare: Envoy's are those that are in; gRPC counts
// what others still answered as well.
func (o *Outlier) gather(from outlierOrigin) {
	o.compared = o.compared[:0]
	for i := range o.watches {
		last := o.watches[i].rates[from].last
		if last.all > 0 && (o.is.rates || !o.hosts[i].Ejected) {
			o.compared = append(o.compared, comparedHost{int32(i), last.all, float64(last.good) * 100 / float64(last.all)})
		}
	}
}

func (o *Outlier) bySuccessRate(now mesh.Time, why outlierCause) {
	volume := uint64(o.s.SuccessRateRequestVolume)
	least, enough := o.threshold(volume)
	for _, c := range o.compared {
		if enough && c.volume >= volume && c.success < least {
			o.eject(now, int(c.host), why)
		}
	}
}

func (o *Outlier) byFailurePercentage(now mesh.Time, why outlierCause) {
	volume, most := uint64(o.s.FailurePercentageRequestVolume), percentOf(o.s.FailurePercentageThreshold)
	if n := o.withVolume(volume); n == 0 || n < o.s.FailurePercentageMinimumHosts {
		return
	}
	for _, c := range o.compared {
		failures := 100 - c.success
		if c.volume >= volume && (failures > most || failures == most && !o.is.rates) {
			o.eject(now, int(c.host), why)
		}
	}
}

func (o *Outlier) withVolume(volume uint64) (n int) {
	for _, c := range o.compared {
		if c.volume >= volume {
			n++
		}
	}
	return n
}

// threshold is mean - factor * standard deviation of the success rates, over all
// hosts with enough requests and not over a sample of them: sqrt of the sum of
// squares / n (successRateEjectionThreshold). The rates 50, 100, 100, 100, 100
// have the mean 90 and with a factor of 1.9 the threshold 52.
func (o *Outlier) threshold(volume uint64) (least float64, enough bool) {
	n := o.withVolume(volume)
	if n == 0 || n < o.s.SuccessRateMinimumHosts {
		return 0, false
	}
	sum, squares := 0.0, 0.0
	for _, c := range o.compared {
		if c.volume >= volume {
			sum += c.success
		}
	}
	mean := sum / float64(n)
	for _, c := range o.compared {
		if c.volume >= volume {
			squares += float64((c.success - mean) * (c.success - mean))
		}
	}
	deviation := math.Sqrt(squares / float64(n))
	return mean - float64(float64(o.s.SuccessRateStdevFactor)/1000*deviation), true
}
