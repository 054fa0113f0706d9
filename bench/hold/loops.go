package hold

import "github.com/meshdyno/meshdyno/sim"

// Loop is a hold model: filled once, it runs so many events at a time and
// returns when the last of them happened.
type Loop interface {
	Hold(events int) (now int64)
}

// Loops are the ways to hold events, by name.
var Loops = []struct {
	Name string
	New  func(waiting int, w *Waits) Loop
}{
	{"bare Go heap", func(n int, w *Waits) Loop { return NewHeap(n, w) }},
	{"bare Go ladder", func(n int, w *Waits) Loop { return NewLadder(n, w) }},
	{"meshdyno engine", func(n int, w *Waits) Loop { return engine{sim.NewHold(n, w.Drawn)} }},
}

// engine is meshdyno's own, with its clock, its sequence numbers and its
// fingerprint.
type engine struct{ hold *sim.Hold }

func (e engine) Hold(events int) int64 { return int64(e.hold.Run(events)) }
