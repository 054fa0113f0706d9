package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// ResilienceBreaker is that of resilience4j (CircuitBreakerStateMachine,
// CircuitBreakerMetrics), less the share of slow calls. Attempts of before that
// end while it probes count among the probes.
type ResilienceBreaker struct {
	BreakerScope
	SlidingWindowType string        `yaml:"sliding_window_type" enum:"count_based,time_based" doc:"whether the window is the last calls or the last seconds"`
	SlidingWindowSize int           `yaml:"sliding_window_size" min:"1" max:"100000" doc:"how many of them"`
	MinimumCalls      int           `yaml:"minimum_number_of_calls" min:"1" max:"1000000" doc:"calls in the window before their share says anything"`
	FailureRate       unit.Ratio    `yaml:"failure_rate_threshold" max:"1" doc:"share of failures that shuts it"`
	WaitDuration      unit.Duration `yaml:"wait_duration_in_open_state" doc:"how long it is shut"`
	PermittedCalls    int           `yaml:"permitted_number_of_calls_in_half_open_state" min:"1" max:"100000" doc:"calls that probe"`
}

// Those of CircuitBreakerConfig.
func resilienceDefaults() *ResilienceBreaker {
	return &ResilienceBreaker{BreakerScope: BreakerScope{"cluster"}, SlidingWindowType: "count_based", SlidingWindowSize: 100,
		MinimumCalls: 100, FailureRate: 0.5, WaitDuration: 60 * unit.Second, PermittedCalls: 10}
}

// New makes the state for one upstream or one host.
func (s *ResilienceBreaker) New() Breaker {
	b := &resilienceBreaker{settings: s, probed: newLast(s.PermittedCalls)}
	if s.SlidingWindowType == "time_based" {
		b.seconds = newSpan(time.Duration(s.SlidingWindowSize)*time.Second, s.SlidingWindowSize)
	} else {
		b.calls = newLast(s.SlidingWindowSize)
	}
	return b
}

type resilienceBreaker struct {
	settings *ResilienceBreaker
	calls    last // the window, if it is counted in calls
	seconds  span // the window, if it is counted in seconds
	probed   last
	permits  int // probes that may still go out
	until    mesh.Time
	era      uint32 // changes when it begins or ends to probe
	phase    Phase
}

// turn changes the state; each begins with an empty window.
func (b *resilienceBreaker) turn(now mesh.Time, to Phase) {
	b.phase = to
	b.era++
	switch to {
	case Shut:
		b.until = now.Add(b.settings.WaitDuration.Std())
	case Probes:
		b.permits = b.settings.PermittedCalls
		b.probed.reset()
	case Flows:
		b.calls.reset()
		b.seconds.clear(now)
	}
}

// Phase is Shut until somebody wants to go out after the wait.
func (b *resilienceBreaker) Phase(now mesh.Time) Phase {
	if b.phase == Shut && now > b.until {
		return Probes
	}
	return b.phase
}

func (b *resilienceBreaker) Admits(now mesh.Time) bool {
	switch b.phase {
	case Shut:
		return now > b.until
	case Probes:
		return b.permits > 0
	}
	return true
}

func (b *resilienceBreaker) Began(now mesh.Time) uint32 {
	if b.phase == Shut && now > b.until {
		b.turn(now, Probes)
	}
	if b.phase == Probes {
		b.permits--
	}
	return b.era
}

func (b *resilienceBreaker) Ended(now mesh.Time, ticket uint32, v Verdict, _ *chance.Stream) {
	switch {
	case b.phase == Probes && v == Gone:
		if ticket == b.era {
			b.permits++
		}
	case b.phase == Probes:
		b.probed.add(v == Bad)
		b.judgeProbes(now)
	case b.phase == Flows && v != Gone:
		if b.judge(now, v == Bad) {
			b.turn(now, Shut)
		}
	}
}

func (b *resilienceBreaker) judgeProbes(now mesh.Time) {
	s := b.settings
	if all := b.probed.count; all < min(s.MinimumCalls, s.PermittedCalls) {
		return
	} else if exceeds(b.probed.marked, all, s.FailureRate) {
		b.turn(now, Shut)
	} else {
		b.turn(now, Flows)
	}
}

// judge adds to the window and says whether it shuts the breaker.
func (b *resilienceBreaker) judge(now mesh.Time, bad bool) bool {
	s := b.settings
	if s.SlidingWindowType != "time_based" {
		b.calls.add(bad)
		return b.calls.count >= min(s.MinimumCalls, s.SlidingWindowSize) && exceeds(b.calls.marked, b.calls.count, s.FailureRate)
	}
	b.seconds.add(now, bad)
	all, marked := b.seconds.sum(now)
	return int(all) >= s.MinimumCalls && exceeds(int(marked), int(all), s.FailureRate)
}

func exceeds(marked, all int, share unit.Ratio) bool {
	return float64(marked)/float64(all) >= float64(share)
}

// ChangesAt is the end of being shut.
func (b *resilienceBreaker) ChangesAt() mesh.Time {
	if b.phase != Shut {
		return mesh.Never
	}
	return b.until.Add(time.Nanosecond)
}

// last is a window over the last so many marks.
type last struct {
	bits          []uint64
	size, at      int
	count, marked int
}

func newLast(size int) last { return last{bits: make([]uint64, (size+63)/64), size: size} }

func (l *last) add(marked bool) {
	word, bit := &l.bits[l.at/64], uint64(1)<<(l.at%64)
	if *word&bit != 0 {
		l.marked--
	}
	*word &^= bit
	if marked {
		*word |= bit
		l.marked++
	}
	l.at = (l.at + 1) % l.size
	l.count = min(l.count+1, l.size)
}

func (l *last) reset() {
	clear(l.bits)
	l.at, l.count, l.marked = 0, 0, 0
}
