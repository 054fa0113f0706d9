package nearest_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

func TestName(t *testing.T) {
	fields := []string{"latency", "bandwidth", "loss", "to", "from", "retry_on", "least_request", "round_robin", "p2c"}
	for _, c := range []struct{ got, want string }{
		{"latancy", "latency"},     // one wrong letter
		{"Latency", "latency"},     // another case
		{"bandwdith", "bandwidth"}, // neighbours swapped
		{"retry-on", "retry_on"},   // the other dash
		{"retryOn", "retry_on"},    // camel case
		{"p2d", "p2c"},             // short, one letter off
		{"lost", "loss"},           //
		{"least", "least_request"}, // an abbreviation
		{"too", "to"},              //
		{"colour", ""},             // nothing like it
		{"", ""},                   //
		{"x", ""},                  // one letter is near everything and means nothing
		{strings.Repeat("a", 9999), ""},
	} {
		if got := nearest.Name(c.got, fields); got != c.want {
			t.Errorf("Name(%.20q) = %q, want %q", c.got, got, c.want)
		}
	}
}

func TestTheFirstOfEquallyNearNamesWins(t *testing.T) {
	if got := nearest.Name("cot", []string{"cat", "cut"}); got != "cat" {
		t.Errorf("got %q, want cat: the answer must not depend on chance", got)
	}
}
