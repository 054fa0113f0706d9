package policy

import "slices"

// done settles what one knob says about another: a fault in Istio leaves its
// route without timeout and retries (VirtualService, HTTPRoute.fault).
func (p RoutePlan) done() RoutePlan {
	if p.bare {
		p.Timeout, p.Retry, p.HedgePolicy, p.Hedging = 0, nil, nil, nil
	}
	return p
}

// numbered is a rule of an edge.
type numbered struct {
	rule        *Rule
	match       *matcher // nil: all requests
	subset      *SubsetMatch
	bit         uint64 // in the set of the rules that a request meets
	firstMirror int
}

// MostMatches is how many rules of an edge may have a match.
const MostMatches = 64

// number lists the rules of an edge in their order.
func number(rules []Rule, from, to string) (all []numbered, mirrors []Mirror) {
	bit := uint64(1)
	for i := range rules {
		r := &rules[i]
		if !r.matches(from, to) {
			continue
		}
		n := numbered{rule: r, subset: NewSubsetMatch(r.Subset, r.SubsetFallbacks), firstMirror: len(mirrors)}
		if r.Match != nil {
			n.match, n.bit = r.Match.compile(), bit
			bit <<= 1
		}
		mirrors = append(mirrors, r.Mirror...)
		all = append(all, n)
	}
	return all, mirrors
}

// route folds the rules for the requests that meet this set of matches.
func (p *Plan) route(met uint64) (r RoutePlan) {
	for i := range p.rules {
		if n := &p.rules[i]; n.match == nil || met&n.bit != 0 {
			r.fill(n)
		}
	}
	return r.done()
}

// looks says whether the route depends on the request.
func (p *Plan) looks() bool {
	for i := range p.rules {
		if p.rules[i].match != nil {
			return true
		}
	}
	return false
}

// meets is the set of the matches that a request meets. One of which nothing is
// known meets none.
func (p *Plan) meets(q *asked) (met uint64) {
	if q.Request == nil {
		return 0
	}
	for i := range p.rules {
		if n := &p.rules[i]; n.match != nil && q.meets(n.match) {
			met |= n.bit
		}
	}
	return met
}

// subsets says whether some request may be for some of the hosts.
func (p *Plan) subsets() bool {
	return p.Subset != nil || slices.ContainsFunc(p.rules, func(n numbered) bool { return n.subset != nil })
}

// hashes is what the requests of a route are kept together by: what the route
// says, and else the settings of the balancer, if that looks at it at all.
func (p *Plan) hashes() []HashPolicy {
	own, looks := HashPolicies(p.Balancer)
	if looks && p.HashPolicy != nil {
		return p.HashPolicy
	}
	return own
}
