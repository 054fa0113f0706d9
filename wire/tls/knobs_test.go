package tls_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/wire/tls"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	for _, c := range []struct{ text, refused string }{
		{"version: \"1.2\"", ""},
		{"{mutual: true, key: ecdsa-p256, certificates: [900B, 1.1KB], ticket: 1KB, sign: 30us}", ""},
		{"stack: openssl\nalpn: [h2, http/1.1]", ""},
		{"key: rsa-1024", "rsa-2048"},
		{"version: 1.4", "1.3"},
		{"max_fragment: 32KiB", "16KiB"},
		{"certificates: [1MB]", "64KiB"},
		{"false_start: true", "false_start is of TLS 1.2"},
		{"sign: 30", "unit"},
	} {
		var s tls.Settings
		_, err := strict.Decode("wire.yaml", []byte(c.text), &s)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: got %v, want %s", c.text, err, c.refused)
		}
	}
}
