package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
)

// Breaker stops asking what keeps failing. Envoy's circuit breakers are another
// thing: they cap what is under way (CircuitBreaker), and know no failures.
//
// The words for its states mean opposite things in two places: an open circuit
// lets nothing through, an open gate of Linkerd lets everything through. Here
//
//	it flows   every attempt goes out       elsewhere: closed     in Linkerd: open
//	it is shut none does                               open                   shut
//	it probes  a few go out, to find out               half-open              limited, in probation
type Breaker interface {
	// Phase is the state it is in.
	Phase(now mesh.Time) Phase
	// Admits says whether an attempt may go out.
	Admits(now mesh.Time) bool
	// Began books an attempt that goes out, which was admitted. The ticket comes
	// back with its end.
	Began(now mesh.Time) (ticket uint32)
	// Ended tells how it ended.
	Ended(now mesh.Time, ticket uint32, v Verdict, dice *chance.Stream)
	// ChangesAt is from when on Admits may say something else although nothing
	// was told.
	ChangesAt() mesh.Time
}

// Phase is the state of a breaker.
type Phase uint8

// The phases.
const (
	Flows Phase = iota
	Probes
	Shut
)

func (p Phase) String() string { return [...]string{"flows", "probes", "is shut"}[p] }

// Verdict is what an attempt says about whom it asked.
type Verdict uint8

// The verdicts.
const (
	Good Verdict = iota // an answer that is no failure
	Bad                 // a failure, or no answer in time
	Gone                // given up by the caller before it could tell
)

func verdict(r *Reply) Verdict {
	switch {
	case r.Outcome == mesh.Unfinished:
		return Gone
	case r.status() < 500:
		return Good
	}
	return Bad
}

// BreakerSettings are the knobs of one kind of breaker.
type BreakerSettings interface {
	// New makes the state for one upstream or one host.
	New() Breaker
	// PerHost says whether each host has one; otherwise all share it.
	PerHost() bool
}

// Breakers is the menu of breakers that count failures.
var Breakers = menu.Of("breaker",
	menu.Row[BreakerSettings]{Name: "consecutive", About: "shut by failures in a row or by their share; probes after a timeout (gobreaker)", New: func() BreakerSettings { return consecutiveDefaults() }},
	menu.Row[BreakerSettings]{Name: "hystrix", About: "shut by the share of failures in a rolling window, as seen in snapshots; one probe", New: func() BreakerSettings { return hystrixDefaults() }},
	menu.Row[BreakerSettings]{Name: "resilience4j", About: "shut by the share of failures among the last calls or seconds; several probes", New: func() BreakerSettings { return resilienceDefaults() }},
	menu.Row[BreakerSettings]{Name: "accrual", About: "Linkerd's failure accrual: failures in a row, or a low success rate; one probe after each penalty", New: func() BreakerSettings { return accrualDefaults() }},
)

// BreakerChoice is one row of the menu Breakers and its settings: `breaker:
// {kind: hystrix, scope: host}`, or just the name.
type BreakerChoice struct {
	Kind     string
	Settings BreakerSettings
}

// KindKey names the key that chooses the row.
func (*BreakerChoice) KindKey() string { return "kind" }

// Kinds is the menu to choose from.
func (*BreakerChoice) Kinds() menu.Any { return Breakers }

// SetKind takes the chosen row.
func (b *BreakerChoice) SetKind(name string, settings any) {
	b.Kind, b.Settings = name, settings.(BreakerSettings)
}

// BreakerScope is what one breaker watches.
type BreakerScope struct {
	Scope string `yaml:"scope" enum:"cluster,host" doc:"whether one breaker watches all hosts, or each host has its own"`
}

// PerHost says whether each host has its own.
func (s *BreakerScope) PerHost() bool { return s.Scope == "host" }
