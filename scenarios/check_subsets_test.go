package scenarios

import (
	"slices"
	"testing"
)

// grouped is a scenario whose db has subsets and zones.
func grouped(policy string) string {
	return "services: {web: {endpoints: {/: {steps: [{call: db}]}}}, db: {zones: [a, b], zone_weights: {a: 3, b: 1}, subsets: {v1: 3, v2: {labels: {version: v2, stage: canary}}}}}\n" +
		"traffic: {users: {to: web, rate: 1/s}}\npolicies: [{to: db, common_lb_config: {locality_weighted_lb_config: {}}}, " + policy + "]"
}

// TestGroupsThatAreNone: labels and zones that nothing has, and keys that exclude
// each other.
func TestGroupsThatAreNone(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a label", grouped("{to: db, subset: {versoin: v1}}"), `t.yaml:3:102: unknown label of db "versoin"; did you mean version?`},
		{"a label of no subset", grouped("{to: web, subset: {version: v1}}"), `t.yaml:3:103: unknown label of web "version" (there are none)`},
		{"a label in a list", grouped("{to: db, subset_fallback_list: [{subset: {zone: a}}]}"), `t.yaml:3:123: unknown label of db "zone" (have stage, version)`},
		{"a fallback to itself", grouped("{to: db, lb_subset_config: {subset_selectors: [{keys: [version], fallback_policy: keys_subset, fallback_keys_subset: [version]}]}}"),
			"t.yaml:3:122: fallback_keys_subset has all the keys; falling back would lead here again"},
		{"scaling alone", grouped("{to: db, lb_subset_config: {scale_locality_weight: true}}"), "t.yaml:3:102: scale_locality_weight scales nothing without locality_weight_aware"},
		{"two ways with zones", grouped("{to: db, common_lb_config: {locality_weighted_lb_config: {}, zone_aware_lb_config: {}}}"),
			"t.yaml:3:102: zone_aware_lb_config and locality_weighted_lb_config are two ways of looking at zones; leave one out"},
		{"a zone", "services: {web: {zones: [a], zone_weights: {b: 1}}}\n" + users, `t.yaml:1:48: unknown zone of web "b"; did you mean a?`},
		{"no weight", "services: {web: {zones: [a], zone_weights: {a: 0}}}\n" + users, "t.yaml:1:30: the weights are all 0, so no zone would get anything"},
		{"a weight below 0", "services: {web: {zones: [a], zone_weights: {a: -1}}}\n" + users, `t.yaml:1:48: "a" must be at least 0 (got "-1")`},
		{"replicas twice", "services: {web: {replicas: 3, subsets: {v1: 2}}}\n" + users, "t.yaml:1:28: the subsets of web have replicas of their own, 2 together; leave replicas out"},
		{"no carrier", grouped("{to: db, stateful_session: {strict: true}}"), "t.yaml:3:102: stateful_session is exactly one of cookie, header"},
		{"half a second", grouped("{to: db, stateful_session: {cookie: {name: s, ttl: 500ms}}}"), "t.yaml:3:111: ttl is in whole seconds, 1s or more; leave it out for as long as the caller stays"},
		{"sessions of users", "services: {web: {}}\ntraffic: {users: {to: web, users: 3, sessions: 2}}", "t.yaml:2:18: each of users is a session of its own; leave out sessions"},
	} {
		if _, err := Load("t.yaml", []byte(c.text), LoadOptions{}); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n%v, want\n%s", c.name, err, c.want)
		}
	}
}

// TestGroupsThatAreIdle: what is allowed and does nothing, or nothing good.
func TestGroupsThatAreIdle(t *testing.T) {
	const p = "policies.1."
	for _, c := range []struct {
		policy string
		want   []string
	}{
		{"{to: db, subset: {version: v2}}", nil},
		{"{to: db, subset: {stage: canary, version: v1}}", []string{p + "subset: no replica of db has all these labels"}},
		{"{to: db, subset: {version: v3}}", []string{p + `subset.version: unknown version of db "v3"; did you mean v1?; its calls are answered 503`}},
		{"{to: db, subset: {version: v3}, lb_subset_config: {fallback_policy: any_endpoint, subset_selectors: [[version]]}}", []string{p + `subset.version: unknown version of db "v3"; did you mean v1?; its calls fall back`}},
		{"{to: db, lb_subset_config: {}}", []string{p + "lb_subset_config: without subset_selectors and with no_fallback nobody is ever asked: every call is answered 503"}},
		{"{to: db, lb_subset_config: {subset_selectors: [[version]]}}", []string{p + "lb_subset_config: no rule for db has a subset, and with no_fallback nobody is asked without one: every call is answered 503"}},
		{"{to: db, subset: {version: v1}, lb_subset_config: {subset_selectors: [[version], {keys: [color], fallback_keys_subset: [color]}]}}", []string{
			p + `lb_subset_config.subset_selectors.1.fallback_keys_subset: never used: fallback_policy is not_defined, not keys_subset`,
			p + `lb_subset_config.subset_selectors.1.keys.0: unknown label of db "color" (have stage, version)`}},
		{"{to: db, subset: {version: v1}, subset_fallback_list: [{subset: {version: v2}}], lb_subset_config: {default_subset: {version: v1}, locality_weight_aware: true, subset_selectors: [[version]]}}", []string{
			p + "lb_subset_config.default_subset: never used: no fallback_policy is default_subset",
			p + "lb_subset_config.locality_weight_aware: never used: it needs common_lb_config: {locality_weighted_lb_config: {}} in the same rule",
			p + "lb_subset_config.metadata_fallback_policy: is metadata_no_fallback, so subset_fallback_list is never used; it needs fallback_list"}},
		{"{to: web, common_lb_config: {locality_weighted_lb_config: {}}}", []string{p + "common_lb_config.locality_weighted_lb_config: never used: web has no zone_weights"}},
		{"{to: db, stateful_session: {header: x-host}}", []string{p + "stateful_session: never used: no caller keeps what it is given; traffic with users or sessions does, towards the service that it calls itself"}},
	} {
		if s := load(t, grouped(c.policy)); !slices.Equal(s.Warnings, c.want) {
			t.Errorf("%s warns\n  %q, want\n  %q", c.policy, s.Warnings, c.want)
		}
	}
	for text, want := range map[string]string{
		"services: {web: {zones: [a, b], zone_weights: {a: 1}}}\n" + users:                                                 "services.web.zone_weights: never used: no policy for web has common_lb_config: {locality_weighted_lb_config: {}}",
		"services: {web: {subsets: {v1: {labels: {x: y}}, v2: {labels: {x: y}}}}}\n" + users:                               "services.web.subsets.v2: has the labels of v1, so that nothing can tell them apart",
		"services: {web: {}}\ntraffic: {users: {to: web, rate: 1/s, sessions: 2}}":                                         "traffic.users.sessions: never used: no policy from users to web has a stateful_session",
		"services: {web: {}}\ntraffic: {users: {to: web, users: 2}}\npolicies: [{to: web, stateful_session: {header: x}}]": "",
	} {
		s := load(t, text)
		if want == "" && len(s.Warnings) > 0 || want != "" && !slices.Contains(s.Warnings, want) {
			t.Errorf("%s warns\n  %q, want\n  %q", text, s.Warnings, want)
		}
	}
}
