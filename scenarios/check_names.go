package scenarios

import (
	"slices"
	"strconv"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
)

// checkCalls follows the calls of a service's endpoints into the graph.
func (l *loader) checkCalls(g *callGraph, s *mesh.Service) {
	for _, e := range s.Endpoints {
		w := &stepWalker{l: l, g: g, from: g.endpoint[s.Name+e.Path]}
		w.steps(at("services", s.Name, "endpoints", e.Path, "steps"), e.Steps, 1, true)
	}
}

// stepWalker walks the steps of one endpoint and adds its calls to the graph.
// The paths that it hands down share their memory: no one keeps them.
type stepWalker struct {
	l    *loader
	g    *callGraph
	from int
}

// steps walks a list that runs times as often as the endpoint on average;
// certain says that it runs in every request.
func (w *stepWalker) steps(path []string, steps []mesh.Step, times float64, certain bool) {
	for i := range steps {
		if w.l.enough() {
			return
		}
		w.step(append(path, strconv.Itoa(i)), &steps[i], times, certain)
	}
}

func (w *stepWalker) step(path []string, s *mesh.Step, times float64, certain bool) {
	below := func(key string) []string { return append(path, key) }
	w.steps(below("parallel"), s.Parallel, times, certain)
	w.steps(below("steps"), s.Steps, times, certain)
	if s.Repeat != nil {
		w.steps(append(below("repeat"), "steps"), s.Repeat.Steps, times*float64(s.Repeat.Times), certain)
	}
	if s.Choose != nil {
		w.choose(below("choose"), s.Choose, times, certain)
	}
	if s.Call != nil && s.Call.To != "" {
		if to, ok := w.l.target(w.g, append(below("call"), "to"), s.Call.To); ok {
			w.g.call(w.from, to, times*float64(s.Call.Chance), certain && s.Call.Chance >= 1)
		}
	}
}

func (w *stepWalker) choose(path []string, branches []mesh.Branch, times float64, certain bool) {
	sum := 0.0
	for i := range branches {
		b := &branches[i]
		sum += float64(b.Chance)
		w.steps(append(path, strconv.Itoa(i), "steps"), b.Steps, times*float64(b.Chance), certain && b.Chance >= 1)
	}
	const slack = 1e-9 // 10 times 10% is a hair above 1
	if sum > 1+slack {
		w.l.fail(path, "the chances of the branches add up to %.6g (allowed 1 at most)", sum)
	} else if sum == 0 {
		w.l.fail(path, "the chances of the branches are all 0, so nothing is ever chosen")
	}
}

// nameChecker follows the names in policies, faults and expectations.
type nameChecker struct {
	*loader
	g       *callGraph
	classes map[string]bool
}

func (n *nameChecker) service(path []string, name string) {
	if name != "" && n.g.services[name] == nil && len(n.g.names) > 0 {
		n.unknown(path, "service", name, n.g.names)
	}
}

// caller checks the name of a service or a traffic class.
func (n *nameChecker) caller(path []string, name string) {
	if name != "" && n.g.services[name] == nil && !n.classes[name] && len(n.g.names) > 0 {
		n.unknown(path, "service or traffic class", name, n.all())
	}
}

func (n *nameChecker) all() []string {
	names := slices.Clone(n.g.names)
	for _, t := range n.scenario.Traffic {
		names = append(names, t.Name)
	}
	return names
}

func (n *nameChecker) policies() {
	for i, rule := range n.scenario.Policies {
		if n.enough() {
			return
		}
		path := at("policies", strconv.Itoa(i))
		n.service(append(path, "to"), rule.To)
		n.caller(append(path, "from"), rule.From)
	}
}

// faults checks every setting of a fault that is named service, from or to.
func (n *nameChecker) faults() {
	for i := range n.scenario.Faults {
		f := &n.scenario.Faults[i]
		if f.Kind == nil || n.enough() {
			continue
		}
		strict.Walk(f, func(path []string, value any) {
			name, ok := value.(*string)
			if !ok || len(path) < 2 {
				return
			}
			whole := append(at("faults", strconv.Itoa(i)), path...)
			switch path[len(path)-1] {
			case "service", "to":
				n.service(whole, *name)
			case "from":
				n.caller(whole, *name)
			}
		})
	}
}

func (n *nameChecker) expectations() {
	for i, e := range n.scenario.Expect {
		if n.enough() {
			return
		}
		if e.Metric == "" {
			continue // it could not be read
		}
		path := at("expect", strconv.Itoa(i))
		if e.From != "" {
			n.edge(path, e)
			continue
		}
		n.of(path, e)
	}
}

func (n *nameChecker) edge(path []string, e Expectation) {
	isCaller, isService := n.g.services[e.From] != nil || n.classes[e.From], n.g.services[e.To] != nil
	switch {
	case !isCaller:
		n.caller(path, e.From)
	case !isService:
		n.service(path, e.To)
	case !n.g.calls(e.From, e.To):
		n.fail(path, "%s never calls %s (its calls go to %s)", e.From, e.To, orNone(n.g.callees(e.From)))
	}
}

func (n *nameChecker) of(path []string, e Expectation) {
	m, err := metricNamed(e.Metric)
	if err != nil {
		return
	}
	isClass, isService := n.classes[e.Of], n.g.services[e.Of] != nil
	switch {
	case isClass && m.Scope&OfClass != 0, isService && m.Scope&OfService != 0:
		if m.Name == "recovery" && len(n.scenario.Faults) == 0 {
			n.fail(path, "recovery counts from the end of a fault, and there is none")
		}
	case isClass:
		n.fail(path, "%s is a traffic class; %s is of %s", e.Of, m.Name, m.Scope)
	case isService:
		n.fail(path, "%s is a service; %s is of %s", e.Of, m.Name, m.Scope)
	default:
		n.caller(path, e.Of)
	}
}
