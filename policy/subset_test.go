package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// labels reads "version=1.0 stage=prod"; a comma parts several values of one.
func labels(text string) (all []mesh.Label) {
	for _, pair := range strings.Fields(text) {
		key, value, _ := strings.Cut(pair, "=")
		all = append(all, mesh.Label{Key: key, Value: value})
	}
	slices.SortFunc(all, func(a, b mesh.Label) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// labelled makes endpoints with these labels.
func labelled(hosts ...string) []policy.Endpoint {
	endpoints := make([]policy.Endpoint, len(hosts))
	for i, text := range hosts {
		endpoints[i] = policy.Endpoint{Address: fmt.Sprint("reviews-", i), Labels: labels(text)}
	}
	return endpoints
}

// asked lists the hosts that are asked for a match, each once: "0 2", "" when
// nobody is.
func asked(up *policy.Upstream, match *policy.SubsetMatch) string {
	seen, d := make([]bool, len(up.Hosts())), dice(1)
	for range 40 {
		if host := policy.BalancerOf(up).Pick(0, up.Set(), &policy.Ask{Subset: match, Attempt: 1, Last: -1}, &d); host >= 0 {
			seen[host] = true
		}
	}
	var hosts []string
	for i, yes := range seen {
		if yes {
			hosts = append(hosts, fmt.Sprint(i))
		}
	}
	return strings.Join(hosts, " ")
}

var (
	versions = []string{"version=1.0", "version=1.0", "version=1.1", "version=1.1"}
	stages   = []string{"version=1.0 stage=prod", "version=1.0 stage=prod", "version=1.0 stage=off", "version=1.1 stage=prod", "version=999 stage=dev"}
	letters  = []string{"A=0 B=0 C=0 D=0", "A=1 B=1 C=1 D=1", "A=2 B=2 C=2 D=2", "A=3 B=3 C=3 D=3", "A=4 B=4 C=4 D=4", "version=1.0 stage=dev", "version=1.0 stage=canary"}
	compound = []string{"version=1.0 hardware=c32", "version=1.0 hardware=c32 foo=bar", "version=2.0 hardware=c32 stage=dev", "version=2.0"}
	chained  = []string{"version=1.0 hardware=c32 stage=dev", "version=2.0 hardware=c64 stage=dev", "version=1.0 hardware=c32 stage=test"}
)

const redundant = "allow_redundant_keys: true, subset_selectors: [{keys: [A], fallback_policy: no_fallback}, {keys: [A, B], fallback_policy: no_fallback}, {keys: [A, B, C], fallback_policy: no_fallback}, {keys: [A, D], fallback_policy: no_fallback}, {keys: [version, stage], fallback_policy: no_fallback}]"

// TestSubsetsAreEnvoys is subset_test.cc, case by case: which hosts are asked for
// which labels; "-" is a request without any. A case of theirs that changes the
// hosts in between stands here with the hosts it ends with.
func TestSubsetsAreEnvoys(t *testing.T) {
	for _, c := range []struct {
		name, config string
		hosts        []string
		want         map[string]string
	}{
		{"NoFallback", "", versions, map[string]string{"-": "", "version=1.0": ""}},
		{"FallbackAnyEndpoint", "fallback_policy: any_endpoint", versions, map[string]string{"-": "0 1 2 3", "version=1.0": "0 1 2 3"}},
		{"FallbackDefaultSubset", "fallback_policy: default_subset, default_subset: {version: default}", []string{"version=new", "version=default"}, map[string]string{"-": "1"}},
		{"FallbackDefaultSubsetAfterUpdate", "fallback_policy: default_subset, default_subset: {version: default}", []string{"version=new", "version=new", "version=default"}, map[string]string{"-": "2"}},
		{"FallbackPanicMode", "fallback_policy: default_subset, panic_mode_any: true, default_subset: {version: none}", []string{"version=new", "version=default"}, map[string]string{"-": "0 1"}},
		{"FallbackPanicMode, without", "fallback_policy: default_subset, default_subset: {version: none}", []string{"version=new", "version=default"}, map[string]string{"-": ""}},
		{"panic needs a fallback", "panic_mode_any: true", versions, map[string]string{"-": ""}},
		{"FallbackEmptyDefaultSubsetConvertsToAnyEndpoint", "fallback_policy: default_subset", versions, map[string]string{"-": "0 1 2 3"}},
		{"FallbackOnUnknownMetadata", "fallback_policy: any_endpoint, subset_selectors: [[version]]", versions, map[string]string{"unknown=unknown": "0 1 2 3", "version=unknown": "0 1 2 3"}},
		{"BalancesSubset", "subset_selectors: [[version]]", versions, map[string]string{"version=1.0": "0 1", "version=1.1": "2 3", "version=1.2": ""}},
		{"ListAsAnyEnabled", "list_as_any: true, subset_selectors: [[version]]", []string{"version=1.2.1,1.2", "version=1.0"}, map[string]string{"version=1.0": "1", "version=1.2": "0", "version=1.2.1": "0"}},
		{"ListAsAnyEnabledMultipleLists", "list_as_any: true, subset_selectors: [[version]]", []string{"version=1.2.1,1.2", "version=1.2.2,1.2", "version=1.0"}, map[string]string{"version=1.0": "2", "version=1.2": "0 1", "version=1.2.1": "0", "version=1.2.2": "1"}},
		{"ListAsAnyEnabledMultipleListsForSingleHost", "list_as_any: true, subset_selectors: [[version, hardware]]", []string{"version=1.2.1,1.2 hardware=a,b", "version=1.1,1.1.1 hardware=b,c"}, map[string]string{"version=1.2 hardware=a": "0", "version=1.1 hardware=b": "1", "version=1.1 hardware=a": "", "version=1.2.1 hardware=b": "0"}},
		{"ListAsAnyDisable", "subset_selectors: [[version]]", []string{"version=1.2.1,1.2", "version=1.0"}, map[string]string{"version=1.0": "1", "version=1.2": ""}},
		{"BalancesDisjointSubsets", "subset_selectors: [[version], [hardware]]", []string{"version=1.0 hardware=std", "version=1.0 hardware=bigmem", "version=1.1 hardware=std", "version=1.1 hardware=bigmem"}, map[string]string{"version=1.0": "0 1", "hardware=bigmem": "1 3"}},
		{"BalancesOverlappingSubsets", "subset_selectors: [[stage, version], [version]]", stages, map[string]string{"version=1.0": "0 1 2", "version=1.0 stage=prod": "0 1", "version=999 stage=dev": "4", "version=2.0 stage=prod": ""}},
		{"BalancesNestedSubsets", "subset_selectors: [[stage, version], [stage]]", stages, map[string]string{"stage=prod": "0 1 3", "version=1.0 stage=prod": "0 1", "stage=larval": "", "version=2.0 stage=prod": ""}},
		{"IgnoresUnselectedMetadata", "subset_selectors: [[version]]", []string{"version=1.0 stage=ignored", "ignore=value", "version=1.0"}, map[string]string{"version=1.0": "0 2", "ignore=value": ""}},
		{"IgnoresHostsWithoutMetadata", "subset_selectors: [[version]]", []string{"", "version=1.0"}, map[string]string{"version=1.0": "1"}},
		{"SubsetSelectorNoFallbackPerSelector", "fallback_policy: default_subset, subset_selectors: [{keys: [version], fallback_policy: no_fallback}]", versions, map[string]string{"version=1.0": "0 1", "version=1.1": "2 3", "version=1.2": ""}},
		{"FallbackNotDefinedForIntermediateSelector", "fallback_policy: any_endpoint, subset_selectors: [[stage], {keys: [stage, version], fallback_policy: any_endpoint}]", []string{"version=1.0 stage=dev", "version=1.0 stage=canary"}, map[string]string{"stage=dev": "0", "stage=test": "0 1"}},
		{"a selector that a longer one has passed", "fallback_policy: any_endpoint, subset_selectors: [[stage, version], {keys: [stage], fallback_policy: no_fallback}]", stages, map[string]string{"stage=prod": "0 1 3", "stage=test": "0 1 2 3 4"}},
		{"SubsetSelectorFallbackOverridesTopLevelOne", "fallback_policy: any_endpoint, subset_selectors: [{keys: [version], fallback_policy: no_fallback}]", versions, map[string]string{"unknown=unknown": "0 1 2 3", "version=unknown": ""}},
		{"SubsetSelectorNoFallbackMatchesTopLevelOne", "subset_selectors: [{keys: [version], fallback_policy: no_fallback}]", versions, map[string]string{"unknown=unknown": "", "version=unknown": ""}},
		{"AllowRedundantKeysForSubset", redundant, letters, map[string]string{"-": "", "version=1.0 stage=canary": "6", "version=1.0 stage=dev redundant=X": "5", "version=1.0 stage=prod redundant=X": "",
			"A=0 B=0 C=0": "0", "A=0 B=0 C=X": "", "A=1 B=1 C=1 D=X": "1", "A=1 B=1 C=X D=X": "", "A=2 B=2 D=X": "2", "A=3 B=X D=3": "", "A=3 C=X D=3": "3"}},
		{"SubsetSelectorDefaultAnyFallbackPerSelector", "default_subset: {bar: default}, subset_selectors: [{keys: [version], fallback_policy: default_subset}, {keys: [app], fallback_policy: any_endpoint}, [foo]]",
			[]string{"version=0.0", "version=1.0", "app=envoy", "foo=abc bar=default"}, map[string]string{"version=1.0": "1", "version=x": "3", "app=envoy": "2", "app=ngnix": "0 1 2 3", "foo=abc": "3", "foo=x": ""}},
		{"SubsetSelectorDefaultAfterUpdate", "fallback_policy: default_subset, default_subset: {version: default}, subset_selectors: [{keys: [version], fallback_policy: default_subset}]", []string{"version=new", "version=new", "version=default"}, map[string]string{"version=x": "2"}},
		{"SubsetSelectorAnyAfterUpdate", "subset_selectors: [{keys: [version], fallback_policy: any_endpoint}]", []string{"version=1", "version=3"}, map[string]string{"version=x": "0 1"}},
		{"FallbackForCompoundSelector", "fallback_policy: any_endpoint, default_subset: {foo: bar}, subset_selectors: [[version], {keys: [version, hardware, stage], fallback_policy: no_fallback}, {keys: [version, hardware], fallback_policy: default_subset}, {keys: [version, stage], fallback_policy: keys_subset, fallback_keys_subset: [version]}]",
			compound, map[string]string{"version=1.0 hardware=c32": "0 1", "version=x hardware=c32": "1", "version=2.0 hardware=zzz stage=dev": "", "version=2.0 hardware=c32 stage=x": "", "version=2.0 hardware=c32 stage=dev": "2", "version=2.0": "2 3", "version=2.0 stage=dev": "2", "version=2.0 stage=canary": "2 3"}},
		{"KeysSubsetFallbackChained", "subset_selectors: [{keys: [stage], fallback_policy: no_fallback}, {keys: [stage, version], fallback_policy: keys_subset, fallback_keys_subset: [stage]}, {keys: [stage, version, hardware], fallback_policy: keys_subset, fallback_keys_subset: [version, stage]}]",
			chained, map[string]string{"version=1.0 hardware=c32 stage=dev": "0", "version=2.0 hardware=arm stage=dev": "1", "version=1.2 hardware=arm stage=dev": "0 1"}},
		{"KeysSubsetFallbackToNotExistingSelector", "fallback_policy: any_endpoint, subset_selectors: [{keys: [stage, version], fallback_policy: keys_subset, fallback_keys_subset: [stage]}]", []string{"version=1.0 stage=dev"}, map[string]string{"version=1.0 stage=test": "0"}},
		{"MetadataFallbackDisabled", "subset_selectors: [[fallback_list]]", []string{"fallback_list=lorem", "fallback_list=ipsum"}, map[string]string{"fallback_list=ipsum": "1"}},
		{"SingleHost AcceptMultipleSelectors", "subset_selectors: [{keys: [version], single_host_per_subset: true}, {keys: [test], single_host_per_subset: true}]", []string{"", "version=v1", "version=v2 test=a", "test=a", "test=b"}, map[string]string{"version=v1": "1", "version=v2": "2", "test=a": "2", "test=b": "4"}},
		{"SingleHost AcceptMultipleKeys", "subset_selectors: [{keys: [version, test], single_host_per_subset: true}]", []string{"version=v1", "version=v2 test=a", "version=v2 test=b"}, map[string]string{"version=v1": "", "version=v2 test=a": "1", "version=v2 test=b": "2"}},
		{"SingleHost HybridMultipleSelectorsAndKeys", "subset_selectors: [{keys: [version, test], single_host_per_subset: true}, [version]]", []string{"version=v1", "version=v1 test=a", "version=v1 test=a"}, map[string]string{"version=v1": "0 1 2", "version=v1 test=a": "1"}},
		{"SingleHost DuplicateMetadataStat", "subset_selectors: [{keys: [key], single_host_per_subset: true}]", []string{"key=a", "key=a", "key=a", "key=b"}, map[string]string{"key=a": "0", "key=b": "3"}},
		{"SingleHost Match", "subset_selectors: [{keys: [key], single_host_per_subset: true}]", []string{"key=a", "key=b"}, map[string]string{"key=a": "0", "key=b": "1"}},
		{"SingleHost FallbackOnUnknownMetadata", "fallback_policy: any_endpoint, subset_selectors: [{keys: [key], single_host_per_subset: true}]", []string{"key=a", "key=b"}, map[string]string{"unknown=x": "0 1", "key=x": "0 1"}},
	} {
		for _, kind := range []string{"round_robin", "least_request", "random", "maglev", "ring_hash"} {
			p := plan(t, "load_balancer: "+kind+"\nlb_subset_config: {"+c.config+"}")
			up := policy.NewUpstream(&p, labelled(c.hosts...), dice(1))
			for text, want := range c.want {
				match := policy.NewSubsetMatch(labels(strings.TrimPrefix(text, "-")), nil)
				if got := asked(up, match); got != want {
					t.Errorf("%s, %s: for %s hosts %q, want %q", c.name, kind, text, got, want)
				}
			}
		}
	}
}

// TestSubsetFallbackLists is subset_test.cc, MetadataFallbackList and
// MetadataFallbackAndSubsetFallback. Lists that are none cannot be written here.
func TestSubsetFallbackLists(t *testing.T) {
	const first = "metadata_fallback_policy: fallback_list, subset_selectors: [[version]]"
	const both = "metadata_fallback_policy: fallback_list, fallback_policy: any_endpoint, subset_selectors: [{keys: [hardware], fallback_policy: no_fallback}, {keys: [hardware, stage], fallback_policy: keys_subset, fallback_keys_subset: [hardware]}]"
	three := []string{"version=1.0", "version=2.0", "version=3.0"}
	kinds := []string{"hardware=c32 stage=production", "hardware=c64 stage=canary", "hardware=c64 stage=production"}
	for _, c := range []struct {
		name, config string
		hosts        []string
		own          string
		list         []string
		want         string
	}{
		{"none", first, three, "", nil, ""},
		{"the preferred", first, three, "", []string{"version=2.0", "version=1.0"}, "1"},
		{"the preferred is gone", first, []string{"version=1.0", "version=3.0"}, "", []string{"version=2.0", "version=1.0"}, "0"},
		{"no list", first, three, "version=1.0", nil, "0"},
		{"the list stands over the rest", first, three, "version=1.0", []string{"hardware=arm", "version=5.0", "version=3.0"}, "2"},
		{"lists do not count", "subset_selectors: [[version]]", three, "version=1.0", []string{"version=3.0"}, "0"},
		{"first entry by its selector's fallback", both, kinds, "stage=canary", []string{"hardware=c32", "hardware=c64"}, "0"},
		{"second entry", both, kinds, "stage=canary", []string{"hardware=c16", "hardware=c64"}, "1"},
		{"first entry by the fallback of all", both, kinds, "", []string{"unknown=ipsum", "hardware=c64"}, "0 1 2"},
	} {
		p := plan(t, "lb_subset_config: {"+c.config+"}")
		up := policy.NewUpstream(&p, labelled(c.hosts...), dice(1))
		var list []policy.SubsetChoice
		for _, text := range c.list {
			list = append(list, policy.SubsetChoice{Subset: labels(text)})
		}
		if got := asked(up, policy.NewSubsetMatch(labels(c.own), list)); got != c.want {
			t.Errorf("%s: hosts %q, want %q", c.name, got, c.want)
		}
	}
}

// TestSubsetOfARule: a rule's subset needs no lb_subset_config, and is then for
// those hosts alone.
func TestSubsetOfARule(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "0 1 2 3",
		"subset: {version: 1.0}": "0 1",
		"subset: {version: 1.2}": "",
		"{subset: {version: 1.2}, subset_fallback_list: [{subset: {version: 1.3}}, {subset: {version: 1.1}}]}":        "2 3",
		"{subset: {version: 1.2}, lb_subset_config: {fallback_policy: any_endpoint, subset_selectors: [[version]]}}":  "0 1 2 3",
		"{subset: {version: 1.1}, lb_subset_config: {fallback_policy: any_endpoint, subset_selectors: [[version]]}}":  "2 3",
		"{subset: {version: 1.1}, load_balancer: {policy: maglev, hash_policy: [{source_ip: true}]}, dialect: envoy}": "2 3",
	} {
		p := plan(t, text)
		if got := asked(policy.NewUpstream(&p, labelled(versions...), dice(1)), p.Subset); got != want {
			t.Errorf("%s: hosts %q, want %q", text, got, want)
		}
	}
}

// TestSubsetsFollowMembership: a subset whose last host leaves is none, and is
// one again when the host comes back; a single host is followed by the next
// (subset_test.cc, UpdateRemovingLastSubsetHost, EmptySubsetsPurged, UpdateFailover
// and SingleHostPerSubset Update).
func TestSubsetsFollowMembership(t *testing.T) {
	p := plan(t, "lb_subset_config: {fallback_policy: any_endpoint, subset_selectors: [[version], {keys: [stage], single_host_per_subset: true}]}")
	up := policy.NewUpstream(&p, labelled("version=1.0", "version=1.1 stage=a", "stage=a"), dice(1))
	version, stage := policy.NewSubsetMatch(labels("version=1.1"), nil), policy.NewSubsetMatch(labels("stage=a"), nil)
	steps := []struct {
		change         func()
		version, stage string
	}{
		{func() {}, "1", "1"},
		{func() { up.Left(0, 1) }, "0 2", "2"},
		{func() { up.Left(0, 2) }, "0", "0"},
		{func() { up.Joined(0, 1) }, "1", "1"},
	}
	for i, s := range steps {
		s.change()
		if v, st := asked(up, version), asked(up, stage); v != s.version || st != s.stage {
			t.Errorf("step %d: hosts %q and %q, want %q and %q", i, v, st, s.version, s.stage)
		}
	}
}

// TestSubsetsPanicAlone: hosts that are ejected count within their subset.
func TestSubsetsPanicAlone(t *testing.T) {
	p := plan(t, "{lb_subset_config: {subset_selectors: [[version]]}, "+strings.TrimSpace(ejecting)+"}")
	up := policy.NewUpstream(&p, labelled("version=1", "version=1", "version=1", "version=2", "version=2", "version=2"), dice(1))
	for _, host := range []int{0, 3, 4} {
		up.Hosts()[host].Ejected = true
	}
	up.Refresh()
	for text, want := range map[string]string{"version=1": "1 2", "version=2": "3 4 5"} {
		if got := asked(up, policy.NewSubsetMatch(labels(text), nil)); got != want {
			t.Errorf("%s: hosts %q, want %q", text, got, want)
		}
	}
}

// TestSubsetZoneWeights is subset_test.cc, DisabledLocalityWeightAwareness,
// EnabledLocalityWeightAwareness, EnabledScaleLocalityWeights,
// EnabledScaleLocalityWeightsRounding and ScaleLocalityWeightsWithNoLocalityWeights:
// of 900 requests so many go to the first zone. (50 scaled are 25 and 13.)
func TestSubsetZoneWeights(t *testing.T) {
	even := []string{"version=1.0", "version=1.1", "version=1.0", "version=1.1", "version=1.0", "version=1.1"}
	uneven := []string{"version=1.0", "version=1.1", "version=1.0", "version=1.0", "version=1.0", "version=1.1"}
	for _, c := range []struct {
		name, config string
		hosts        []string
		weights      [2]uint32
		version      string
		first        int
	}{
		{"Disabled", "", even, [2]uint32{1, 100}, "version=1.1", 300},
		{"Enabled", "locality_weight_aware: true, ", even, [2]uint32{1, 100}, "version=1.1", 9},
		{"EnabledScale", "locality_weight_aware: true, scale_locality_weight: true, ", uneven, [2]uint32{50, 50}, "version=1.1", 592},
		{"EnabledScaleRounding", "locality_weight_aware: true, scale_locality_weight: true, ", uneven, [2]uint32{2, 2}, "version=1.0", 300},
		{"NoLocalityWeights", "locality_weight_aware: true, scale_locality_weight: true, ", even, [2]uint32{0, 0}, "version=1.0", 300},
	} {
		p := plan(t, "{"+strings.TrimSpace(zonesWeighed)+", lb_subset_config: {"+c.config+"subset_selectors: [[version]]}}")
		endpoints := labelled(c.hosts...)
		for i := range endpoints {
			endpoints[i].Zone, endpoints[i].ZoneWeight = "a", c.weights[0]
			if i >= 2 {
				endpoints[i].Zone, endpoints[i].ZoneWeight = "b", c.weights[1]
			}
		}
		up, d, first := policy.NewUpstream(&p, endpoints, dice(1)), dice(1), 0
		ask := policy.Ask{Subset: policy.NewSubsetMatch(labels(c.version), nil)}
		for range 900 {
			if policy.BalancerOf(up).Pick(0, up.Set(), &ask, &d) < 2 {
				first++
			}
		}
		if first < c.first-3 || first > c.first+3 {
			t.Errorf("%s: %d of 900 go to the first zone, want %d", c.name, first, c.first)
		}
	}
}

// TestEveryBalancerInSubsets: each row of the menu works within a subset, also
// behind zones, shares its tables and allocates nothing.
func TestEveryBalancerInSubsets(t *testing.T) {
	for _, row := range policy.Balancers.Rows() {
		p := plan(t, zoned+"\nload_balancer: "+row.Name+"\nsubset: {version: 1.1}")
		endpoints := labelled(versions...)
		for i := range endpoints {
			endpoints[i].Zone = string(rune('a' + i%2))
		}
		up := policy.NewUpstream(&p, endpoints, dice(1))
		up.Share(new(policy.Tables))
		up.Locate("a", []policy.ZoneCallers{{Zone: "a", Count: 1}, {Zone: "b", Count: 1}})
		for range 200 {
			if host := call(up, mesh.OK); host < 2 {
				t.Fatalf("%s: host %d is asked", row.Name, host)
			}
		}
		if n := testing.AllocsPerRun(200, func() { call(up, mesh.OK) }); n > 0 {
			t.Errorf("%s: %v allocations a call", row.Name, n)
		}
	}
}

func TestBadSelectors(t *testing.T) {
	for want, s := range map[string]policy.SubsetSelector{
		"a selector needs one key at least":                                         {},
		"fallback_policy: keys_subset needs fallback_keys_subset":                   {Keys: []string{"a"}, FallbackPolicy: "keys_subset"},
		"fallback_keys_subset has c, which is none of the keys":                     {Keys: []string{"a", "b"}, FallbackPolicy: "keys_subset", FallbackKeysSubset: []string{"c"}},
		"fallback_keys_subset has all the keys; falling back would lead here again": {Keys: []string{"a", "b"}, FallbackPolicy: "keys_subset", FallbackKeysSubset: []string{"b", "a"}},
	} {
		if err := s.Check(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// BenchmarkSubset is a pick within one of ten subsets of 1000 hosts.
func BenchmarkSubset(b *testing.B) {
	var hosts []string
	for i := range 1000 {
		hosts = append(hosts, fmt.Sprint("version=", i%10))
	}
	p := plan(b, "{load_balancer: least_request, subset: {version: 3}}")
	up := policy.NewUpstream(&p, labelled(hosts...), dice(1))
	b.ReportAllocs()
	for b.Loop() {
		up.PickHash(0)
	}
}
