package topologies

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Generator is a graph that is written as a call, such as chain(5) or
// tree(depth=3, fanout=3). All take replicas= and work= beside their own.
type Generator struct {
	Name, About, Example string

	params []param
	build  func(a *arguments) []mesh.Service
	size   func(a *arguments) float64 // how many services that will be
}

// param is an argument of a generator; it may also stand without its name, in
// its place.
type param struct {
	name        string
	least, most float64
	initial     float64 // what it is when left out; 0 for one that must be given
	whole       bool
}

// Bounds of what generators make.
const (
	mostServices = 100_000
	mostTouched  = 100_000 // services that one request reaches
)

var (
	replicas = param{name: "replicas", least: 1, most: mostReplicas, initial: 1, whole: true}
	seed     = param{name: "seed", least: 0, most: 1 << 53, initial: 1, whole: true}
)

var generators = []Generator{
	{
		Name: "chain", About: "services in a row, each calling the next", Example: "chain(5)",
		params: []param{{name: "services", least: 1, most: 1000, whole: true}},
		build:  func(a *arguments) []mesh.Service { return Chain(a.whole("services"), a.each()) },
		size:   func(a *arguments) float64 { return a.number["services"] },
	},
	{
		Name: "tree", About: "a root, and below each service its children, called at once", Example: "tree(depth=3, fanout=3)",
		params: []param{{name: "depth", least: 1, most: 16, whole: true}, {name: "fanout", least: 1, most: 10_000, whole: true}},
		build:  func(a *arguments) []mesh.Service { return Tree(a.whole("depth"), a.whole("fanout"), a.each()) },
		size: func(a *arguments) float64 {
			return Layers{Layers: a.whole("depth"), Calls: a.number["fanout"]}.Touched()
		},
	},
	{
		Name: "star", About: "a hub that calls its leaves at once", Example: "star(10)",
		params: []param{{name: "leaves", least: 1, most: 10_000, whole: true}},
		build:  func(a *arguments) []mesh.Service { return Star(a.whole("leaves"), a.each()) },
		size:   func(a *arguments) float64 { return 1 + a.number["leaves"] },
	},
	{
		Name: "layered", About: "a random graph in layers; a request makes `calls` calls in each service, by chance", Example: "layered(services=100, layers=4, calls=2, seed=1)",
		params: []param{
			{name: "services", least: 1, most: mostServices, whole: true}, {name: "layers", least: 1, most: 32, initial: 4, whole: true},
			{name: "calls", least: 0.001, most: 100, initial: 2}, seed,
		},
		build: func(a *arguments) []mesh.Service { return Layered(a.layers(), a.each()) },
		size:  func(a *arguments) float64 { return a.number["services"] },
	},
}

// Generators lists them.
func Generators() []Generator { return generators }

// arguments of one generator, once read.
type arguments struct {
	number map[string]float64
	work   chance.Duration
}

func (a *arguments) whole(name string) int { return int(a.number[name]) }

func (a *arguments) each() Each { return Each{a.whole("replicas"), a.work} }

func (a *arguments) layers() Layers {
	return Layers{a.whole("services"), a.whole("layers"), a.number["calls"], uint64(a.number["seed"])}
}

// defaultWork is what a generated service does for each request.
const defaultWork = "exp(1ms)"

// generate makes the graph that text calls for.
func generate(text string) ([]mesh.Service, error) {
	name, rest, _ := strings.Cut(text, "(")
	g, err := findGenerator(strings.TrimSpace(name))
	if err != nil {
		return nil, err
	}
	inside, closed := strings.CutSuffix(strings.TrimSpace(rest), ")")
	if !closed {
		return nil, fmt.Errorf("%s lacks its closing parenthesis: %s", g.Name, g.Example)
	}
	a, err := g.read(inside)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.Name, err)
	}
	if err := g.check(a); err != nil {
		return nil, fmt.Errorf("%s: %w", g.Name, err)
	}
	return g.build(a), nil
}

func findGenerator(name string) (*Generator, error) {
	var names []string
	for i := range generators {
		if generators[i].Name == name {
			return &generators[i], nil
		}
		names = append(names, generators[i].Name)
	}
	meant := ""
	if near := nearest.Name(name, names); near != "" {
		meant = "; did you mean " + near + "?"
	}
	return nil, fmt.Errorf("unknown generator %s (have %s)%s", strict.Show(name), strings.Join(names, ", "), meant)
}

// check holds a graph to the limits before it is made.
func (g *Generator) check(a *arguments) error {
	services := g.size(a)
	switch {
	case services > mostServices:
		return fmt.Errorf("makes more than %d services", mostServices)
	case services*a.number["replicas"] > mostReplicas:
		return fmt.Errorf("makes more than %d replicas", mostReplicas)
	case g.Name != "layered":
		return nil
	case services < a.number["layers"]:
		return fmt.Errorf("each of the %d layers needs a service (got %d)", a.whole("layers"), a.whole("services"))
	case a.layers().Touched() > mostTouched:
		return fmt.Errorf("one request would make more than %d calls; lower calls or layers", mostTouched)
	}
	return nil
}

// read reads the text between the parentheses.
func (g *Generator) read(text string) (*arguments, error) {
	a := &arguments{number: map[string]float64{}}
	params := append(append([]param{}, g.params...), replicas)
	work, seen := defaultWork, map[string]bool{}
	for place, part := range split(text) {
		name, value, named := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !named {
			if place >= len(g.params) {
				return nil, fmt.Errorf("too many values; write %s", g.Example)
			}
			name, value = g.params[place].name, strings.TrimSpace(part)
		}
		if seen[name] {
			return nil, fmt.Errorf("%s is given twice", name)
		}
		seen[name] = true
		if name == "work" {
			work = value
			continue
		}
		p, err := find(params, name)
		if err == nil {
			a.number[name], err = p.read(value)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, p := range params {
		if !seen[p.name] && p.initial == 0 {
			return nil, fmt.Errorf("needs %s; write %s", p.name, g.Example)
		}
		if !seen[p.name] {
			a.number[p.name] = p.initial
		}
	}
	var err error
	if a.work, err = chance.ParseDuration(work); err != nil {
		return nil, fmt.Errorf("work: %w", err)
	}
	if a.work.NeedsFile() != "" {
		return nil, errors.New("work: a generator reads no files; override the service's steps instead")
	}
	return a, nil
}

// split cuts at commas outside of parentheses.
func split(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var parts []string
	depth, from := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts, from = append(parts, text[from:i]), i+1
		}
	}
	return append(parts, text[from:])
}

func find(params []param, name string) (param, error) {
	names := []string{}
	for _, p := range params {
		if p.name == name {
			return p, nil
		}
		names = append(names, p.name)
	}
	names = append(names, "work")
	meant := ""
	if near := nearest.Name(name, names); near != "" {
		meant = "; did you mean " + near + "?"
	}
	return param{}, fmt.Errorf("has no %s (have %s)%s", strict.Show(name), strings.Join(names, ", "), meant)
}

func (p param) read(text string) (float64, error) {
	x, err := unit.ParseNumber(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.name, err)
	}
	what := "a number"
	if p.whole {
		what = "a whole number"
	}
	if x < p.least || x > p.most || p.whole && x != float64(int64(x)) {
		return 0, fmt.Errorf("%s must be %s from %s to %s (got %s)", p.name, what, short(p.least), short(p.most), strict.Show(text))
	}
	return x, nil
}

func short(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
