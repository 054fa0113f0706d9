package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// ConsecutiveBreaker is the classic machine as gobreaker has it: it counts, and
// whenever its state changes or an interval is over it counts anew, and ignores
// how attempts of before end.
type ConsecutiveBreaker struct {
	BreakerScope
	Failures     int           `yaml:"failures" min:"0" max:"1000000" doc:"failures in a row that shut it; 0 for never"`
	FailureRatio unit.Ratio    `yaml:"failure_ratio" max:"1" doc:"share of failures since counting began that shuts it; 0 for never"`
	MinRequests  int           `yaml:"min_requests" min:"1" max:"1000000" doc:"attempts before their share says anything"`
	Interval     unit.Duration `yaml:"interval" doc:"how often it counts anew while it flows; never when 0s"`
	Timeout      unit.Duration `yaml:"timeout" doc:"how long it is shut"`
	MaxRequests  int           `yaml:"max_requests" min:"1" max:"1000000" doc:"attempts that probe, and successes in a row that make it flow"`
}

// gobreaker's: more than five in a row, 60 s, one probe.
func consecutiveDefaults() *ConsecutiveBreaker {
	return &ConsecutiveBreaker{BreakerScope: BreakerScope{"cluster"}, Failures: 6, MinRequests: 1, Timeout: 60 * unit.Second, MaxRequests: 1}
}

// New makes the state for one upstream or one host.
func (s *ConsecutiveBreaker) New() Breaker {
	b := &consecutiveBreaker{settings: s}
	b.turn(0, Flows)
	return b
}

type consecutiveBreaker struct {
	settings   *ConsecutiveBreaker
	expiry     mesh.Time // of the counts while it flows, of the state while it is shut
	generation uint32
	requests   uint32
	failed     uint32
	goodInARow uint32
	badInARow  uint32
	phase      Phase
}

// turn begins a generation.
func (b *consecutiveBreaker) turn(now mesh.Time, to Phase) {
	*b = consecutiveBreaker{settings: b.settings, generation: b.generation + 1, phase: to, expiry: mesh.Never}
	switch {
	case to == Flows && b.settings.Interval > 0:
		b.expiry = now.Add(b.settings.Interval.Std())
	case to == Shut:
		b.expiry = now.Add(b.settings.Timeout.Std())
	}
}

// pass lets time pass: what expires holds to the end of its last moment.
func (b *consecutiveBreaker) pass(now mesh.Time) {
	if now <= b.expiry {
		return
	}
	if b.phase == Shut {
		b.turn(now, Probes)
	} else {
		b.turn(now, Flows)
	}
}

func (b *consecutiveBreaker) Phase(now mesh.Time) Phase {
	b.pass(now)
	return b.phase
}

func (b *consecutiveBreaker) Admits(now mesh.Time) bool {
	b.pass(now)
	return b.phase == Flows || b.phase == Probes && int(b.requests) < b.settings.MaxRequests
}

func (b *consecutiveBreaker) Began(now mesh.Time) uint32 {
	b.pass(now)
	b.requests++
	return b.generation
}

// Ended counts. Whoever gives an attempt up that probes makes room for another.
func (b *consecutiveBreaker) Ended(now mesh.Time, ticket uint32, v Verdict, _ *chance.Stream) {
	b.pass(now)
	if ticket != b.generation {
		return
	}
	switch v {
	case Gone:
		b.requests--
	case Good:
		b.good(now)
	case Bad:
		b.bad(now)
	}
}

func (b *consecutiveBreaker) good(now mesh.Time) {
	b.goodInARow++
	b.badInARow = 0
	if b.phase == Probes && int(b.goodInARow) >= b.settings.MaxRequests {
		b.turn(now, Flows)
	}
}

func (b *consecutiveBreaker) bad(now mesh.Time) {
	b.failed++
	b.badInARow++
	b.goodInARow = 0
	if b.phase == Probes || b.trips() {
		b.turn(now, Shut)
	}
}

// trips compares the failures with the attempts, also those that have not ended.
func (b *consecutiveBreaker) trips() bool {
	s := b.settings
	return s.Failures > 0 && int(b.badInARow) >= s.Failures ||
		s.FailureRatio > 0 && int(b.requests) >= s.MinRequests && float64(b.failed)/float64(b.requests) >= float64(s.FailureRatio)
}

// ChangesAt is the end of being shut; counting anew shuts nothing.
func (b *consecutiveBreaker) ChangesAt() mesh.Time {
	if b.phase != Shut {
		return mesh.Never
	}
	return b.expiry.Add(time.Nanosecond)
}
