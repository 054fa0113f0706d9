package policy

import (
	"math"

	"github.com/meshdyno/meshdyno/unit"
)

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

// overprovisioning is how much more than its own load a priority is thought to
// carry, in percent.
func (p *Plan) overprovisioning() int {
	if p.CommonLB != nil {
		return p.CommonLB.OverprovisioningFactor
	}
	return 140
}

// panics says whether so few hosts are healthy that all are to be used: of one
// priority, whose health is min(100, factor * healthy / total) in whole percents,
// and which never panics at 100 (load_balancer_impl.cc,
// recalculatePerPriorityPanic and isHostSetInPanic). The threshold is a whole
// percentage too.
func panics(healthy, total, factor int, threshold float64) bool {
	if total == 0 || min(100, factor*healthy/total) == 100 {
		return false
	}
	return 100*float64(healthy)/float64(total) < math.Round(threshold)
}
