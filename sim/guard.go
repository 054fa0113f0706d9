package sim

import (
	"errors"
	"fmt"

	"github.com/meshdyno/meshdyno/mesh"
)

// ErrStandstill is the end of a run in which events go on and time does not:
// users who do not think, say, before a service that takes no time.
var ErrStandstill = errors.New("time stands still")

const (
	// tooMany is how many events, and rounds of repeats, one instant may have.
	tooMany = 10_000_000
	// deepest is how many calls that take no time may nest on the stack. What
	// lies deeper goes over the queue of events.
	deepest = 100
	// manyRounds of repeats that take no time are a turn; then others have one.
	manyRounds = 1 << 12
)

// guard notices models that would keep a run from ever ending.
type guard struct {
	instant mesh.Time // since when time may have stood still,
	since   uint64    // and what had happened before
	rounds  uint64    // of repeats so far
	nested  int       // calls on the stack
}

// standsStill is asked every few thousand events.
func (r *Run) standsStill() bool {
	happened := r.events + r.rounds
	if r.now != r.instant {
		r.instant, r.since = r.now, happened
	}
	return happened-r.since > tooMany
}

func (r *Run) standstill() error {
	return fmt.Errorf("%w at %v: more than %d events at one instant; %s", ErrStandstill, r.now, tooMany, r.crowd())
}

// turnIsOver says that repeats have gone on for a while.
func (r *Run) turnIsOver() bool {
	r.rounds++
	return r.rounds%manyRounds == 0
}
