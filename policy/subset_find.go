package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
)

// find follows labels to the subsets that are tried for them in turn
// (subset_lb.cc, chooseHostIteration).
func (s *subsets) find(set *Set, labels []mesh.Label) []*subset {
	if s.config.AllowRedundantKeys {
		labels = s.reduce(labels)
	}
	if b := s.selected(set, labels); b != nil && b.hosts > 0 {
		return []*subset{b}
	}
	if s.implied {
		return nil
	}
	selector := s.selectorOf(labels)
	if selector == nil {
		return s.fallback(set)
	}
	switch selector.FallbackPolicy {
	case "no_fallback":
		return nil
	case "any_endpoint":
		return []*subset{s.of(set, anyHost, nil)}
	case "default_subset":
		return s.defaults(set)
	case "keys_subset":
		return s.find(set, only(labels, selector.FallbackKeysSubset))
	}
	return s.fallback(set)
}

// selected is the subset with these labels if a selector has their keys.
func (s *subsets) selected(set *Set, labels []mesh.Label) *subset {
	if s.implied {
		return s.of(set, bySelector, labels)
	}
	for i := range s.config.SubsetSelectors {
		selector := &s.config.SubsetSelectors[i]
		switch {
		case !slices.Equal(selector.keys(), keysOf(labels)):
		case selector.SingleHostPerSubset:
			return s.of(set, singleInSet, labels)
		default:
			return s.of(set, bySelector, labels)
		}
	}
	return nil
}

// selectorOf is the selector whose fallback holds for labels. Envoy keeps the
// selectors in a tree by their sorted keys, in which the first to pass a place
// makes it: a selector whose place a longer one has passed before has no
// fallback of its own (initSubsetSelectorMap).
func (s *subsets) selectorOf(labels []mesh.Label) *SubsetSelector {
	keys := keysOf(labels)
	for i := range s.config.SubsetSelectors {
		selector := &s.config.SubsetSelectors[i]
		own := selector.keys()
		if len(own) < len(keys) || !slices.Equal(own[:len(keys)], keys) {
			continue
		}
		if len(own) > len(keys) {
			return nil
		}
		return selector
	}
	return nil
}

// reduce leaves the labels that the longest selector has, of equally long ones
// the first; all of them when none fits.
func (s *subsets) reduce(labels []mesh.Label) []mesh.Label {
	var best []mesh.Label
	for i := range s.config.SubsetSelectors {
		keys := s.config.SubsetSelectors[i].keys()
		if some := only(labels, keys); len(some) == len(keys) && len(some) > len(best) {
			best = some
		}
	}
	if best == nil {
		return labels
	}
	return best
}

func only(labels []mesh.Label, keys []string) (some []mesh.Label) {
	for _, l := range labels {
		if slices.Contains(keys, l.Key) {
			some = append(some, l)
		}
	}
	return some
}

// fallback is whom the whole falls back to.
func (s *subsets) fallback(set *Set) (to []*subset) {
	switch s.config.FallbackPolicy {
	case "no_fallback":
		return nil
	case "any_endpoint":
		to = []*subset{s.of(set, anyHost, nil)}
	default:
		to = s.defaults(set)
	}
	if s.config.PanicModeAny {
		to = append(to, s.of(set, anyHost, nil))
	}
	return to
}

// defaults is the hosts with the labels of default_subset, if there are any.
func (s *subsets) defaults(set *Set) []*subset {
	if b := s.of(set, byDefault, over(nil, s.config.DefaultSubset)); b.hosts > 0 {
		return []*subset{b}
	}
	return nil
}
