package quic_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/wire/quic"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	for _, c := range []struct{ text, refused string }{
		{"datagram: 1350", ""},
		{"datagram: 1000", "1200"},
		{"connection_id: 21", "20"},
	} {
		var s quic.Settings
		_, err := strict.Decode("wire.yaml", []byte(c.text), &s)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: got %v, want %s", c.text, err, c.refused)
		}
	}
}
