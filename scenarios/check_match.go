package scenarios

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/policy"
)

// ofRoute are the keys of a rule that may differ from request to request. All
// others are about the callee as a whole: a proxy has one balancer, one breaker
// and one opinion of each host.
var ofRoute = []string{"to", "from", "match", "dialect", "timeout", "idle_timeout", "max_stream_duration", "max_grpc_timeout", "grpc_timeout_offset",
	"deadline_propagation", "envoy_headers", "hedge_policy", "hedging", "retry", "mirror", "fault", "priority", "subset", "subset_fallback_list", "hash_policy"}

// checkMatches holds rules that look at requests to what can be chosen by
// request, and finds conditions that no request meets.
func (l *loader) checkMatches(g *callGraph) {
	sent := l.headers()
	for i := range l.scenario.Policies {
		r := &l.scenario.Policies[i]
		if r.Match == nil {
			continue
		}
		path := at("policies", strconv.Itoa(i))
		strict.Walk(r, func(below []string, _ any) {
			if len(below) == 1 && !slices.Contains(ofRoute, below[0]) && l.tree.Has(append(slices.Clone(path), below[0])...) {
				l.fail(append(slices.Clone(path), below[0]), "%s may not depend on the request: a proxy has one for all that it sends to the callee; move it to a rule without match", below[0])
			}
		})
		path = append(path, "match")
		l.warnUnmet(g, path, r.To, &r.Match.Condition, sent)
		for j := range r.Match.AnyOf {
			l.warnUnmet(g, append(path, "any_of", strconv.Itoa(j)), r.To, &r.Match.AnyOf[j], sent)
		}
	}
	l.checkMatchCount(g)
}

// warnUnmet warns of a path that is none of the callee's and of a header that no
// one sends.
func (l *loader) warnUnmet(g *callGraph, path []string, to string, c *policy.Condition, sent map[string]bool) {
	if s := g.services[to]; s != nil && c.Path != "" && c.CaseSensitive {
		var have []string
		for _, e := range s.Endpoints {
			whole, _, _ := strings.Cut(e.Path, "?")
			have = append(have, whole)
		}
		if !slices.Contains(have, c.Path) {
			l.warn(append(path, "path"), "never met: %s has no endpoint %s%s", to, strict.Show(c.Path), meantOf(c.Path, have))
		}
	}
	for _, h := range c.Headers {
		name := strings.ToLower(h.Name)
		absent := h.InvertMatch || h.TreatMissingHeaderAsEmpty || h.PresentMatch != nil && !*h.PresentMatch
		if !absent && !sent[name] && name[0] != ':' && name != "host" && name != "content-type" {
			l.warn(append(path, "headers", h.Name), "never met: no traffic class sends the header %s%s", h.Name, meant(name, sent))
		}
	}
	if len(c.Cookies) > 0 && !sent["cookie"] && !slices.ContainsFunc(c.Cookies, func(k policy.CookieMatch) bool {
		return k.InvertMatch || k.TreatMissingCookieAsEmpty || k.PresentMatch != nil && !*k.PresentMatch
	}) {
		l.warn(append(path, "cookies"), "never met: no traffic class sends the header cookie")
	}
}

func meantOf(name string, have []string) string {
	if near := nearest.Name(name, have); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// checkMatchCount holds every edge to as many matches as a proxy tells apart.
func (l *loader) checkMatchCount(g *callGraph) {
	if len(l.scenario.Policies) <= policy.MostMatches {
		return
	}
	pairs := slices.SortedFunc(maps.Keys(g.pairs), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	for _, pair := range pairs {
		n := 0
		for i := range l.scenario.Policies {
			r := &l.scenario.Policies[i]
			if r.Match == nil || r.From != "" && r.From != pair[0] || r.To != "" && r.To != pair[1] {
				continue
			}
			if n++; n == policy.MostMatches+1 {
				l.fail(at("policies", strconv.Itoa(i), "match"), "the %dth rule with match for calls from %s to %s (allowed %d)", n, pair[0], pair[1], policy.MostMatches)
				return
			}
		}
	}
}
