package policy

import (
	"errors"

	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Rule is one entry of a scenario's policies: what the proxies do with the
// requests it selects. The first entry that matches wins, knob by knob.
type Rule struct {
	To              string           `yaml:"to" doc:"the callee it is about; every service when left out"`
	From            string           `yaml:"from" doc:"the caller it is about, a service or a traffic class; every one when left out"`
	Match           *Match           `yaml:"match" doc:"the requests it is about; every one when left out"`
	Dialect         string           `yaml:"dialect" enum:"envoy,envoy-1.25,envoy-1.26,envoy-1.27,envoy-1.28,envoy-1.31,grpc,istio,istio-1.4" doc:"whose exact behaviour; envoy's newest when no rule says"`
	LoadBalancer    *LoadBalancer    `yaml:"load_balancer" doc:"which replica is asked"`
	HashPolicy      []HashPolicy     `yaml:"hash_policy" doc:"what requests are kept together by, in place of what load_balancer says; an empty list lets them go anywhere"`
	SubsetConfig    *SubsetConfig    `yaml:"lb_subset_config" doc:"how replicas are chosen by their labels; when left out, a subset is asked for and no other"`
	Subset          []mesh.Label     `yaml:"subset" doc:"labels of the replicas that are asked: {version: v2}; all when left out"`
	SubsetFallbacks []SubsetChoice   `yaml:"subset_fallback_list" doc:"labels that are tried in turn, each over those of subset, until there is a replica to ask"`
	Session         *StatefulSession `yaml:"stateful_session" doc:"callers stay with the replica that they were sent to before"`
	Timeout         *unit.Duration   `yaml:"timeout" doc:"how long the caller waits for an answer, all tries together; forever when left out"`
	Timeouts
	EnvoyHeaders                        *bool              `yaml:"envoy_headers" doc:"requests may set their own timeouts and retries: x-envoy-upstream-rq-timeout-ms, x-envoy-max-retries, x-envoy-retry-on, ..."`
	HedgePolicy                         *HedgePolicy       `yaml:"hedge_policy" doc:"what is sent twice at once: Envoy's way"`
	Hedging                             *Hedging           `yaml:"hedging" doc:"what is sent several times at once: gRPC's way, in place of retry"`
	Retry                               *Retry             `yaml:"retry" doc:"what is tried again, and when"`
	Mirror                              []Mirror           `yaml:"mirror" doc:"services that get a copy of the requests as well"`
	Fault                               *FaultFilter       `yaml:"fault" doc:"requests are harmed on purpose, before they are sent"`
	CircuitBreaker                      *CircuitBreaker    `yaml:"circuit_breaker" doc:"how much may be under way at once from one proxy"`
	Priority                            string             `yaml:"priority" enum:"default,high" doc:"of the requests: those of high priority have connections and caps of their own (circuit_breaker.high)"`
	ConnectionPool                      *ConnectionPool    `yaml:"connection_pool" doc:"how connections to hosts are made, shared and ended"`
	Breaker                             *BreakerChoice     `yaml:"breaker" doc:"stops asking what keeps failing"`
	OutlierDetection                    *OutlierChoice     `yaml:"outlier_detection" doc:"which hosts are taken out for a while because they fail"`
	HealthCheck                         *HealthCheckChoice `yaml:"health_check" doc:"how hosts are asked whether they are well, and what follows"`
	IgnoreHealthOnHostRemoval           bool               `yaml:"ignore_health_on_host_removal" doc:"with health_check: a host that discovery loses is out at once, though it passes its checks"`
	CloseConnectionsOnHostHealthFailure bool               `yaml:"close_connections_on_host_health_failure" doc:"with health_check: a host that fails loses its connections at once, with the requests on them"`
	CommonLB                            *CommonLB          `yaml:"common_lb_config" doc:"what holds for every balancer"`
}

// LoadBalancer is one row of the menu Balancers and its settings:
// `load_balancer: {policy: least_request, choice_count: 2}`, or just the name.
type LoadBalancer struct {
	Policy   string
	Settings BalancerSettings
}

// KindKey names the key that chooses the row.
func (*LoadBalancer) KindKey() string { return "policy" }

// Kinds is the menu to choose from.
func (*LoadBalancer) Kinds() menu.Any { return Balancers }

// SetKind takes the chosen row.
func (l *LoadBalancer) SetKind(name string, settings any) {
	l.Policy, l.Settings = name, settings.(BalancerSettings)
}

// Check holds r to one way of making several attempts.
func (r *Rule) Check() error {
	if r.Hedging != nil && r.Retry != nil {
		return errors.New("hedging stands in place of retry: a call has one or the other")
	}
	return nil
}
