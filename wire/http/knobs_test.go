package http_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict/stricttest"
	"github.com/meshdyno/meshdyno/wire/http"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	stricttest.Knobs[http.Settings](t, [][2]string{
		{"{initial_stream_window_size: 65535B, initial_connection_window_size: 1MiB}", ""},
		{"{hpack_table_size: 0B}", ""},
		{"max_frame_size: 1KiB", "16KiB"},
		{"initial_stream_window_size: 25MiB", "no stream could use it"},
		{"initial_stream_window_size: 3GiB", "2147483647"},
	})
}
