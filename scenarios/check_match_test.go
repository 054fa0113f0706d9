package scenarios

import (
	"strconv"
	"strings"
	"testing"
)

// routed is a scenario with these policies.
func routed(policies string) string {
	return `services:
  web: {endpoints: {/: {steps: [{call: payments/charge}]}}}
  payments: {endpoints: {/charge: {}}}
  shadow: {endpoints: {/charge: {}, /other: {}}}
traffic: {shoppers: {to: web, rate: 100/s, headers: {x-user: ann}}}
policies:
` + policies
}

// TestMatchesThatCannotBe: what may not differ from request to request, and
// names that are none.
func TestMatchesThatCannotBe(t *testing.T) {
	for _, c := range []struct{ policies, want string }{
		{"  - {to: payments, match: {path: /charge}, load_balancer: random}",
			"f.yaml:7:59: load_balancer may not depend on the request: a proxy has one for all that it sends to the callee; move it to a rule without match"},
		{"  - {to: payments, match: {path: /charge}, circuit_breaker: {}}",
			"f.yaml:7:44: circuit_breaker may not depend on the request: a proxy has one for all that it sends to the callee; move it to a rule without match"},
		{"  - {to: payments, match: {path: /charge}, lb_subset_config: {}}",
			"f.yaml:7:44: lb_subset_config may not depend on the request: a proxy has one for all that it sends to the callee; move it to a rule without match"},
		{"  - {to: payments, match: {path: /charge}, subset: {version: v2}}", `f.yaml:7:62: unknown label of payments "version" (there are none)`},
		{"  - {to: payments, match: {path: /charge}, priority: low}", `f.yaml:7:54: priority must be one of default, high (got "low")`},
		{"  - {to: payments, match: {path: /charge}, hash_policy: [{}]}", "f.yaml:7:58: an entry of hash_policy is exactly one of header, cookie, query_parameter, source_ip"},
		{"  - {to: payments, mirror: shadw}", `f.yaml:7:28: unknown service "shadw"; did you mean shadow?`},
		{"  - {to: payments, mirror: shadow/nope}", `f.yaml:7:28: unknown endpoint of shadow "/nope" (have /charge, /other)`},
		{"  - {to: payments, mirror: {to: shadow}}", "f.yaml:7:28: mirror must be a list (got a mapping); put a dash before each entry"},
		{"  - {to: payments, mirror: [shadow, shadow, shadow, shadow, shadow, shadow, shadow, shadow, shadow]}", "f.yaml:7:20: 9 copies of a request (allowed 8)"},
		{strings.Repeat("  - {match: {path: /charge}, timeout: 1s}\n", 65), "f.yaml:71:6: the 65th rule with match for calls from shoppers to web (allowed 64)"},
	} {
		_, err := Load("f.yaml", []byte(routed(c.policies)), LoadOptions{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.policies, err, c.want)
		}
	}
}

// TestMirrorsAreGuardedAgainstCycles: a mirror that calls what it mirrors.
func TestMirrorsAreGuardedAgainstCycles(t *testing.T) {
	text := strings.Replace(routed("  - {to: payments, mirror: shadow}"), "shadow: {endpoints: {/charge: {}", "shadow: {endpoints: {/charge: {steps: [{call: payments}]}", 1)
	if _, err := Load("f.yaml", []byte(text), LoadOptions{}); err == nil || !strings.Contains(err.Error(), "shadow/charge -> shadow/charge") {
		t.Errorf("got %v", err)
	}
	half := strings.Replace(text, "mirror: shadow}", "mirror: [{to: shadow, runtime_fraction: 50%}]}", 1)
	if _, err := Load("f.yaml", []byte(half), LoadOptions{}); err != nil {
		t.Errorf("a cycle that chance ends: %v", err)
	}
}

// TestMatchesThatNoRequestMeets.
func TestMatchesThatNoRequestMeets(t *testing.T) {
	for i, c := range []struct{ match, want string }{
		{"{path: /chrage}", `policies.0.match.path: never met: payments has no endpoint "/chrage"; did you mean /charge?`},
		{"{headers: {x-usr: jason}}", "policies.0.match.headers.x-usr: never met: no traffic class sends the header x-usr; did you mean x-user?"},
		{"[{cookies: {a: b}}, {path: /charge}]", "policies.0.match.any_of.0.cookies: never met: no traffic class sends the header cookie"},
		{"{headers: {x-usr: {present_match: false}, ':path': {prefix: /}, x-user: {}}}", ""},
	} {
		s, err := Load("f.yaml", []byte(routed("  - {to: payments, match: "+c.match+", timeout: 1s}")), LoadOptions{})
		if err != nil {
			t.Fatal(strconv.Itoa(i), err)
		}
		if got := strings.Join(s.Warnings, "\n"); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.match, got, c.want)
		}
	}
}
