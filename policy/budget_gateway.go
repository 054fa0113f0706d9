package policy

import (
	"errors"
	"time"

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

// New makes the state for one upstream.
func (b *GatewayBudget) New() Budget {
	return &gatewayBudget{settings: b, traffic: newSpan(b.Interval.Std(), tenths), lately: newSpan(b.MinInterval.Std(), tenths)}
}

// tenths is how many slices most sources cut a time into.
const tenths = 10

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

// span counts over the time that has just passed, in slices that are forgotten
// one by one. A slice is as wide as the span divided by their number.
type span struct {
	width time.Duration
	since mesh.Time // the slice that is written began
	at    int
	cells []cell
}

type cell struct{ all, marked uint32 }

func newSpan(length time.Duration, parts int) span {
	return span{width: max(length/time.Duration(parts), 1), cells: make([]cell, parts)}
}

// add counts one.
func (s *span) add(now mesh.Time, marked bool) {
	s.roll(now)
	c := &s.cells[s.at]
	c.all++
	if marked {
		c.marked++
	}
}

// sum is what was counted since the oldest slice began.
func (s *span) sum(now mesh.Time) (all, marked uint64) {
	s.roll(now)
	for _, c := range s.cells {
		all += uint64(c.all)
		marked += uint64(c.marked)
	}
	return all, marked
}

// roll forgets the slices whose time has passed. They begin at whole multiples
// of their width after the span was reset.
func (s *span) roll(now mesh.Time) {
	steps := int64(now.Sub(s.since) / s.width)
	if steps <= 0 {
		return
	}
	for range min(steps, int64(len(s.cells))) {
		s.at = (s.at + 1) % len(s.cells)
		s.cells[s.at] = cell{}
	}
	s.since = s.since.Add(time.Duration(steps) * s.width)
}

// reset forgets everything.
func (s *span) reset(now mesh.Time) {
	clear(s.cells)
	s.at, s.since = 0, now
}
