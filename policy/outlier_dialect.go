package policy

import "github.com/meshdyno/meshdyno/unit"

// outlierDialect is how one system, at one version, detects outliers.
type outlierDialect struct {
	// allows says whether one more host may be ejected.
	allows func(o *Outlier) bool
	// earlyDecay lets the back-off of a host that is in shrink at the start of
	// every sweep; otherwise at its end, an interval after the host came back.
	earlyDecay bool
	// overflows are told as failures of the host that had been chosen.
	overflows bool
	// rates makes the detector gRPC's: success rates and failure percentages only.
	rates bool
	// reads changes the settings to what the system makes of them.
	reads func(s *OutlierDetection)
}

// outlierDialects are the differences that the sources show. Envoy's versions
// of max_ejection_percent: up to 1.26; 94a981e63b (1.27); ecd6bdd0e7 (1.28);
// 36531d9a18 (1.31). When the back-off shrinks: 6db884b694 (1.28). Overflows:
// envoy#25487, mended in 1.26. Istio 1.4 left the gauge of ejected hosts out of
// Envoy's statistics, and Envoy, which counted by the gauge, saw none ejected:
// envoy#8259.
var outlierDialects = map[string]*outlierDialect{
	"envoy":      {allows: shareOrOne},
	"envoy-1.25": {allows: shareBefore, earlyDecay: true, overflows: true},
	"envoy-1.26": {allows: shareBefore, earlyDecay: true},
	"envoy-1.27": {allows: firstOrShare, earlyDecay: true},
	"envoy-1.28": {allows: shareAfter},
	"envoy-1.31": {allows: shareOrOne},
	"grpc":       {allows: shareBefore, rates: true},
	"istio":      {allows: shareOrOne, reads: asIstio},
	"istio-1.4":  {allows: shareUnknown, earlyDecay: true, overflows: true, reads: asIstio},
}

func outlierDialectOf(name string) *outlierDialect {
	if d := outlierDialects[name]; d != nil {
		return d
	}
	return outlierDialects["envoy"]
}

// shareBefore: fewer than the share are out, so that one always may be, and the
// last may pass the limit.
func shareBefore(o *Outlier) bool { return o.share(0) < o.most }

// shareAfter: no more than the share would be out.
func shareAfter(o *Outlier) bool { return o.share(1) <= o.most }

// firstOrShare is shareAfter, but one always may be out.
func firstOrShare(o *Outlier) bool { return o.ejected == 0 || shareAfter(o) }

// shareOrOne is either, as always_eject_one_host has it.
func shareOrOne(o *Outlier) bool {
	return o.s.AlwaysEjectOneHost && o.ejected == 0 || shareAfter(o)
}

// shareUnknown: none seems to be out, ever.
func shareUnknown(o *Outlier) bool { return o.most > 0 }

// asIstio is what Istio makes of a destination rule (cluster_traffic_policy.go,
// applyOutlierDetection): no success rates; what has a number is enforced; a
// share of 0 says nothing.
func asIstio(s *OutlierDetection) {
	s.EnforcingSuccessRate, s.EnforcingLocalOriginSuccessRate = 0, 0
	s.EnforcingConsecutive5xx, s.EnforcingLocalOriginFailure = 1, 1
	s.EnforcingGatewayFailure = 0
	if s.ConsecutiveGatewayFailure != nil {
		s.EnforcingGatewayFailure = 1
	}
	s.EnforcingFailurePercentage, s.EnforcingFailurePercentageLocal = 0, 0
	if s.MaxEjectionPercent == 0 {
		s.MaxEjectionPercent = 0.1
	}
	if s.ConsecutiveLocalOriginFailure == 0 {
		s.ConsecutiveLocalOriginFailure = 5
	}
}

// CommonLB holds what Envoy keeps beside the choice of a balancer
// (cluster.proto, CommonLbConfig).
type CommonLB struct {
	HealthyPanicThreshold  unit.Ratio        `yaml:"healthy_panic_threshold" max:"1" doc:"when fewer than this share of the hosts are in, all are used; 0% is never. Istio calls it minHealthPercent"`
	OverprovisioningFactor int               `yaml:"overprovisioning_factor" min:"1" max:"1000000" doc:"percent: how many times its own load a priority is thought to carry; at 140 it needs five of seven hosts to carry all"`
	WeightedPriorityHealth bool              `yaml:"weighted_priority_health" doc:"how much a priority carries follows from its weights, and not from how many hosts it has"`
	UpdateMergeWindow      *unit.Duration    `yaml:"update_merge_window" doc:"changes of hosts that come within this of the last take effect together; 0s is never. When left out: Envoy's 1s where a health_check is set, else none"`
	IgnoreNewHosts         bool              `yaml:"ignore_new_hosts_until_first_hc" doc:"a host that joins does not count, towards panic say, before its first health check"`
	ZoneAware              *ZoneAware        `yaml:"zone_aware_lb_config" doc:"requests stay in their zone as far as its hosts can take them"`
	LocalityWeighted       *LocalityWeighted `yaml:"locality_weighted_lb_config" doc:"requests go to zones by the weights that the service has for them (zone_weights)"`
	OverrideHostStatus     []string          `yaml:"override_host_status" enum:"healthy,degraded,unhealthy" doc:"in which conditions the host of a stateful_session is still asked; healthy and degraded when left out"`
}

// SetDefaults gives Envoy's.
func (c *CommonLB) SetDefaults() { c.HealthyPanicThreshold, c.OverprovisioningFactor = 0.5, 140 }

// panicThreshold is the percentage of healthy hosts below which all are used.
// gRPC knows no such thing; Istio takes it away with outlier detection, unless
// it is told a number.
func (p *Plan) panicThreshold() float64 {
	switch {
	case p.Dialect == "grpc":
		return 0
	case p.CommonLB == nil && neverPanics(p.Outlier):
		return 0
	case p.CommonLB != nil:
		return percentOf(p.CommonLB.HealthyPanicThreshold)
	case (p.Dialect == "istio" || p.Dialect == "istio-1.4") && p.Outlier != nil:
		return 0
	}
	return 50
}

// neverPanics says that the system whose outlier detection this is knows no
// panic: NGINX and HAProxy ask nobody rather than those that are out.
func neverPanics(s OutlierSettings) bool {
	switch s.(type) {
	case *NginxOutlier, *HAProxyOutlier:
		return true
	}
	return false
}

// panics says whether so few hosts are healthy that all are to be used: of one
// priority, whose health is min(100, 140 * healthy / total) in whole percents,
// and which never panics at 100 (load_balancer_impl.cc,
// recalculatePerPriorityPanic and isHostSetInPanic).
func panics(healthy, total int, threshold float64) bool {
	if total == 0 || min(100, 140*healthy/total) == 100 {
		return false
	}
	return 100*float64(healthy)/float64(total) < threshold
}
