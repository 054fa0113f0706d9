package coding_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/wire/coding"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	for _, c := range []struct{ text, refused string }{
		{"{format: json, compression: gzip, level: 6}", ""},
		{"{expansion: 2.5, ratio: 30%, compress: 10us}", ""},
		{"format: xml", "json"},
		{"compression: deflate", "gzip"},
		{"level: 23", "22"},
	} {
		var s coding.Settings
		_, err := strict.Decode("wire.yaml", []byte(c.text), &s)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: got %v, want %s", c.text, err, c.refused)
		}
	}
}
