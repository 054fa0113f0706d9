package policy_test

import (
	"fmt"
	"sync"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// endpoints reads off the tape how the hosts are grouped: by labels, by weights
// of zones, by priorities; and whether callers have sessions.
func (g *ground) endpoints() []policy.Endpoint {
	flags, all := g.tape.next(32), make([]policy.Endpoint, g.hosts)
	for i := range all {
		all[i].Address = fmt.Sprint("payments-", i)
		all[i].Labels = []mesh.Label{{Key: "version", Value: fmt.Sprint(i % 2)}}
		if all[i].Zone, all[i].ZoneWeight = string(rune('a'+i%2)), uint32(i%2); flags&16 != 0 {
			all[i].Priority = uint8(i % 2)
		}
	}
	g.grouped = flags&^1 != 0 || g.plan.Dialect == "grpc" || g.plan.Subsets()
	if flags&2 != 0 {
		g.falls = true
		g.plan.SubsetConfig = &policy.SubsetConfig{FallbackPolicy: "default_subset", MetadataFallbackPolicy: "metadata_no_fallback", PanicModeAny: flags&4 != 0,
			LocalityWeightAware: true, ScaleLocalityWeight: true, DefaultSubset: []mesh.Label{{Key: "version", Value: "1"}},
			SubsetSelectors: []policy.SubsetSelector{{Keys: []string{"version"}, FallbackPolicy: "not_defined", SingleHostPerSubset: flags&8 != 0}}}
	}
	if flags&4 != 0 {
		g.plan.CommonLB = &policy.CommonLB{LocalityWeighted: &policy.LocalityWeighted{}}
		g.plan.CommonLB.SetDefaults()
	}
	if flags&8 != 0 {
		g.falls = true
		g.plan.Session = &policy.StatefulSession{Header: "x-host", Strict: flags&1 != 0}
		if g.session = fmt.Sprint("payments-", g.tape.next(6)); g.plan.Dialect != "grpc" {
			g.session = plain(g.session)
		}
	}
	return all
}

// mayAsk holds a host that is asked to the members, to the subset that was asked
// for, and to those that are in. One that is out may be asked where half of those
// that it is counted with are.
func (g *ground) mayAsk(host int, only string) {
	all := g.up.Hosts()
	switch {
	case host >= g.hosts || !g.up.Member(host):
		g.t.Fatalf("host %d is asked, which is none of %d", host, g.hosts)
	case only != "" && !g.falls && only != fmt.Sprint(host%2):
		g.t.Fatalf("host %d is asked, which is not of version %s", host, only)
	case g.merges || all[host].In():
		return
	}
	same := func(int) bool { return true }
	alike := func(i int) bool { return i%2 == host%2 } // priority, version, zone
	if !g.half(same) && !g.half(alike) {
		g.t.Fatalf("host %d is asked, which is out: %+v", host, all)
	}
}

// half says whether half of some hosts are out, or not wholly in.
func (g *ground) half(of func(host int) bool) bool {
	members, in := 0, 0
	for i, h := range g.up.Hosts() {
		if g.up.Member(i) && of(i) {
			if members++; h.Well() {
				in++
			}
		}
	}
	return 2*in <= members
}

// checks are settings of health checks of every kind.
var checks = sync.OnceValue(func() (all []policy.HealthCheck) {
	for _, name := range policy.HealthChecks.Names() {
		var r policy.Rule
		if _, err := strict.Decode("health.yaml", []byte("health_check: {kind: "+name+", "+healthKinds[name]+"}"), &r); err != nil {
			panic(err)
		}
		all = append(all, r.HealthCheck.Settings)
	}
	return all
})

// doctor lets hosts be checked.
func (g *ground) doctor() {
	g.plan.HealthCheck = checks()[g.tape.next(len(checks()))]
	g.plan.IgnoreHealthOnRemoval, g.plan.CloseOnFailure = g.tape.yes(), g.tape.yes()
	g.grouped = true
	if g.merges = g.tape.yes(); g.merges {
		return
	}
	if g.plan.CommonLB == nil {
		g.plan.CommonLB = &policy.CommonLB{}
		g.plan.CommonLB.SetDefaults()
	}
	never := unit.Duration(0)
	g.plan.CommonLB.UpdateMergeWindow = &never
}

// moved lets a host leave or join, or a check of it end.
func (g *ground) moved() {
	if g.hosts == 0 {
		return
	}
	host := g.tape.next(g.hosts)
	switch g.tape.next(6) {
	case 0:
		g.grouped = true
		g.up.Left(g.now, host)
	case 1:
		g.returned = g.returned || !g.up.Member(host)
		g.up.Joined(g.now, host)
	case 2:
		g.up.Condemned(g.now, host)
	default:
		if len(g.probes) > 0 {
			g.up.Probed(g.now, g.probes[g.tape.next(len(g.probes))], g.verdict())
		}
	}
	g.tend()
	g.settle()
}

func (g *ground) verdict() policy.ProbeReply {
	return policy.ProbeReply{Outcome: []mesh.Outcome{mesh.OK, mesh.Refused, mesh.Reset, mesh.Error}[g.tape.next(4)],
		Degraded: g.tape.next(4) == 0, Immediate: g.tape.next(4) == 0, Closed: g.tape.next(4) == 0}
}

// tend notes who has left, and takes probes off the upstream's lists; a few are
// kept, so that answers to older ones come too.
func (g *ground) tend() {
	for i := range g.here {
		if had := g.here[i]; had && !g.up.Member(i) {
			g.left(i)
		}
		g.here[i] = g.up.Member(i)
	}
	for p, ok := g.up.NextProbe(); ok; p, ok = g.up.NextProbe() {
		if g.probes = append(g.probes, p); len(g.probes) > 8 {
			g.probes = g.probes[1:]
		}
		if !g.up.Member(int(p.Host)) || p.Deadline < g.now {
			g.t.Fatalf("host %d is probed until %v at %v, a member: %v", p.Host, p.Deadline, g.now, g.up.Member(int(p.Host)))
		}
	}
	for _, ok := g.up.NextClosing(); ok; _, ok = g.up.NextClosing() {
	}
	for host, ok := g.up.NextLoadProbe(); ok; host, ok = g.up.NextLoadProbe() {
		g.up.LoadProbed(g.now, host, policy.LoadAnswer{RIF: int32(g.tape.next(5))})
	}
}
