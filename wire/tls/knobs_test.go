package tls_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict/stricttest"
	"github.com/meshdyno/meshdyno/wire/tls"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	stricttest.Knobs[tls.Settings](t, [][2]string{
		{"version: \"1.2\"", ""},
		{"{mutual: true, key: ecdsa-p256, certificates: [900B, 1.1KB], ticket: 1KB, sign: 30us}", ""},
		{"stack: openssl\nalpn: [h2, http/1.1]", ""},
		{"key: rsa-1024", "rsa-2048"},
		{"version: 1.4", "1.3"},
		{"max_fragment: 32KiB", "16KiB"},
		{"certificates: [1MB]", "64KiB"},
		{"false_start: true", "false_start is of TLS 1.2"},
		{"sign: 30", "unit"},
	})
}
