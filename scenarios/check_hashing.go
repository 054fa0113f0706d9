package scenarios

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/policy"
)

// warnHashing finds balancers that keep nothing together, because they are not
// told what, or told of a header that no one sends.
func (l *loader) warnHashing() {
	sent := l.headers()
	for i, r := range l.scenario.Policies {
		if r.LoadBalancer == nil {
			continue
		}
		path := at("policies", strconv.Itoa(i), "load_balancer")
		policies, hashes := policy.HashPolicies(r.LoadBalancer.Settings)
		if hashes && len(policies) == 0 {
			l.warn(path, "%s without hash_policy keeps nothing together: every request goes to any host", r.LoadBalancer.Policy)
		}
		for j, p := range policies {
			if name := p.Header; name != "" && !sent[strings.ToLower(name)] {
				l.warn(append(path, "hash_policy", strconv.Itoa(j), "header"), "no traffic class sends the header %s%s", name, meant(name, sent))
			}
		}
	}
}

// headers are the names of all headers that traffic has, in lower case.
func (l *loader) headers() map[string]bool {
	sent := map[string]bool{}
	for _, t := range l.scenario.Traffic {
		for _, h := range t.Headers {
			sent[strings.ToLower(h.Name)] = true
		}
	}
	return sent
}

func meant(name string, sent map[string]bool) string {
	if near := nearest.Name(name, slices.Sorted(maps.Keys(sent))); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
