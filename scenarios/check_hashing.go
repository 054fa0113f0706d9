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
	for i := range l.scenario.Policies {
		r, path := &l.scenario.Policies[i], at("policies", strconv.Itoa(i))
		l.warnUnsent(path, r.HashPolicy, sent)
		if len(r.HashPolicy) > 0 && !l.hashes(r) {
			l.warn(append(path, "hash_policy"), "never used: no load_balancer for %s keeps requests together", nameOfAll(r.To))
		}
		if r.LoadBalancer == nil {
			continue
		}
		path = append(path, "load_balancer")
		policies, hashes := policy.HashPolicies(r.LoadBalancer.Settings)
		if hashes && len(policies) == 0 && !l.hashedByRoute(r) {
			l.warn(path, "%s without hash_policy keeps nothing together: every request goes to any host", r.LoadBalancer.Policy)
		}
		l.warnGRPCRing(path, r)
		l.warnLongTable(path, r.LoadBalancer.Settings)
		l.warnUnsent(path, policies, sent)
	}
}

// warnUnsent finds headers that no one sends.
func (l *loader) warnUnsent(path []string, policies []policy.HashPolicy, sent map[string]bool) {
	for j, p := range policies {
		if name := p.Header; name != "" && !sent[strings.ToLower(name)] {
			l.warn(append(slices.Clone(path), "hash_policy", strconv.Itoa(j), "header"), "no traffic class sends the header %s%s", name, meant(name, sent))
		}
	}
}

// hashes says whether requests that a rule is about may meet a balancer that
// looks at their hash.
func (l *loader) hashes(r *policy.Rule) bool {
	return slices.ContainsFunc(l.scenario.Policies, func(other policy.Rule) bool {
		if other.LoadBalancer == nil || !overlap(r, &other) {
			return false
		}
		_, hashes := policy.HashPolicies(other.LoadBalancer.Settings)
		return hashes
	})
}

// hashedByRoute says whether some rule has a hash_policy for the balancer of
// another.
func (l *loader) hashedByRoute(r *policy.Rule) bool {
	return slices.ContainsFunc(l.scenario.Policies, func(other policy.Rule) bool {
		return len(other.HashPolicy) > 0 && overlap(r, &other)
	})
}

// overlap says whether two rules may be about the same call.
func overlap(a, b *policy.Rule) bool {
	return (a.To == b.To || a.To == "" || b.To == "") && (a.From == b.From || a.From == "" || b.From == "")
}

// manyPoints take a tenth of a second to sort.
const manyPoints = 1_000_000

// warnLongTable finds tables that take more time and memory than one expects.
func (l *loader) warnLongTable(path []string, settings policy.BalancerSettings) {
	key, points := "", 0
	switch b := settings.(type) {
	case *policy.RingHash:
		key, points = "minimum_ring_size", b.MinimumRingSize
	case *policy.Maglev:
		key, points = "table_size", b.TableSize
	}
	if points > manyPoints {
		l.warn(append(path, key), "slow to run: each set of hosts that a proxy chooses among has a table of its own of %d points, built anew when hosts come and go", points)
	}
}

// warnGRPCRing finds settings of a ring that gRPC does not know (gRFC A42).
func (l *loader) warnGRPCRing(path []string, r *policy.Rule) {
	ring, ok := r.LoadBalancer.Settings.(*policy.RingHash)
	if !ok || r.Dialect != "grpc" {
		return
	}
	if ring.HashFunction != "xx_hash" {
		l.warn(append(path, "hash_function"), "never used: gRPC hashes hosts by xx_hash")
	}
	if ring.MinimumRingSize > policy.GRPCRingCap {
		l.warn(append(path, "minimum_ring_size"), "gRPC's rings have %d points at most", policy.GRPCRingCap)
	}
	if ring.Config != (policy.ConsistentConfig{}) {
		l.warn(append(path, "consistent_hashing_lb_config"), "never used: gRPC knows no such thing")
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
