package policy

import (
	"errors"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// GatewayBudget is Gateway API's retryConstraint (GEP-3388,
// XBackendTrafficPolicy): of the attempts of the last interval, percent may be
// retries; and min_retry_rate of them may be made whatever the share. The text
// leaves the counting to implementations; here both are sums over ten slices of
// their time. A retry beyond the budget answers the caller 503, as it asks.
type GatewayBudget struct {
	Percent      unit.Ratio    `yaml:"percent" max:"1" doc:"share of the attempts in the interval that may be retries"`
	Interval     unit.Duration `yaml:"interval" doc:"the time over which they are counted, from 1s to 1h"`
	MinRetryRate int           `yaml:"min_retry_rate" min:"0" max:"1000000" doc:"retries allowed in any case in each min_interval"`
	MinInterval  unit.Duration `yaml:"min_interval" doc:"the time over which min_retry_rate is counted, from 100ms to 1h"`
}

func gatewayDefaults() *GatewayBudget {
	return &GatewayBudget{Percent: 0.2, Interval: 10 * unit.Second, MinRetryRate: 10, MinInterval: unit.Second}
}

// Check holds the intervals to the API's bounds.
func (b *GatewayBudget) Check() error {
	if b.Interval < unit.Second || b.Interval > 3600*unit.Second {
		return errors.New("interval must be from 1s to 1h")
	}
	if b.MinInterval < 100*unit.Millisecond || b.MinInterval > 3600*unit.Second {
		return errors.New("min_interval must be from 100ms to 1h")
	}
	return nil
}

func (b *GatewayBudget) empty() bool { return b.Percent == 0 && b.MinRetryRate == 0 }

// New makes the state for one upstream.
func (b *GatewayBudget) New() Budget {
	return &gatewayBudget{settings: b, traffic: newSpan(b.Interval.Std(), tenths), lately: newSpan(b.MinInterval.Std(), tenths)}
}

type gatewayBudget struct {
	unmoved
	settings *GatewayBudget
	traffic  span // attempts, and the retries among them
	lately   span // retries
}

func (b *gatewayBudget) Began(now mesh.Time) { b.traffic.add(now, false) }

func (b *gatewayBudget) Withdraw(now mesh.Time, _ Load) bool {
	attempts, retries := b.traffic.sum(now)
	recent, _ := b.lately.sum(now)
	if float64(retries+1) > float64(b.settings.Percent)*float64(attempts+1) && int(recent) >= b.settings.MinRetryRate {
		return false
	}
	b.traffic.add(now, true)
	b.lately.add(now, true)
	return true
}

// Refusal is a 503 of the proxy's own.
func (*gatewayBudget) Refusal(mesh.Outcome) mesh.Outcome { return mesh.Overflow }
