package scenarios

import (
	"strconv"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// warnSessions finds sessions that nobody keeps, and callers that would keep some
// where none are given.
func (l *loader) warnSessions() {
	kept := make([]bool, len(l.scenario.Policies))
	for i := range l.scenario.Traffic {
		t := &l.scenario.Traffic[i]
		service, _ := mesh.SplitTarget(t.To)
		p := policy.Resolve(l.scenario.Policies, t.Name, service)
		switch {
		case p.Session == nil && t.Sessions > 0:
			l.warn(at("traffic", t.Name, "sessions"), "never used: no policy from %s to %s has a stateful_session", t.Name, service)
		case t.Sessions > 0 || t.Users > 0:
			for j := range kept {
				kept[j] = kept[j] || l.scenario.Policies[j].Session == p.Session
			}
		}
	}
	for i := range kept {
		if l.scenario.Policies[i].Session != nil && !kept[i] {
			l.warn(at("policies", strconv.Itoa(i), "stateful_session"), "never used: no caller keeps what it is given; traffic with users or sessions does, towards the service that it calls itself")
		}
	}
}
