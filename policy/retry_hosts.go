package policy

import (
	"errors"
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
)

// HostPredicate turns down hosts that a retry would go to: Envoy's
// retry_host_predicate. Exactly one of its fields is set.
type HostPredicate struct {
	Kind             string       `yaml:"kind" enum:"previous_hosts,omit_canary_hosts" doc:"those that were asked before; those with the label canary: true"`
	OmitHostMetadata []mesh.Label `yaml:"omit_host_metadata" doc:"those with all of these labels"`
}

// Short names the key that a bare word sets.
func (*HostPredicate) Short() string { return "kind" }

// Check holds p to one kind.
func (p *HostPredicate) Check() error {
	if (p.Kind == "") == (len(p.OmitHostMetadata) == 0) {
		return errors.New("an entry of retry_host_predicate is exactly one of previous_hosts, omit_canary_hosts, omit_host_metadata: {LABEL: VALUE}")
	}
	return nil
}

// rejects says whether a retry that has asked these hosts is to go elsewhere.
func (p *HostPredicate) rejects(set *Set, host int, asked []int32) bool {
	if p.Kind == "previous_hosts" {
		return slices.Contains(asked, int32(host))
	}
	return set.Endpoints != nil && labelled(set.Endpoints[host].Labels, p.labels())
}

var canary = []mesh.Label{{Key: "canary", Value: "true"}}

func (p *HostPredicate) labels() []mesh.Label {
	if p.Kind != "" {
		return canary
	}
	return p.OmitHostMetadata
}

// labelled says whether all of the wanted labels are there.
func labelled(has, wants []mesh.Label) bool {
	for _, l := range wants {
		if !slices.Contains(has, l) {
			return false
		}
	}
	return true
}

// RetryPriority lets retries go to other priorities.
type RetryPriority struct {
	PreviousPriorities *PreviousPriorities `yaml:"previous_priorities" required:"true" doc:"away from those that were asked before"`
}

// PreviousPriorities spreads a retry over the priorities that the request has not
// been sent to yet; over all again when none of the others is left.
type PreviousPriorities struct {
	UpdateFrequency int `yaml:"update_frequency" min:"1" max:"1000" doc:"priorities are left out after every so many attempts"`
}

// SetDefaults looks after each attempt.
func (p *PreviousPriorities) SetDefaults() { p.UpdateFrequency = 1 }

// memory is what a call remembers of the hosts that it was sent to.
type memory struct {
	asked    []int32 // hosts, in order
	excluded []bool  // priorities that are left out
	levels   []priorityLevel
	forgot   int // how many of asked count no more for priorities
}

// clear forgets everything, and keeps the room.
func (m *memory) clear() {
	m.asked, m.excluded, m.levels, m.forgot = m.asked[:0], m.excluded[:0], m.levels[:0], 0
}

// spread is how the next attempt is spread over priorities
// (previous_priorities.cc, determinePriorityLoad).
func (m *memory) spread(p *PreviousPriorities, endpoints []Endpoint, usual []priorityLevel) []priorityLevel {
	asked := m.asked[m.forgot:]
	if len(asked) < p.UpdateFrequency {
		return usual
	}
	if len(asked)%p.UpdateFrequency != 0 && len(m.levels) == len(usual) {
		return m.levels
	}
	if len(m.excluded) != len(usual) {
		m.excluded = append(m.excluded[:0], make([]bool, len(usual))...)
	}
	for _, host := range asked {
		m.excluded[endpoints[host].Priority] = true
	}
	if m.others(usual) == 0 {
		m.forgot = len(m.asked)
		clear(m.excluded)
		if m.others(usual) == 0 {
			return usual
		}
	}
	return m.levels
}

// others shares the requests among the priorities that are not left out, and says
// how much those can carry.
func (m *memory) others(usual []priorityLevel) (total int) {
	m.levels = append(m.levels[:0], usual...)
	for i := range m.levels {
		l := &m.levels[i]
		if l.load, l.degradedLoad = 0, 0; m.excluded[i] {
			l.available, l.limping = 0, 0
		}
		total += l.available + l.limping
	}
	if total = min(total, 100); total > 0 {
		divide(m.levels, total)
	}
	return total
}

// remembers says whether it matters which hosts a call was sent to.
func (r *Retry) remembers() bool {
	return r != nil && (len(r.HostPredicates) > 0 || r.Priority != nil)
}

// choose picks the host of the next attempt. A retry looks again as often as it
// may while its predicates reject what it finds, and then takes the last.
func (c *Call) choose(now mesh.Time, w *worker) int {
	u, r := c.route.up, c.route.plan.Retry
	ask := &u.ask
	c.fill(ask)
	if c.try.number == 0 || !r.remembers() {
		return u.pick(now, w)
	}
	ask.memory, ask.priorities = &c.company().memory, r.previousPriorities()
	for {
		host := u.pick(now, w)
		if host < 0 || int(ask.Again) >= r.HostSelection || !u.rejects(r, host, c.also.memory.asked) {
			return host
		}
		ask.Again++
	}
}

func (r *Retry) previousPriorities() *PreviousPriorities {
	if r.Priority == nil {
		return nil
	}
	return r.Priority.PreviousPriorities
}

func (u *Upstream) rejects(r *Retry, host int, asked []int32) bool {
	for i := range r.HostPredicates {
		if r.HostPredicates[i].rejects(u.set, host, asked) {
			return true
		}
	}
	return false
}
