package policy

import (
	"errors"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// AccrualBreaker is Linkerd's failure accrual (linkerd2-proxy,
// outbound/src/http/breaker): with success_rate 0 its consecutive policy, else
// the unified one. There is no cap on how many hosts may be shut at once. Answers
// that come while it is shut are ignored; the first that comes while it probes
// decides, also that to an attempt of before.
type AccrualBreaker struct {
	BreakerScope
	MaxFailures int           `yaml:"max_failures" min:"0" max:"1000000" doc:"failures in a row that shut it; 0 for never"`
	SuccessRate unit.Ratio    `yaml:"success_rate" max:"1" doc:"a share of successes in the window below which it is shut; 0 for never"`
	MinRequests int           `yaml:"min_requests" min:"0" max:"1000000" doc:"answers in the window before their share says anything"`
	Window      unit.Duration `yaml:"window" doc:"the time over which answers are counted"`
	MinPenalty  unit.Duration `yaml:"min_penalty" doc:"how long it is shut at first"`
	MaxPenalty  unit.Duration `yaml:"max_penalty" doc:"the longest that it is shut; each failed probe doubles it"`
	JitterRatio float64       `yaml:"jitter_ratio" min:"0" max:"100" doc:"how much of itself each penalty is lengthened by at most, at random"`
}

// Those of the annotations balancer.linkerd.io/failure-accrual-consecutive-*;
// the window and min_requests are the unified policy's.
func accrualDefaults() *AccrualBreaker {
	return &AccrualBreaker{BreakerScope: BreakerScope{"host"}, MaxFailures: 7, MinRequests: 5, Window: 10 * unit.Second,
		MinPenalty: unit.Second, MaxPenalty: 60 * unit.Second, JitterRatio: 0.5}
}

// Check holds the penalties to a range.
func (s *AccrualBreaker) Check() error {
	switch {
	case s.MaxPenalty < s.MinPenalty:
		return errors.New("max_penalty must not be below min_penalty")
	case s.MaxPenalty == 0:
		return errors.New("max_penalty must be above 0s")
	}
	return nil
}

// New makes the state for one upstream or one host. A window is 10 ms at least.
func (s *AccrualBreaker) New() Breaker {
	b := &accrualBreaker{settings: s}
	if s.SuccessRate > 0 {
		b.window = newSpan(max(s.Window.Std(), 10*time.Millisecond), tenths)
	}
	return b
}

type accrualBreaker struct {
	settings *AccrualBreaker
	window   span
	until    mesh.Time // the penalty ends
	ticket   uint32    // of the last attempt
	probe    uint32    // the ticket of the attempt that probes; 0 for none
	failures int
	penalty  int // how many came before this one since it flowed
	phase    Phase
}

// Phase turns from shut to probing when the penalty is over.
func (b *accrualBreaker) Phase(now mesh.Time) Phase {
	if b.phase == Shut && now >= b.until {
		b.phase, b.probe = Probes, 0
	}
	return b.phase
}

func (b *accrualBreaker) Admits(now mesh.Time) bool {
	p := b.Phase(now)
	return p == Flows || p == Probes && b.probe == 0
}

func (b *accrualBreaker) Began(now mesh.Time) uint32 {
	b.ticket = max(b.ticket+1, 1)
	if b.Phase(now) == Probes {
		b.probe = b.ticket
	}
	return b.ticket
}

func (b *accrualBreaker) Ended(now mesh.Time, ticket uint32, v Verdict, dice *chance.Stream) {
	switch p := b.Phase(now); {
	case v == Gone:
		if p == Probes && ticket == b.probe {
			b.probe = 0
		}
	case p == Flows:
		if b.count(now, v) {
			b.penalty = 0
			b.shut(now, dice)
		}
	case p == Probes && v == Good:
		b.phase, b.failures = Flows, 0
		b.window.clear(now)
	case p == Probes:
		b.penalty++
		b.shut(now, dice)
	}
}

// count says whether an answer shuts it.
func (b *accrualBreaker) count(now mesh.Time, v Verdict) bool {
	s := b.settings
	b.failures++
	if v == Good {
		b.failures = 0
	}
	if s.SuccessRate > 0 {
		b.window.add(now, v == Good)
	}
	if s.MaxFailures > 0 && b.failures >= s.MaxFailures {
		return true
	}
	if s.SuccessRate == 0 {
		return false
	}
	all, good := b.window.sum(now)
	return int(all) >= s.MinRequests && float64(good)/float64(all) < float64(s.SuccessRate)
}

// shut draws the penalty: base * 2^n and a random share of up to jitter_ratio of
// that on top, no longer than the longest (linkerd/exp-backoff).
func (b *accrualBreaker) shut(now mesh.Time, dice *chance.Stream) {
	least, most := b.settings.MinPenalty.Std(), b.settings.MaxPenalty.Std()
	base := doubled(least, most, b.penalty)
	jitter := time.Duration(0)
	if b.settings.JitterRatio > 0 {
		share := float64(dice.Float64() * b.settings.JitterRatio)
		jitter = time.Duration(min(float64(float64(base)*share), float64(most-base)))
	}
	b.phase, b.until = Shut, now.Add(base+jitter)
}

// ChangesAt is the end of the penalty.
func (b *accrualBreaker) ChangesAt() mesh.Time {
	if b.phase != Shut {
		return mesh.Never
	}
	return b.until
}
