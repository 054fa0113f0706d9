package tcp

import (
	"time"

	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
)

// KindKey names the key that chooses the row.
func (*Congestion) KindKey() string { return "kind" }

// Kinds is the menu to choose from.
func (*Congestion) Kinds() menu.Any { return Controls }

// SetKind takes the chosen row.
func (c *Congestion) SetKind(name string, settings any) {
	c.Kind, c.Settings = name, settings.(ControlSettings)
}

func (c *Congestion) choose(name string) { c.SetKind(name, Controls.Must(name)) }

// Controls is the menu of congestion controls.
var Controls = menu.Of("congestion control",
	menu.Row[ControlSettings]{Name: "reno", About: "one segment more each round trip, half the window after a loss (RFC 5681)", New: func() ControlSettings { return &Reno{} }},
	menu.Row[ControlSettings]{Name: "cubic", About: "a cube of the time since the last loss, 0.7 of the window after a loss (RFC 9438)", New: func() ControlSettings { return cubicDefaults() }},
)

// ControlSettings are the knobs of one kind of congestion control.
type ControlSettings interface {
	// New makes the state for one direction of a connection.
	New() Control
}

// Control moves the congestion window.
type Control interface {
	// Reset makes it new, for another connection.
	Reset()
	// Acked grows the window: new bytes were acknowledged, no loss is being
	// repaired, and the sender had made full use of it.
	Acked(now mesh.Time, w *Window, a Ack)
	// Lost sets the threshold, to which the window shrinks, when a loss is found
	// in a flight of so many bytes.
	Lost(now mesh.Time, w *Window, flight int64)
	// TimedOut does so after a retransmission timeout; the window becomes one
	// segment.
	TimedOut(now mesh.Time, w *Window, flight int64)
	// Rested tells that the sender had nothing to send for so long.
	Rested(idle time.Duration)
}

// Window is the congestion window of a sender, in bytes.
type Window struct {
	Size      int64 // how much may be under way
	Threshold int64 // slow start is below it
	Segment   int64 // the largest segment
}

// SlowStart says that the window doubles each round trip.
func (w *Window) SlowStart() bool { return w.Size < w.Threshold }

// floor is the least threshold (RFC 5681, equation 4).
func (w *Window) floor(n int64) int64 { return max(n, 2*w.Segment) }

// Ack is what an acknowledgement tells a Control.
type Ack struct {
	Bytes    int64         // newly acknowledged
	Una, Nxt int64         // the first position not acknowledged, the next to be sent
	Trip     time.Duration // the round trip that it measured; 0 for none
	Smooth   time.Duration // the smoothed one
}

// unlimited is a threshold that was never set.
const unlimited = 1 << 60
