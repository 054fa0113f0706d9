package coding_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict/stricttest"
	"github.com/meshdyno/meshdyno/wire/coding"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	stricttest.Knobs[coding.Settings](t, [][2]string{
		{"{format: json, compression: gzip, level: 6}", ""},
		{"{expansion: 2.5, ratio: 30%, compress: 10us}", ""},
		{"format: xml", "json"},
		{"compression: deflate", "gzip"},
		{"level: 23", "22"},
	})
}
