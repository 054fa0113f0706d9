package dns_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/wire/dns"
)

// TestKnobs reads settings as users write them, and refuses what cannot be.
func TestKnobs(t *testing.T) {
	for _, c := range []struct{ text, refused string }{
		{"{nameservers: 2, ndots: 5, search: [svc.cluster.local]}", ""},
		{"nameservers: 4", "3"},
		{"timeout: 5", "unit"},
		{"edns: 4096B", ""},
	} {
		var s dns.Settings
		_, err := strict.Decode("wire.yaml", []byte(c.text), &s)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: got %v, want %s", c.text, err, c.refused)
		}
	}
}
