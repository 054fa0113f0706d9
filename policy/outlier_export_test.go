package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Answered tells of an HTTP status, of any number.
func (o *Outlier) Answered(now mesh.Time, host, status int) { o.answered(now, host, status) }

// Sweep lets the timer fire, due or not.
func (o *Outlier) Sweep(now mesh.Time) {
	o.wake = now
	o.Wake(now)
}

// OutlierCauses names what makes an outlier, in the words of Envoy's statistics.
var OutlierCauses = [outlierCauses]string{"consecutive_5xx", "consecutive_gateway_failure", "consecutive_local_origin_failure",
	"success_rate", "local_origin_success_rate", "failure_percentage", "local_origin_failure_percentage"}

// Counts are the outliers detected and ejected, by cause, and those for whom
// there was no room.
func (o *Outlier) Counts() (detected, enforced [outlierCauses]uint64, overflow uint64) {
	return o.counts.detected, o.counts.enforced, o.counts.overflow
}

// Jitter and Backoff belong to one host.
func (o *Outlier) Jitter(host int) time.Duration { return o.watches[host].jitter }
func (o *Outlier) Backoff(host int) int          { return o.watches[host].backoff }

// Longest is the longest ejection, jitter apart.
func (o *OutlierDetection) Longest() unit.Duration { return o.longest() }

// GatewayFailure is the threshold in force.
func (o *OutlierDetection) GatewayFailure() int { return o.gatewayFailure() }

// SuccessRateThreshold is where a success rate becomes an outlier's.
func SuccessRateThreshold(factor int, rates ...float64) float64 {
	o := &Outlier{s: OutlierDetection{SuccessRateStdevFactor: factor}}
	for _, r := range rates {
		o.compared = append(o.compared, comparedHost{volume: 1, success: r})
	}
	least, _ := o.threshold(1)
	return least
}

// The arithmetic of chance and panic.
var (
	EjectionJitterOf = ejectionJitterOf
	Panics           = panics
	NeverPanics      = neverPanics
)

// OutlierDialects are the names of those that have a row of their own.
func OutlierDialects() (names []string) {
	for name := range outlierDialects {
		names = append(names, name)
	}
	return names
}

// Eligible lists the hosts that a balancer may choose from.
func (u *Upstream) Eligible() []int32 { return u.set.Eligible }

// Compiled is what a system hands to Envoy.
func Compiled(s OutlierSettings) *OutlierDetection {
	return s.(interface{ compiled() *OutlierDetection }).compiled()
}
