package fault

import (
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/unit"
)

// Fault is one entry of a scenario's faults: when, for how long, and a row of
// the menu Kinds under its own name: `{at: 30s, for: 20s, slow: {service: db, by: 300ms}}`.
// Moments count from the end of the warm-up.
type Fault struct {
	At      unit.Duration  `yaml:"at" required:"true" doc:"when it begins, counted from the end of the warm-up"`
	For     *unit.Duration `yaml:"for" doc:"how long it lasts; to the end of the run when left out"`
	Restart *unit.Duration `yaml:"restart" doc:"crash: how long until the replica is back; never when left out"`
	Name    string
	Kind    Kind
}

// KindKey is empty: the kind's name is itself a key of the entry.
func (*Fault) KindKey() string { return "" }

// Kinds is the menu to choose from.
func (*Fault) Kinds() menu.Any { return Kinds }

// SetKind takes the chosen row.
func (f *Fault) SetKind(name string, settings any) { f.Name, f.Kind = name, settings.(Kind) }

// Kind is what goes wrong: the settings of one row.
type Kind interface {
	// Target names what it strikes, for the timeline: "payments", "web-1".
	Target() string
}

// Kinds is the menu of faults.
var Kinds = menu.Of("fault",
	menu.Row[Kind]{Name: "slow", About: "every request at the service takes longer", New: func() Kind { return &Slow{} }},
	menu.Row[Kind]{Name: "errors", About: "requests at the service are answered with 500", New: func() Kind { return &Errors{Rate: 1} }},
	menu.Row[Kind]{Name: "health", About: "health checks of the service are answered so", New: func() Kind { return &Health{} }},
	menu.Row[Kind]{Name: "crash", About: "replicas vanish with all they held; callers see resets", New: func() Kind { return &Crash{Replicas: 1} }},
)
