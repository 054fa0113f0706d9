package http_test

import (
	"errors"
	"testing"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/http"
)

// windows are a connection's of 100 kB, and streams' of 65,535 bytes.
func windows() (http.Settings, http.Sender) {
	s := http.Settings{StreamWindow: 65535, ConnectionWindow: 100_000}
	return s, greeted(&s)
}

func greeted(s *http.Settings) http.Sender {
	sender := http.NewSender()
	if err := sender.Greeted(s); err != nil {
		panic(err)
	}
	return sender
}

// TestGreeting: a client may send at once, 65,535 bytes, and the rest when the
// server's settings are there: an upload to Envoy stops once, for a round trip.
func TestGreeting(t *testing.T) {
	var settings http.Settings
	settings.SetDefaults()
	s := http.NewSender()
	var a http.Stream
	if got := s.Take(&a, 1<<20); got != 65535 {
		t.Errorf("%d bytes at once, want 65535", got)
	}
	check(t, s.Greeted(&settings))
	if got := s.Take(&a, 1<<20-65535); got != 1<<20-65535 {
		t.Errorf("%d bytes then, want %d", got, 1<<20-65535)
	}
	if got, want := s.Window(&a), int64(16<<20-1<<20); got != want {
		t.Errorf("a window of %d is left, want %d", got, want)
	}
}

// TestTwoStreams: the first stream has what its own window allows, the second
// what is left of the connection's; each WINDOW_UPDATE opens one of the two.
func TestTwoStreams(t *testing.T) {
	_, s := windows()
	var a, b http.Stream
	want := func(what string, got, want int64) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	want("a", s.Take(&a, 1<<20), 65535)
	want("b, held up by a", s.Take(&b, 1<<20), 100_000-65535)
	if err := s.UpdateStream(&a, 1000); err != nil {
		t.Fatal(err)
	}
	want("a, its own window open and the connection's shut", s.Take(&a, 5000), 0)
	if err := s.Update(3000); err != nil {
		t.Fatal(err)
	}
	want("a", s.Take(&a, 5000), 1000)
	want("b", s.Take(&b, 5000), 2000)
}

// TestShrinking: RFC 9113 6.9.2 has a client that sends 60 KiB at once, and a
// server that sets the initial window to 16 KiB; the window is then -44 KiB, and
// the client waits until WINDOW_UPDATEs make it positive.
func TestShrinking(t *testing.T) {
	settings := http.Settings{StreamWindow: 65535, ConnectionWindow: unit.MiB}
	s := greeted(&settings)
	var a http.Stream
	s.Take(&a, 60<<10)
	if err := s.SetInitial(16 << 10); err != nil {
		t.Fatal(err)
	}
	if got := s.Window(&a); got != -44<<10 {
		t.Errorf("window %d, want %d", got, -44<<10)
	}
	_ = s.UpdateStream(&a, 44<<10)
	if got := s.Take(&a, 1); got != 0 {
		t.Errorf("%d bytes through a window of 0", got)
	}
	_ = s.UpdateStream(&a, 1)
	if got := s.Take(&a, 9); got != 1 {
		t.Errorf("%d bytes through a window of 1", got)
	}
}

// TestTooWide: a window beyond 2^31 - 1 is an error (6.9.1).
func TestTooWide(t *testing.T) {
	_, s := windows()
	var a http.Stream
	for _, err := range []error{s.Update(1<<31 - 100_000), s.UpdateStream(&a, 1<<31-65535), s.SetInitial(1 << 31)} {
		if !errors.Is(err, http.ErrWindow) {
			t.Errorf("got %v", err)
		}
	}
	if err := s.Update(1<<31 - 1 - 100_000); err != nil {
		t.Error(err)
	}
}

// FuzzWindows sends over two streams, whose receiver consumes and updates in any
// order: the sender never sends what the receiver did not allow, what is sent is
// never more than both windows beyond what was consumed, and at the end, all
// consumed, at least half of each window is open.
func FuzzWindows(f *testing.F) {
	f.Add([]byte{1, 200, 2, 200, 3, 255, 0, 255, 1, 9})
	f.Add([]byte("any order will do, whatever it is"))
	f.Fuzz(func(t *testing.T, script []byte) {
		settings, sender := windows()
		connection := http.NewReceiver(int64(settings.ConnectionWindow))
		streams := [2]http.Stream{}
		receivers := [2]http.Receiver{http.NewReceiver(65535), http.NewReceiver(65535)}
		held := [2]int64{}
		consume := func(i int, n int64) {
			held[i] -= n
			if u := receivers[i].Consumed(n); u > 0 {
				check(t, sender.UpdateStream(&streams[i], u))
			}
			if u := connection.Consumed(n); u > 0 {
				check(t, sender.Update(u))
			}
		}
		for k := 0; k+1 < len(script); k += 2 {
			i, n := int(script[k]&1), int64(script[k+1])*400
			if script[k]&2 != 0 {
				consume(i, min(n, held[i]))
				continue
			}
			got := sender.Take(&streams[i], n)
			check(t, connection.Arrived(got))
			check(t, receivers[i].Arrived(got))
			if held[i] += got; held[i] > 65535 || held[0]+held[1] > 100_000 {
				t.Fatalf("%d bytes are held", held)
			}
		}
		consume(0, held[0])
		consume(1, held[1])
		if w := min(sender.Window(&streams[0]), sender.Window(&streams[1])); 2*w < 65535 {
			t.Errorf("a window of %d at the end", w)
		}
	})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestUpdates: a megabyte through a window of 64 KiB takes an update every 32
// KiB.
func TestUpdates(t *testing.T) {
	r := http.NewReceiver(64 << 10)
	updates := 0
	for range 1024 {
		check(t, r.Arrived(1024))
		if r.Consumed(1024) > 0 {
			updates++
		}
	}
	if updates != 32 {
		t.Errorf("%d updates, want 32", updates)
	}
}
