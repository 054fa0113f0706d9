package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/mesh"
)

// SubsetConfig lets a balancer choose among the hosts with certain labels alone:
// those that the rule's subset names. Each subset has a balancer of its own,
// priorities and panic included. Envoy's LbSubsetConfig (cluster.proto and
// subset/subset_lb.cc).
type SubsetConfig struct {
	FallbackPolicy         string           `yaml:"fallback_policy" enum:"no_fallback,any_endpoint,default_subset" doc:"who is asked when no host has the labels: nobody (503), any host, or the hosts of default_subset"`
	DefaultSubset          []mesh.Label     `yaml:"default_subset" doc:"labels of the hosts to fall back to; any host when left out"`
	SubsetSelectors        []SubsetSelector `yaml:"subset_selectors" doc:"which keys make subsets; a rule's subset is found when it has exactly the keys of one of them"`
	LocalityWeightAware    bool             `yaml:"locality_weight_aware" doc:"zones have their weights within a subset too; it needs locality_weighted_lb_config"`
	ScaleLocalityWeight    bool             `yaml:"scale_locality_weight" doc:"a zone's weight shrinks to the part of its hosts that the subset has"`
	PanicModeAny           bool             `yaml:"panic_mode_any" doc:"when the fallback has no host to ask either, any is asked"`
	ListAsAny              bool             `yaml:"list_as_any" doc:"a host whose label has several values, with commas between, is in the subset of each"`
	AllowRedundantKeys     bool             `yaml:"allow_redundant_keys" doc:"keys in a rule's subset that no selector has are left aside; the longest selector that fits wins"`
	MetadataFallbackPolicy string           `yaml:"metadata_fallback_policy" enum:"metadata_no_fallback,fallback_list" doc:"whether the rule's subset_fallback_list counts"`
}

// SetDefaults gives Envoy's.
func (c *SubsetConfig) SetDefaults() {
	c.FallbackPolicy, c.MetadataFallbackPolicy = "no_fallback", "metadata_no_fallback"
}

// Check holds c to weights that can be scaled.
func (c *SubsetConfig) Check() error {
	if c.ScaleLocalityWeight && !c.LocalityWeightAware {
		return errors.New("scale_locality_weight scales nothing without locality_weight_aware")
	}
	return nil
}

// SubsetSelector makes a subset of the hosts for each combination of values that
// its keys have.
type SubsetSelector struct {
	Keys                []string `yaml:"keys" required:"true" doc:"keys of labels"`
	FallbackPolicy      string   `yaml:"fallback_policy" enum:"not_defined,no_fallback,any_endpoint,default_subset,keys_subset" doc:"who is asked when no host has the values: as the whole has it, nobody, any host, the hosts of default_subset, or those that agree in fallback_keys_subset"`
	FallbackKeysSubset  []string `yaml:"fallback_keys_subset" doc:"keys_subset: some of the keys"`
	SingleHostPerSubset bool     `yaml:"single_host_per_subset" doc:"of the hosts with the same values only the first is ever asked, in good and bad health"`
}

// SetDefaults gives Envoy's.
func (s *SubsetSelector) SetDefaults() { s.FallbackPolicy = "not_defined" }

// Short names the key that a bare list sets: `subset_selectors: [[version]]`.
func (*SubsetSelector) Short() string { return "keys" }

// Check holds s to keys that it can fall back to (subset_lb_config.cc,
// SubsetSelector).
func (s *SubsetSelector) Check() error {
	given := len(s.FallbackKeysSubset) > 0
	switch {
	case len(s.Keys) == 0:
		return errors.New("a selector needs one key at least")
	case s.FallbackPolicy != "keys_subset":
		return nil
	case !given && s.FallbackPolicy == "keys_subset":
		return errors.New("fallback_policy: keys_subset needs fallback_keys_subset")
	}
	for _, key := range s.FallbackKeysSubset {
		if !slices.Contains(s.Keys, key) {
			return fmt.Errorf("fallback_keys_subset has %s, which is none of the keys", key)
		}
	}
	if len(s.keys()) == len(uniqueSorted(s.FallbackKeysSubset)) {
		return errors.New("fallback_keys_subset has all the keys; falling back would lead here again")
	}
	return nil
}

// keys are the keys as a set.
func (s *SubsetSelector) keys() []string { return uniqueSorted(s.Keys) }

func uniqueSorted(keys []string) []string {
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// SubsetChoice is an entry of a rule's subset_fallback_list.
type SubsetChoice struct {
	Subset []mesh.Label `yaml:"subset" required:"true" doc:"labels, as in subset; they stand over those of the rule"`
}

// SubsetMatch is the subset that a request is for: Envoy's metadata_match of a
// route.
type SubsetMatch struct {
	labels    []mesh.Label   // by key
	fallbacks [][]mesh.Label // tried in turn, each with the labels it leaves alone
}

// NewSubsetMatch makes the match of labels; nil of none.
func NewSubsetMatch(labels []mesh.Label, list []SubsetChoice) *SubsetMatch {
	if len(labels) == 0 && len(list) == 0 {
		return nil
	}
	m := &SubsetMatch{labels: over(nil, labels)}
	for i := range list {
		m.fallbacks = append(m.fallbacks, over(labels, list[i].Subset))
	}
	return m
}

// over is the labels below with those above over them, by key.
func over(below, above []mesh.Label) []mesh.Label {
	all := slices.Clone(above)
	for _, l := range below {
		if !slices.ContainsFunc(above, func(a mesh.Label) bool { return a.Key == l.Key }) {
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b mesh.Label) int { return strings.Compare(a.Key, b.Key) })
	return all
}
