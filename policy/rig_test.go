package policy_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// rule reads one entry of a scenario's policies.
func rule(t testing.TB, text string) policy.Rule {
	t.Helper()
	if strings.TrimSpace(text) == "" {
		text = "{}" // says nothing
	}
	var r policy.Rule
	if _, err := strict.Decode("policy.yaml", []byte(text), &r); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return r
}

// plan is what one entry says about an edge that speaks HTTP/1.
func plan(t testing.TB, text string) policy.Plan {
	t.Helper()
	return policy.Resolve([]policy.Rule{rule(t, text)}, "web", "payments")
}

// upstream is one proxy's state for so many hosts under such an entry.
func upstream(t testing.TB, hosts int, text string) *policy.Upstream {
	t.Helper()
	p := plan(t, text)
	return policy.NewUpstream(&p, make([]policy.Endpoint, hosts), dice(1))
}

func dice(seed uint64) chance.Stream { return chance.New(seed, 0, "web-0", "payments") }

// replied is how an attempt over HTTP ends in o.
func replied(o mesh.Outcome) policy.Reply { return policy.ReplyOf(o, false) }
