package policy_test

import (
	"fmt"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// endpoints reads off the tape how the hosts are grouped: by labels, by weights
// of zones, by priorities; whether callers have sessions; and whose dialect it
// is where that changes who is asked.
func (g *game) endpoints() []policy.Endpoint {
	flags, all := g.tape.next(32), make([]policy.Endpoint, g.hosts)
	for i := range all {
		all[i].Address = fmt.Sprint("payments-", i)
		all[i].Labels = []mesh.Label{{Key: "version", Value: fmt.Sprint(i % 2)}}
		if all[i].Zone, all[i].ZoneWeight = string(rune('a'+i%2)), uint32(i%2); flags&16 != 0 {
			all[i].Priority = uint8(i % 2)
		}
	}
	g.grouped = flags != 0
	if flags&1 != 0 {
		wanted := []mesh.Label{{Key: "version", Value: fmt.Sprint(g.tape.next(3))}}
		if g.plan.Subset = policy.NewSubsetMatch(wanted, nil); flags&(2|8) == 0 {
			g.only = wanted[0].Value
		}
	}
	if flags&2 != 0 {
		g.plan.SubsetConfig = &policy.SubsetConfig{FallbackPolicy: "default_subset", MetadataFallbackPolicy: "metadata_no_fallback", PanicModeAny: flags&4 != 0,
			LocalityWeightAware: true, ScaleLocalityWeight: true, DefaultSubset: []mesh.Label{{Key: "version", Value: "1"}},
			SubsetSelectors: []policy.SubsetSelector{{Keys: []string{"version"}, FallbackPolicy: "not_defined", SingleHostPerSubset: flags&8 != 0}}}
	}
	if flags&4 != 0 {
		g.plan.CommonLB = &policy.CommonLB{LocalityWeighted: &policy.LocalityWeighted{}}
		g.plan.CommonLB.SetDefaults()
	}
	if flags&8 != 0 {
		g.plan.Session = &policy.StatefulSession{Header: "x-host", Strict: flags&1 != 0}
		g.request = &letter{path: "/", headers: map[string][]string{"x-host": {plain(fmt.Sprint("payments-", g.tape.next(5)))}}}
	}
	return all
}

// mayAsk holds a host that is asked to the subset that was asked for.
func (g *game) mayAsk(host int) {
	if g.only != "" && g.only != fmt.Sprint(host%2) {
		g.t.Fatalf("host %d is asked, which is not of version %s", host, g.only)
	}
}
