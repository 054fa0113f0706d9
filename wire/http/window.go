package http

import "errors"

const (
	smallestWindow = 1<<16 - 1 // RFC 9113 6.9.2
	largestWindow  = 1<<31 - 1 // 6.9.1
)

// ErrWindow is a flow control error: a window beyond 2,147,483,647 bytes (RFC
// 9113 6.9.1). Whose window it was loses its stream, or the connection.
var ErrWindow = errors.New("FLOW_CONTROL_ERROR: a window is at most 2147483647 bytes")

// Sender is what one side of a connection may still send (RFC 9113 5.2, 6.9).
// Only DATA counts, without its frame's header.
type Sender struct {
	connection int64
	initial    int64 // of a stream
}

// Stream is one stream's part of it. Its zero value is a stream just opened.
type Stream struct {
	used int64 // sent, less what the receiver gave back
}

// NewSender is that of a new connection: 65,535 bytes for it, and for each
// stream, until the receiver says otherwise (6.9.2).
func NewSender() Sender { return Sender{connection: smallestWindow, initial: smallestWindow} }

// Greeted takes what a receiver with these settings opens a connection with: its
// SETTINGS, and the WINDOW_UPDATE behind them.
func (s *Sender) Greeted(by *Settings) error {
	if err := s.SetInitial(int64(by.StreamWindow)); err != nil {
		return err
	}
	return s.Update(int64(by.ConnectionWindow) - smallestWindow)
}

// Window is what the stream may send now; it is negative after the initial
// window shrank (6.9.2).
func (s *Sender) Window(t *Stream) int64 { return min(s.connection, s.initial-t.used) }

// Take is how much of n bytes may be sent now; it counts as sent.
func (s *Sender) Take(t *Stream, n int64) int64 {
	n = max(0, min(n, s.Window(t)))
	s.connection -= n
	t.used += n
	return n
}

// Update takes a WINDOW_UPDATE of the connection (6.9).
func (s *Sender) Update(n int64) error {
	if s.connection+n > largestWindow {
		return ErrWindow
	}
	s.connection += n
	return nil
}

// UpdateStream takes one of a stream.
func (s *Sender) UpdateStream(t *Stream, n int64) error {
	if s.initial-t.used+n > largestWindow {
		return ErrWindow
	}
	t.used -= n
	return nil
}

// SetInitial takes a new SETTINGS_INITIAL_WINDOW_SIZE, which moves the windows of
// all open streams, and not the connection's (6.9.2).
func (s *Sender) SetInitial(n int64) error {
	if n > largestWindow {
		return ErrWindow
	}
	s.initial = n
	return nil
}

// Receiver is one window as its receiver keeps it, of a stream or of the
// connection. It opens the window again when half of it was consumed, as nghttp2
// does, and oghttp2.
type Receiver struct {
	window   int64
	left     int64 // what the sender may still send
	consumed int64 // and was not given back yet
}

// NewReceiver has a window of n bytes.
func NewReceiver(n int64) Receiver { return Receiver{window: n, left: n} }

// Arrived counts n bytes of DATA; more than the window is an error of the
// sender.
func (r *Receiver) Arrived(n int64) error {
	if n > r.left {
		return ErrWindow
	}
	r.left -= n
	return nil
}

// Consumed counts n bytes that the application has taken. What it returns goes
// into a WINDOW_UPDATE, if it is not 0.
func (r *Receiver) Consumed(n int64) (update int64) {
	r.consumed += n
	if 2*r.consumed < r.window {
		return 0
	}
	update, r.consumed = r.consumed, 0
	r.left += update
	return update
}
