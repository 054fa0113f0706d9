package policy

import (
	"errors"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// HystrixBreaker is that of Hystrix 1.5 (HystrixCircuitBreaker.java,
// HealthCountsStream.java). It looks at its window when a snapshot is due and
// not when an attempt ends, so that it may let a burst of failures through.
// Whatever ends while it probes decides, also an attempt of before; one that is
// given up then is a failure.
type HystrixBreaker struct {
	BreakerScope
	RequestVolumeThreshold   int           `yaml:"request_volume_threshold" min:"1" max:"1000000" doc:"attempts in the window before their share says anything"`
	ErrorThresholdPercentage unit.Ratio    `yaml:"error_threshold_percentage" max:"1" doc:"share of failures that shuts it"`
	SleepWindow              unit.Duration `yaml:"sleep_window" doc:"how long it is shut before one attempt probes"`
	RollingWindow            unit.Duration `yaml:"rolling_window" doc:"the time over which it counts"`
	SnapshotInterval         unit.Duration `yaml:"snapshot_interval" doc:"how often it looks"`
}

// Those of HystrixCommandProperties.
func hystrixDefaults() *HystrixBreaker {
	return &HystrixBreaker{BreakerScope: BreakerScope{"cluster"}, RequestVolumeThreshold: 20, ErrorThresholdPercentage: 0.5,
		SleepWindow: 5 * unit.Second, RollingWindow: 10 * unit.Second, SnapshotInterval: 500 * unit.Millisecond}
}

// Check holds the window to some snapshots, but not endlessly many.
func (s *HystrixBreaker) Check() error {
	if s.SnapshotInterval < unit.Millisecond {
		return errors.New("snapshot_interval must be at least 1ms")
	}
	if n := s.RollingWindow / s.SnapshotInterval; n < 1 || n > 10_000 {
		return errors.New("rolling_window must be 1 to 10000 times snapshot_interval")
	}
	return nil
}

// New makes the state for one upstream or one host.
func (s *HystrixBreaker) New() Breaker {
	width := s.SnapshotInterval.Std()
	return &hystrixBreaker{settings: s, width: width, due: mesh.Time(width), ring: make([]cell, s.RollingWindow/s.SnapshotInterval)}
}

type hystrixBreaker struct {
	settings *HystrixBreaker
	width    time.Duration
	due      mesh.Time // the next snapshot
	probes   mesh.Time // from when on one attempt probes, while it is shut
	ring     []cell    // closed intervals
	sum      cell      // of the ring
	head     cell      // the interval that is written
	at       int
	phase    Phase
}

// pass takes the snapshots that are due.
func (b *hystrixBreaker) pass(now mesh.Time) {
	for range len(b.ring) + 1 {
		if now < b.due {
			return
		}
		b.snapshot()
	}
	if now >= b.due { // the window is empty by now, and stays so
		b.due = b.due.Add((now.Sub(b.due)/b.width + 1) * b.width)
	}
}

func (b *hystrixBreaker) snapshot() {
	b.at = (b.at + 1) % len(b.ring)
	old := &b.ring[b.at]
	b.sum.all += b.head.all - old.all
	b.sum.marked += b.head.marked - old.marked
	*old, b.head = b.head, cell{}
	if b.phase == Flows && b.trips() {
		b.shut(b.due)
	}
	b.due = b.due.Add(b.width)
}

// trips compares whole percents, as Hystrix does.
func (b *hystrixBreaker) trips() bool {
	if int(b.sum.all) < b.settings.RequestVolumeThreshold {
		return false
	}
	return float64(uint64(b.sum.marked)*100/uint64(max(b.sum.all, 1))) >= 100*float64(b.settings.ErrorThresholdPercentage)
}

// shut: time counts in whole milliseconds, and the sleep has to be exceeded.
func (b *hystrixBreaker) shut(now mesh.Time) {
	b.phase = Shut
	b.probes = (now - now%mesh.Time(time.Millisecond)).Add(b.settings.SleepWindow.Std() + time.Millisecond)
}

func (b *hystrixBreaker) Phase(now mesh.Time) Phase {
	b.pass(now)
	return b.phase
}

func (b *hystrixBreaker) Admits(now mesh.Time) bool {
	b.pass(now)
	return b.phase == Flows || b.phase == Shut && now >= b.probes
}

// Began: the first after the sleep probes.
func (b *hystrixBreaker) Began(now mesh.Time) uint32 {
	b.pass(now)
	if b.phase == Shut {
		b.phase = Probes
	}
	return 0
}

func (b *hystrixBreaker) Ended(now mesh.Time, _ uint32, v Verdict, _ *chance.Stream) {
	b.pass(now)
	if v != Gone {
		b.head.all++
	}
	if v == Bad {
		b.head.marked++
	}
	switch {
	case b.phase != Probes:
	case v == Good:
		b.forget(now)
	default:
		b.shut(now)
	}
}

// forget makes it flow, with a window that is empty and begins now.
func (b *hystrixBreaker) forget(now mesh.Time) {
	clear(b.ring)
	b.sum, b.head, b.phase = cell{}, cell{}, Flows
	b.due = now.Add(b.width)
}

// ChangesAt is the next snapshot, while there is something to see.
func (b *hystrixBreaker) ChangesAt() mesh.Time {
	switch {
	case b.phase == Shut:
		return b.probes
	case b.phase == Flows && b.sum.all+b.head.all > 0:
		return b.due
	}
	return mesh.Never
}
