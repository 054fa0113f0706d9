package strict

import (
	"errors"
	"fmt"
	"time"

	"github.com/meshdyno/meshdyno/internal/menu"
)

// A small world with one of everything that the tags and methods can say.

type town struct {
	Name     string   `yaml:"town" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"`
	About    string   `yaml:"about" doc:"what it is like"`
	Seed     uint64   `yaml:"seed"`
	Height   float64  `yaml:"height" max:"9000"`
	Opening  pause    `yaml:"opening" min:"1s" max:"1h" doc:"how long it is open"`
	Lights   bool     `yaml:"lights"`
	Streets  []street `yaml:"streets" doc:"by name"`
	Zones    []string `yaml:"zones" enum:"north,south"`
	Guard    *guard   `yaml:"guard"`
	Keeper   *keeper  `yaml:"keeper"`
	Visits   []visit  `yaml:"visits"`
	Events   []event  `yaml:"events"`
	Square   square   `yaml:"square"`
	Mottoes  []motto  `yaml:"mottoes"`
	Untagged int
}

func (t *town) SetDefaults() { t.Seed, t.Square.Benches = 7, 3 }

type street struct {
	Name   string   `yaml:",key" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"`
	Houses int      `yaml:"houses" min:"1" max:"1000"`
	Walk   []stride `yaml:"walk"`
}

func (s *street) SetDefaults() { s.Houses = 10 }

// stride is a step: one of two things, or a bare list of steps.
type stride struct {
	Stroll *pause   `yaml:"stroll"`
	Steps  []stride `yaml:"steps"`
}

func (*stride) Short() string { return "steps" }

func (w *stride) Check() error {
	if (w.Stroll == nil) == (w.Steps == nil) {
		return errors.New("a walk is exactly one of stroll, steps")
	}
	return nil
}

type square struct {
	Benches int    `yaml:"benches"`
	Tree    string `yaml:"tree" enum:"oak,elm,lime"`
}

func (s *square) SetDefaults() { s.Benches, s.Tree = 1, "oak" }

func (*square) Short() string { return "benches" }

type motto struct {
	Title string `yaml:",key"`
	Text  pause  `yaml:",value"`
}

type visit struct {
	For   pause `yaml:"for"`
	Count int   `yaml:"count" required:"true" doc:"how many come"`
}

func (*visit) Short() string { return "count" }

type animal interface{ Legs() int }

type dog struct {
	Bark pause `yaml:"bark" doc:"how long"`
}

func (*dog) Legs() int { return 4 }

type goose struct{}

func (goose) Legs() int { return 2 }

var animals = menu.Of("animal",
	menu.Row[animal]{Name: "dog", About: "barks", New: func() animal { return &dog{Bark: pause(time.Second)} }},
	menu.Row[animal]{Name: "goose", About: "needs no settings", New: func() animal { return goose{} }})

type guard struct {
	Kind   string
	Animal animal
}

func (*guard) KindKey() string { return "kind" }
func (*guard) Kinds() menu.Any { return animals }
func (g *guard) SetKind(name string, settings any) {
	g.Kind, g.Animal = name, settings.(animal)
}

// keeper is a guard that is a dog unless it says otherwise.
type keeper struct{ guard }

func (*keeper) UsualKind() string { return "dog" }

type event struct {
	At   pause `yaml:"at" required:"true" doc:"when"`
	Name string
	What animal
}

func (*event) KindKey() string { return "" }
func (*event) Kinds() menu.Any { return animals }
func (e *event) SetKind(name string, settings any) {
	e.Name, e.What = name, settings.(animal)
}

// pause reads itself, as the units do.
type pause time.Duration

func (p *pause) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("no time %q (write 5ms)", text)
	}
	*p = pause(d)
	return nil
}

func (p pause) MarshalText() ([]byte, error) { return []byte(time.Duration(p).String()), nil }
