package dns_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict/stricttest"
	"github.com/meshdyno/meshdyno/wire/dns"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	stricttest.Knobs[dns.Settings](t, [][2]string{
		{"{nameservers: 2, ndots: 5, search: [svc.cluster.local]}", ""},
		{"nameservers: 4", "3"},
		{"timeout: 5", "unit"},
		{"edns: 4096B", ""},
	})
}
