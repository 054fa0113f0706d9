package policy

import (
	"fmt"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// EnvoyHealthCheck is what Envoy's kinds share, under its names
// (health_check.proto). Times are in whole milliseconds.
type EnvoyHealthCheck struct {
	Timeout                  unit.Duration  `yaml:"timeout" required:"true" min:"1ms" doc:"how long an answer is waited for"`
	Interval                 unit.Duration  `yaml:"interval" required:"true" min:"1ms" doc:"from the end of a check to the next"`
	UnhealthyThreshold       int            `yaml:"unhealthy_threshold" required:"true" min:"1" doc:"checks without an answer, in a row, that put a host out; an answer that is not expected does so at once"`
	HealthyThreshold         int            `yaml:"healthy_threshold" required:"true" min:"1" doc:"passed checks in a row that bring it back; its very first is enough"`
	InitialJitter            unit.Duration  `yaml:"initial_jitter" doc:"the first check of a host comes after a random part of this"`
	IntervalJitter           unit.Duration  `yaml:"interval_jitter" doc:"each interval is longer by a random part of this"`
	IntervalJitterPercent    unit.Ratio     `yaml:"interval_jitter_percent" doc:"and by a random part of this share of it"`
	UnhealthyInterval        *unit.Duration `yaml:"unhealthy_interval" min:"1ms" doc:"the interval of a host that is out; interval when left out"`
	UnhealthyEdgeInterval    *unit.Duration `yaml:"unhealthy_edge_interval" min:"1ms" doc:"the interval after a failure that does not put the host out yet; unhealthy_interval when left out"`
	HealthyEdgeInterval      *unit.Duration `yaml:"healthy_edge_interval" min:"1ms" doc:"the interval after a pass that does not bring the host back yet; interval when left out"`
	NoTrafficInterval        unit.Duration  `yaml:"no_traffic_interval" min:"1ms" doc:"the interval while no request was ever sent to any host"`
	NoTrafficHealthyInterval *unit.Duration `yaml:"no_traffic_healthy_interval" min:"1ms" doc:"the same for a host that is in; no_traffic_interval when left out"`
	ReuseConnection          bool           `yaml:"reuse_connection" doc:"one connection serves all checks of a host"`
}

func envoyHealthCheck() EnvoyHealthCheck {
	return EnvoyHealthCheck{NoTrafficInterval: 60 * unit.Second, ReuseConnection: true}
}

// Check holds the times to where sums of them do not overflow.
func (e *EnvoyHealthCheck) Check() error {
	longest := max(e.Timeout, e.Interval, e.InitialJitter, e.IntervalJitter, e.NoTrafficInterval)
	for _, d := range []*unit.Duration{e.UnhealthyInterval, e.UnhealthyEdgeInterval, e.HealthyEdgeInterval, e.NoTrafficHealthyInterval} {
		longest = max(longest, or(d, 0))
	}
	if longest > longestEjection {
		return fmt.Errorf("%v is too long: ten years is the limit", longest)
	}
	return nil
}

func (e *EnvoyHealthCheck) rules(p ProbeProtocol) HealthRules {
	return HealthRules{Protocol: p, Timeout: e.Timeout.Std(), Rise: e.HealthyThreshold, Fall: e.UnhealthyThreshold,
		InitialJitter: e.InitialJitter.Std(), Reuse: e.ReuseConnection, Envoys: true}
}

// Pause is HealthCheckerImplBase::interval and intervalWithJitter.
func (e *EnvoyHealthCheck) Pause(s HealthState, dice *chance.Stream) time.Duration {
	wait := e.interval(s).Std().Truncate(time.Millisecond)
	ms := float64(wait / time.Millisecond)
	share := time.Duration(float64(percentOf(e.IntervalJitterPercent)*ms)/100) * time.Millisecond
	return wait + jitterOf(dice, share) + jitterOf(dice, e.IntervalJitter.Std())
}

func (e *EnvoyHealthCheck) interval(s HealthState) unit.Duration {
	unhealthy := or(e.UnhealthyInterval, e.Interval)
	switch {
	case s.Idle && s.Passed && !s.Pending:
		return or(e.NoTrafficHealthyInterval, e.NoTrafficInterval)
	case s.Idle:
		return e.NoTrafficInterval
	case s.Passed && s.Pending:
		return or(e.HealthyEdgeInterval, e.Interval)
	case s.Passed:
		return e.Interval
	case s.Pending:
		return or(e.UnhealthyEdgeInterval, unhealthy)
	}
	return unhealthy
}

// or is a setting, or what stands for it when it is left out.
func or(d *unit.Duration, otherwise unit.Duration) unit.Duration {
	if d == nil {
		return otherwise
	}
	return *d
}
