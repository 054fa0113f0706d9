package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// checkZoneWeights holds the weights of zones to the zones there are.
func (l *loader) checkZoneWeights(s *mesh.Service) {
	path, sum := at("services", s.Name, "zone_weights"), 0
	for _, z := range s.ZoneWeights {
		if sum += z.Weight; !slices.Contains(s.Zones, z.Zone) {
			l.unknown(append(path, z.Zone), "zone of "+s.Name, z.Zone, s.Zones)
		}
	}
	switch {
	case len(s.ZoneWeights) == 0:
		return
	case sum == 0:
		l.fail(path, "the weights are all 0, so no zone would get anything")
	}
	for _, zone := range s.Zones {
		if !slices.ContainsFunc(s.ZoneWeights, func(z mesh.ZoneWeight) bool { return z.Zone == zone }) {
			l.warn(path, "zone %s has no weight, so it gets nothing", zone)
		}
	}
	if !slices.ContainsFunc(l.scenario.Policies, func(r policy.Rule) bool {
		return (r.To == "" || r.To == s.Name) && r.CommonLB != nil && r.CommonLB.LocalityWeighted != nil
	}) {
		l.warn(path, "never used: no policy for %s has common_lb_config: {locality_weighted_lb_config: {}}", s.Name)
	}
}

// warnZoneWeights finds rules that weigh the zones of a service that has no
// weights for them, so that its zones do not count.
func (l *loader) warnZoneWeights(path []string, r *policy.Rule) {
	if r.To == "" || r.CommonLB == nil || r.CommonLB.LocalityWeighted == nil {
		return
	}
	for i := range l.scenario.Services {
		if s := &l.scenario.Services[i]; s.Name == r.To && len(s.ZoneWeights) == 0 {
			l.warn(append(path, "common_lb_config", "locality_weighted_lb_config"), "never used: %s has no zone_weights", s.Name)
		}
	}
}

// checkSubsets finds subsets that say how many replicas there are against what
// the service says.
func (l *loader) checkSubsets(s *mesh.Service) {
	if len(s.Subsets) > 0 && l.tree.HasKey("replicas", "services", s.Name) {
		l.fail(at("services", s.Name, "replicas"), "the subsets of %s have replicas of their own, %d together; leave replicas out", s.Name, s.Replicas)
	}
	for i := range s.Subsets {
		for j := range s.Subsets[:i] {
			if slices.Equal(s.Subsets[i].Labels, s.Subsets[j].Labels) {
				l.warn(at("services", s.Name, "subsets", s.Subsets[i].Name), "has the labels of %s, so that nothing can tell them apart", s.Subsets[j].Name)
			}
		}
	}
}

// checkSubsetRules holds what rules say of labels to the labels there are.
func (l *loader) checkSubsetRules() {
	for i := range l.scenario.Policies {
		r, path := &l.scenario.Policies[i], at("policies", strconv.Itoa(i))
		services := l.labelled(r.To)
		l.checkLabels(append(path, "subset"), r.Subset, services, r)
		for j := range r.SubsetFallbacks {
			l.checkLabels(append(path, "subset_fallback_list", strconv.Itoa(j), "subset"), r.SubsetFallbacks[j].Subset, services, r)
		}
		if c := r.SubsetConfig; c != nil {
			l.checkSubsetConfig(append(path, "lb_subset_config"), c, services, r)
		}
	}
}

// labelled are the services that a rule to one, or to all, may be about.
func (l *loader) labelled(to string) (some []*mesh.Service) {
	for i := range l.scenario.Services {
		if s := &l.scenario.Services[i]; to == "" || s.Name == to {
			some = append(some, s)
		}
	}
	return some
}

// checkLabels holds labels to those of some replica. That no replica has a value
// may be meant where there is something to fall back to.
func (l *loader) checkLabels(path []string, labels []mesh.Label, services []*mesh.Service, r *policy.Rule) {
	for _, label := range labels {
		values, keys := valuesOf(label.Key, services)
		if values == nil {
			l.unknown(append(path, label.Key), "label of "+nameOfAll(r.To), label.Key, keys)
		}
		if values != nil && !slices.Contains(values, label.Value) {
			l.warn(append(path, label.Key), "%s; %s", unknown(label.Key+" of "+nameOfAll(r.To), label.Value, values), then(r))
		}
	}
	if len(labels) > 1 && !slices.ContainsFunc(services, func(s *mesh.Service) bool {
		return slices.ContainsFunc(s.Subsets, func(sub mesh.Subset) bool { return bearsAll(sub.Labels, labels) })
	}) {
		l.warn(path, "no replica of %s has all these labels", nameOfAll(r.To))
	}
}

// valuesOf finds the values that a key has, and all keys that there are.
func valuesOf(key string, services []*mesh.Service) (values, keys []string) {
	for _, s := range services {
		for i := range s.Subsets {
			for _, label := range s.Subsets[i].Labels {
				if keys = append(keys, label.Key); label.Key == key {
					values = append(values, splitValues(label.Value)...)
				}
			}
		}
	}
	return uniq(values), uniq(keys)
}

func splitValues(text string) (values []string) {
	for value := range strings.SplitSeq(text, ",") {
		values = append(values, strings.TrimSpace(value))
	}
	return values
}

func uniq(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func bearsAll(have, want []mesh.Label) bool {
	return !slices.ContainsFunc(want, func(w mesh.Label) bool {
		return !slices.ContainsFunc(have, func(h mesh.Label) bool {
			return h.Key == w.Key && slices.Contains(splitValues(h.Value), w.Value)
		})
	})
}

// fallsBack says whether a rule has somebody to ask where no host has the labels.
func fallsBack(r *policy.Rule) bool {
	c := r.SubsetConfig
	return len(r.SubsetFallbacks) > 0 || c != nil && (c.FallbackPolicy != "no_fallback" ||
		slices.ContainsFunc(c.SubsetSelectors, func(s policy.SubsetSelector) bool {
			return s.FallbackPolicy != "not_defined" && s.FallbackPolicy != "no_fallback"
		}))
}

// then is what becomes of a call whose subset is empty.
func then(r *policy.Rule) string {
	if fallsBack(r) {
		return "its calls fall back"
	}
	return "its calls are answered 503"
}

func nameOfAll(to string) string {
	if to == "" {
		return "any service"
	}
	return to
}

// checkSubsetConfig holds the keys of selectors to those of labels, and finds
// what has no effect.
func (l *loader) checkSubsetConfig(path []string, c *policy.SubsetConfig, services []*mesh.Service, r *policy.Rule) {
	for i := range c.SubsetSelectors {
		for j, key := range c.SubsetSelectors[i].Keys {
			if values, keys := valuesOf(key, services); values == nil {
				l.warn(append(path, "subset_selectors", strconv.Itoa(i), "keys", strconv.Itoa(j)), "%s", unknown("label of "+nameOfAll(r.To), key, keys))
			}
		}
		if s := &c.SubsetSelectors[i]; len(s.FallbackKeysSubset) > 0 && s.FallbackPolicy != "keys_subset" {
			l.warn(append(path, "subset_selectors", strconv.Itoa(i), "fallback_keys_subset"), "never used: fallback_policy is %s, not keys_subset", s.FallbackPolicy)
		}
	}
	defaults := c.FallbackPolicy == "default_subset" || slices.ContainsFunc(c.SubsetSelectors, func(s policy.SubsetSelector) bool { return s.FallbackPolicy == "default_subset" })
	switch {
	case len(c.DefaultSubset) > 0 && !defaults:
		l.warn(append(path, "default_subset"), "never used: no fallback_policy is default_subset")
	case len(c.DefaultSubset) > 0:
		l.checkLabels(append(path, "default_subset"), c.DefaultSubset, services, &policy.Rule{To: r.To, SubsetConfig: &policy.SubsetConfig{FallbackPolicy: "any_endpoint"}})
	}
	if len(r.SubsetFallbacks) > 0 && c.MetadataFallbackPolicy != "fallback_list" {
		l.warn(append(path, "metadata_fallback_policy"), "is %s, so subset_fallback_list is never used; it needs fallback_list", c.MetadataFallbackPolicy)
	}
	if c.LocalityWeightAware && (r.CommonLB == nil || r.CommonLB.LocalityWeighted == nil) {
		l.warn(append(path, "locality_weight_aware"), "never used: it needs common_lb_config: {locality_weighted_lb_config: {}} in the same rule")
	}
	if len(c.SubsetSelectors) == 0 && c.FallbackPolicy == "no_fallback" {
		l.warn(path, "without subset_selectors and with no_fallback nobody is ever asked: every call is answered 503")
	}
	if len(c.SubsetSelectors) > 0 && c.FallbackPolicy == "no_fallback" && len(r.Subset) == 0 && len(r.SubsetFallbacks) == 0 && !l.someSubset(r) {
		l.warn(path, "no rule for %s has a subset, and with no_fallback nobody is asked without one: every call is answered 503", nameOfAll(r.To))
	}
}

// someSubset says whether another rule may give the subset that a rule lacks.
func (l *loader) someSubset(r *policy.Rule) bool {
	return slices.ContainsFunc(l.scenario.Policies, func(other policy.Rule) bool {
		return (len(other.Subset) > 0 || len(other.SubsetFallbacks) > 0) && (other.To == r.To || other.To == "" || r.To == "")
	})
}
