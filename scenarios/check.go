package scenarios

import (
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
)

// Limits on what a scenario may ask for.
const (
	maxReplicas  = 1_000_000 // of all services together
	maxCallDepth = 64        // services that one request passes, cycles apart
)

// Limits on how long errors are looked for: a file of nothing else must not
// take longer than a good one.
const (
	enough  = 1000 // errors, after which names are no longer followed
	guesses = 40   // errors for which the name that was meant is looked for
)

// unknown notes that a name is not among have, and which was probably meant.
func (l *loader) unknown(path []string, what, name string, have []string) {
	if l.enough() {
		return
	}
	if len(l.errs) > guesses {
		have = have[:min(len(have), 20)]
	}
	l.fail(path, "%s", unknown(what, name, have))
}

func (l *loader) enough() bool { return len(l.errs) >= enough }

func unknown(what, name string, have []string) string {
	text := "unknown " + what + " " + strict.Show(name)
	if near := nearest.Name(name, have); near != "" {
		return text + "; did you mean " + near + "?"
	}
	if len(have) == 0 {
		return text + " (there are none)"
	}
	shown := strings.Join(have[:min(len(have), 20)], ", ")
	if len(have) > 20 {
		shown += ", ..."
	}
	return text + " (have " + shown + ")"
}

// at makes a path of its parts.
func at(parts ...string) []string { return parts }

// checkNames follows every name to what it names, so that what comes after can
// trust them, and returns who calls whom.
func (l *loader) checkNames() *callGraph {
	s := l.scenario
	g := newCallGraph(s.Services)
	l.checkSections(g)
	for i := range s.Services {
		l.checkCalls(g, &s.Services[i])
	}
	classes := map[string]bool{}
	for i := range s.Traffic {
		t := &s.Traffic[i]
		classes[t.Name] = true
		if t.To != "" {
			if to, ok := l.target(g, at("traffic", t.Name, "to"), t.To); ok {
				g.enter(t.Name, to)
			}
		}
	}
	l.checkMirrors(g)
	n := &nameChecker{l, g, classes}
	n.policies()
	n.faults()
	n.expectations()
	return g
}

// checkSections holds the scenario to the sections it cannot do without.
func (l *loader) checkSections(g *callGraph) {
	s := l.scenario
	switch {
	case len(s.Services) > 0:
	case l.tree.Has("topology"): // what it lacks was said when it was read
	case l.tree.Has("services") && l.unread: // so was what is wrong with them
	case l.tree.Has("services"):
		l.fail(at("services"), "services is empty; a scenario needs at least one")
	default:
		l.fail(nil, "services is missing here (or topology): who there is and what they do")
	}
	if l.tree.Has("traffic") && len(s.Traffic) == 0 && !l.unread {
		l.fail(at("traffic"), "traffic is empty; a scenario needs at least one class, such as users: {to: web, rate: 100/s}")
	}
}

// target finds SERVICE or SERVICE/PATH, or notes why there is none.
func (l *loader) target(g *callGraph, path []string, to string) (int, bool) {
	service, endpoint := mesh.SplitTarget(to)
	s, ok := g.services[service]
	if !ok {
		if len(g.names) > 0 { // without any, that was said already
			l.unknown(path, "service", service, g.names)
		}
		return 0, false
	}
	if endpoint == "" {
		return g.first[s.Name], true
	}
	i, ok := g.endpoint[s.Name+endpoint]
	if !ok {
		var have []string
		for _, e := range s.Endpoints {
			have = append(have, e.Path)
		}
		l.unknown(path, "endpoint of "+s.Name, endpoint, have)
	}
	return i, ok
}

// checkMeaning judges what is well-formed: each number against the others.
func (l *loader) checkMeaning(g *callGraph) {
	l.checkTimes()
	l.checkServices()
	l.checkTraffic(g)
	l.checkFaults(g)
	l.checkNetwork()
	if l.checkCycles(g) {
		l.warnCalls(g)
		l.checkPolicies(g)
	}
	l.warnDistributions()
}
