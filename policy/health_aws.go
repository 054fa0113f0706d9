package policy

import (
	"errors"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// TargetHealthCheck is what the target groups of both AWS load balancers share
// (Elastic Load Balancing, health checks for target groups; documented, not read
// in code). Every failure counts towards the threshold, and when too few targets
// are healthy all are used.
type TargetHealthCheck struct {
	Protocol           string        `yaml:"protocol" enum:"http,tcp,grpc" doc:"how a target is asked"`
	Interval           unit.Duration `yaml:"interval" min:"5s" max:"300s" doc:"from the end of a check to the next"`
	Timeout            unit.Duration `yaml:"timeout" min:"2s" max:"120s" doc:"how long an answer is waited for"`
	HealthyThreshold   int           `yaml:"healthy_threshold" min:"2" max:"10" doc:"passed checks in a row that bring a target back; a new one needs one"`
	UnhealthyThreshold int           `yaml:"unhealthy_threshold" min:"2" max:"10" doc:"failed checks in a row that put a target out"`
	Matcher            []StatusRange `yaml:"matcher" doc:"the statuses that pass; those of the kind when left out"`
	MinimumHealthy     int           `yaml:"minimum_healthy_targets_count" min:"1" doc:"with fewer healthy targets all are used (unhealthy_state_routing)"`
	MinimumShare       unit.Ratio    `yaml:"minimum_healthy_targets_percentage" max:"1" doc:"and with a smaller share of them; 0% is off"`

	passes StatusRange // matcher, when left out
}

// Check holds the timeout below the interval.
func (t *TargetHealthCheck) Check() error {
	if t.Timeout >= t.Interval {
		return errors.New("timeout must be below interval")
	}
	return nil
}

// Rules are the thresholds.
func (t *TargetHealthCheck) Rules() HealthRules {
	protocol := map[string]ProbeProtocol{"http": HTTPProbe, "tcp": TCPProbe, "grpc": GRPCProbe}[t.Protocol]
	return HealthRules{Protocol: protocol, Path: "/", Timeout: t.Timeout.Std(), Rise: t.HealthyThreshold, Fall: t.UnhealthyThreshold,
		Opens: &FailOpen{Count: t.MinimumHealthy, Share: percentOf(t.MinimumShare)}}
}

// Judge takes every failure alike.
func (t *TargetHealthCheck) Judge(r ProbeReply) HealthVerdict {
	status := r.status()
	switch {
	case broken(r.Outcome):
		return NoAnswer
	case t.Protocol == "tcp", len(t.Matcher) > 0 && among(t.Matcher, status), len(t.Matcher) == 0 && t.passes.Start <= status && status < t.passes.End && !r.NotServing:
		return Passed
	}
	return Failed
}

// Pause is the interval, whatever was found.
func (t *TargetHealthCheck) Pause(HealthState, *chance.Stream) time.Duration { return t.Interval.Std() }

// ALBHealthCheck is an application load balancer's.
type ALBHealthCheck struct{ TargetHealthCheck }

func defaultALBHealthCheck() *ALBHealthCheck {
	return &ALBHealthCheck{TargetHealthCheck{Protocol: "http", Interval: 30 * unit.Second, Timeout: 5 * unit.Second,
		HealthyThreshold: 5, UnhealthyThreshold: 2, MinimumHealthy: 1, passes: StatusRange{200, 201}}}
}

// NLBHealthCheck is a network load balancer's. The passive checks that it makes
// besides have no documented numbers and are left out.
type NLBHealthCheck struct{ TargetHealthCheck }

func defaultNLBHealthCheck() *NLBHealthCheck {
	return &NLBHealthCheck{TargetHealthCheck{Protocol: "tcp", Interval: 30 * unit.Second, Timeout: 10 * unit.Second,
		HealthyThreshold: 5, UnhealthyThreshold: 2, MinimumHealthy: 1, passes: StatusRange{200, 400}}}
}
