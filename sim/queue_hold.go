package sim

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// Hold is the bare engine at work on the hold model: so many events wait, and
// each schedules one more after the next of the waits. It measures what an
// event costs when the model does nothing.
type Hold struct {
	engine engine
	waits  []time.Duration
	used   int
}

// NewHold lets so many events wait. The waits are used over and over.
func NewHold(waiting int, waits []time.Duration) *Hold {
	h := &Hold{waits: waits}
	for range waiting {
		h.engine.at(mesh.Time(h.wait()), arrival, 0)
	}
	return h
}

// Run runs so many events and returns the time of the last.
func (h *Hold) Run(events int) mesh.Time {
	for range events {
		k, ref, _ := h.engine.next()
		h.engine.at(h.engine.now.Add(h.wait()), k, ref)
	}
	return h.engine.now
}

func (h *Hold) wait() time.Duration {
	if h.used == len(h.waits) {
		h.used = 0
	}
	h.used++
	return h.waits[h.used-1]
}
