package http_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/wire/http"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	for _, c := range []struct{ text, refused string }{
		{"{initial_stream_window_size: 65535B, initial_connection_window_size: 1MiB}", ""},
		{"{hpack_table_size: 0B}", ""},
		{"max_frame_size: 1KiB", "16KiB"},
		{"initial_stream_window_size: 25MiB", "no stream could use it"},
		{"initial_stream_window_size: 3GiB", "2147483647"},
	} {
		var s http.Settings
		_, err := strict.Decode("wire.yaml", []byte(c.text), &s)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: got %v, want %s", c.text, err, c.refused)
		}
	}
}
