package policy

import (
	"errors"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// ConsulOutlier is the PassiveHealthCheck of Consul's service defaults, with its
// keys in this file's spelling. What it leaves out, Envoy decides: its success
// rates too are in force (consul agent/xds/config, ToOutlierDetection).
type ConsulOutlier struct {
	Interval                unit.Duration  `yaml:"interval" doc:"time between two sweeps; 0s is Envoy's 10s"`
	MaxFailures             int            `yaml:"max_failures" min:"0" doc:"answers of 500 and above in a row that make an outlier; 0 is Envoy's 5"`
	EnforcingConsecutive5xx *unit.Ratio    `yaml:"enforcing_consecutive_5xx" max:"1" doc:"share of those outliers that is ejected; 100% when left out"`
	MaxEjectionPercent      *unit.Ratio    `yaml:"max_ejection_percent" max:"1" doc:"share of the hosts that may be out at once; 10% when left out"`
	BaseEjectionTime        *unit.Duration `yaml:"base_ejection_time" doc:"how long the first ejection lasts at least; 30s when left out"`
}

// Check holds what is handed on to what Envoy accepts.
func (c *ConsulOutlier) Check() error { return c.compiled().Check() }

// New makes Envoy's detector.
func (c *ConsulOutlier) New(dialect string, hosts []Host, dice *chance.Stream) Detector {
	return NewOutlier(c.compiled(), dialect, hosts, dice)
}

func (c *ConsulOutlier) compiled() *OutlierDetection {
	o := defaultOutlierDetection()
	if c.Interval != 0 {
		o.Interval = c.Interval
	}
	if c.MaxFailures != 0 {
		o.Consecutive5xx = c.MaxFailures
	}
	if c.EnforcingConsecutive5xx != nil {
		o.EnforcingConsecutive5xx = *c.EnforcingConsecutive5xx
	}
	if c.MaxEjectionPercent != nil {
		o.MaxEjectionPercent = *c.MaxEjectionPercent
	}
	if c.BaseEjectionTime != nil {
		o.BaseEjectionTime = *c.BaseEjectionTime
	}
	return o
}

// AppMeshOutlier is the outlierDetection of a virtual node's listener in AWS App
// Mesh (API reference, OutlierDetection), which has no defaults and ejects at
// least one host whatever the percentage. It names nothing but errors in a row,
// so Envoy's success rates are off here; the product's own configuration of
// Envoy is not public.
type AppMeshOutlier struct {
	MaxServerErrors      int           `yaml:"max_server_errors" min:"1" required:"true" doc:"answers of 500 and above in a row that make an outlier"`
	Interval             unit.Duration `yaml:"interval" required:"true" doc:"time between two sweeps"`
	BaseEjectionDuration unit.Duration `yaml:"base_ejection_duration" required:"true" doc:"how long the first ejection lasts at least"`
	MaxEjectionPercent   *unit.Ratio   `yaml:"max_ejection_percent" max:"1" required:"true" doc:"share of the hosts that may be out at once; one always may"`
}

// Check holds what is handed on to what Envoy accepts, under its own names.
func (a *AppMeshOutlier) Check() error {
	switch {
	case a.Interval <= 0:
		return errors.New("interval must be above 0s")
	case a.BaseEjectionDuration <= 0:
		return errors.New("base_ejection_duration must be above 0s")
	}
	return a.compiled().Check()
}

// New makes Envoy's detector.
func (a *AppMeshOutlier) New(dialect string, hosts []Host, dice *chance.Stream) Detector {
	return NewOutlier(a.compiled(), dialect, hosts, dice)
}

func (a *AppMeshOutlier) compiled() *OutlierDetection {
	o := defaultOutlierDetection()
	o.Consecutive5xx, o.Interval, o.BaseEjectionTime = a.MaxServerErrors, a.Interval, a.BaseEjectionDuration
	o.EnforcingSuccessRate, o.EnforcingLocalOriginSuccessRate = 0, 0
	o.AlwaysEjectOneHost = true
	if a.MaxEjectionPercent != nil {
		o.MaxEjectionPercent = *a.MaxEjectionPercent
	}
	return o
}
