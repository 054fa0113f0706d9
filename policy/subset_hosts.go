package policy

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// subsets is a balancer for each subset of the hosts that was asked for.
type subsets struct {
	config    *SubsetConfig
	implied   bool // there is no lb_subset_config: whatever is asked for is a subset
	plan      Plan // of each subset
	endpoints []Endpoint
	made      []*subset
	ways      []subsetWay
	zone      string // of the proxy; where located
	callers   []ZoneCallers
	located   bool
	tables    *Tables // nil: each balancer has its own
	version   uint32  // of the set looked at
}

// subset is some of the hosts and the balancer among them.
type subset struct {
	kind   subsetKind
	labels []mesh.Label
	hosts  int        // that are members now
	within []bool     // by host
	spread *spread    // nil with a single host
	single int        // the host, with a single one; or -1
	scaled []Endpoint // with the weights of zones that this subset has; or nil
	set    Set        // with those
}

type subsetKind uint8

const (
	anyHost     subsetKind = iota
	byDefault              // those of default_subset
	bySelector             // those of a selector
	singleInSet            // the first of those
)

// subsetWay is whom a match leads to, in the order in which they are tried.
type subsetWay struct {
	match *SubsetMatch
	to    []*subset
}

// newSubsets is the balancer of a plan with subsets, or nil when it has none. A
// rule that names a subset and has no lb_subset_config is for those hosts and no
// others.
func newSubsets(plan *Plan, endpoints []Endpoint) *subsets {
	if plan.SubsetConfig == nil && !plan.subsets() {
		return nil
	}
	config, implied := plan.SubsetConfig, false
	if config == nil {
		config, implied = &SubsetConfig{LocalityWeightAware: true}, true
	}
	s := &subsets{config: config, implied: implied, plan: *plan, endpoints: endpoints}
	if c := plan.CommonLB; c != nil && !config.LocalityWeightAware {
		alike := *c
		alike.LocalityWeighted = nil
		s.plan.CommonLB = &alike
	}
	return s
}

func keysOf(labels []mesh.Label) (keys []string) {
	for _, l := range labels {
		keys = append(keys, l.Key)
	}
	return keys
}

// Pick returns -1 when nobody may be asked.
func (s *subsets) Pick(now mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	if s.version != set.Version {
		s.look(set)
	}
	for _, to := range s.way(set, ask.Subset) {
		if host := to.pick(now, set, ask, dice); host >= 0 {
			return host
		}
	}
	return -1
}

// look counts the hosts of every subset anew. Where a match leads follows from
// which of them have hosts.
func (s *subsets) look(set *Set) {
	s.version, s.ways = set.Version, s.ways[:0]
	for _, b := range s.made {
		b.count(set)
		if b.spread != nil {
			b.spread.look(b.own(set))
		}
	}
}

// count finds the members among the hosts.
func (b *subset) count(set *Set) {
	b.hosts, b.single = 0, -1
	for i, within := range b.within {
		if within && set.Hosts[i].member() {
			if b.hosts == 0 {
				b.single = i
			}
			b.hosts++
		}
	}
	if b.kind == singleInSet {
		b.hosts = min(b.hosts, 1)
	}
}

// own is the set as the subset's balancer sees it.
func (b *subset) own(set *Set) *Set {
	if b.scaled == nil {
		return set
	}
	b.set = *set
	b.set.Endpoints = b.scaled
	return &b.set
}

// way finds whom a match leads to; it is looked for once, until hosts change.
func (s *subsets) way(set *Set, match *SubsetMatch) []*subset {
	for i := range s.ways {
		if s.ways[i].match == match {
			return s.ways[i].to
		}
	}
	w := subsetWay{match: match}
	switch {
	case match == nil && s.implied:
		w.to = []*subset{s.of(set, anyHost, nil)}
	case match == nil:
		w.to = s.fallback(set)
	case (s.implied || s.config.MetadataFallbackPolicy == "fallback_list") && len(match.fallbacks) > 0:
		for _, labels := range match.fallbacks {
			w.to = append(w.to, s.find(set, labels)...)
		}
	default:
		w.to = s.find(set, match.labels)
	}
	s.ways = append(s.ways, w)
	return w.to
}

func (b *subset) pick(now mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	switch {
	case b.spread != nil:
		return b.spread.Pick(now, b.own(set), ask, dice)
	case b.single < 0 || set.Hosts[b.single].Shut:
		return -1
	}
	return b.single
}

// of finds or makes a subset.
func (s *subsets) of(set *Set, kind subsetKind, labels []mesh.Label) *subset {
	for _, b := range s.made {
		if b.kind == kind && slices.Equal(b.labels, labels) {
			return b
		}
	}
	b := &subset{kind: kind, labels: labels, within: make([]bool, len(s.endpoints))}
	for i := range s.endpoints {
		b.within[i] = s.endpoints[i].bears(labels, s.config.ListAsAny)
	}
	b.count(set)
	if s.made = append(s.made, b); kind != singleInSet {
		s.balance(b)
	}
	return b
}

// balance gives a subset its balancer.
func (s *subsets) balance(b *subset) {
	endpoints := s.endpoints
	if s.config.ScaleLocalityWeight {
		b.scaled = scaleZones(endpoints, b.within)
		endpoints = b.scaled
	}
	b.spread = makeSpread(&s.plan, endpoints, b.within)
	if s.tables != nil {
		b.spread.share(s.tables)
	}
	if s.located {
		b.spread.locate(s.zone, s.callers)
	}
}

// bears says whether an endpoint has all the labels. A label with several values
// has each of them where lists count, and none where they do not.
func (e *Endpoint) bears(labels []mesh.Label, lists bool) bool {
	for _, want := range labels {
		if !slices.ContainsFunc(e.Labels, func(l mesh.Label) bool { return l.Key == want.Key && hasValue(l.Value, want.Value, lists) }) {
			return false
		}
	}
	return true
}

func hasValue(have, want string, lists bool) bool {
	if !lists || !strings.Contains(have, ",") {
		return have == want
	}
	for one := range strings.SplitSeq(have, ",") {
		if strings.TrimSpace(one) == want {
			return true
		}
	}
	return false
}

// scaleZones gives each zone the part of its weight that its hosts within the
// subset are of all its hosts (subset_lb.cc, determineLocalityWeights).
func scaleZones(endpoints []Endpoint, within []bool) []Endpoint {
	scaled := slices.Clone(endpoints)
	for i := range scaled {
		all, in := 0, 0
		for j := range endpoints {
			if endpoints[j].Zone == endpoints[i].Zone && endpoints[j].Priority == endpoints[i].Priority {
				if all++; within[j] {
					in++
				}
			}
		}
		scaled[i].ZoneWeight = uint32(math.Round(float64(endpoints[i].ZoneWeight) * float64(in) / float64(all)))
	}
	return scaled
}

func (s *subsets) locate(zone string, callers []ZoneCallers) {
	s.zone, s.callers, s.located = zone, callers, true
	for _, b := range s.made {
		if b.spread != nil {
			b.spread.locate(zone, callers)
		}
	}
}

func (s *subsets) share(t *Tables) {
	s.tables = t
	for _, b := range s.made {
		if b.spread != nil {
			b.spread.share(t)
		}
	}
}

// Done tells every balancer that may have chosen the host.
func (s *subsets) Done(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	for _, b := range s.made {
		if b.spread != nil && b.within[host] {
			b.spread.Done(now, host, latency, o)
		}
	}
}

// Report hands a host's load report to every balancer that may choose it.
func (s *subsets) Report(now mesh.Time, host int, r Report) {
	for _, b := range s.made {
		if b.spread != nil && b.within[host] {
			b.spread.Report(now, host, r)
		}
	}
}

// Probed hands a host's answer to every balancer that may choose it.
func (s *subsets) Probed(now mesh.Time, host int, a LoadAnswer) {
	for _, b := range s.made {
		if b.spread != nil && b.within[host] {
			b.spread.Probed(now, host, a)
		}
	}
}
