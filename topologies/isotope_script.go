package topologies

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// script reads the commands of a service: sleep, call, or a list of those that
// run at once.
func (r *isotope) script(n *yaml.Node, from string) []mesh.Step {
	return r.commands(n, from, "script", true)
}

func (r *isotope) commands(n *yaml.Node, from, what string, mayNest bool) []mesh.Step {
	var steps []mesh.Step
	r.list(n, what, func(entry *yaml.Node) {
		if strict.Follow(entry).Kind != yaml.SequenceNode {
			if step, ok := r.command(entry, from); ok {
				steps = append(steps, step)
			}
			return
		}
		if !mayNest {
			r.fail(entry, "concurrent commands may not be nested")
			return
		}
		if together := r.commands(entry, from, "concurrent commands", false); len(together) > 0 {
			steps = append(steps, mesh.Step{Parallel: together})
			return
		}
		r.note(entry, Kept, "an empty list of concurrent commands does nothing, and is left out")
	})
	return steps
}

// command reads `sleep: 10ms` or `call: ...`.
func (r *isotope) command(n *yaml.Node, from string) (step mesh.Step, ok bool) {
	m := strict.Follow(n)
	if m.Kind != yaml.MappingNode || len(m.Content) != 2 {
		r.fail(n, "a command is sleep or call, one to each dash, or a list of them (got %s)", strict.KindName(n))
		return step, false
	}
	key, value := m.Content[0], m.Content[1]
	switch strict.Follow(key).Value {
	case "sleep":
		return r.sleep(value)
	case "call":
		return r.call(value, from)
	}
	r.fail(key, "unknown command %s (allowed sleep, call)", strict.Show(strict.Follow(key).Value))
	return step, false
}

func (r *isotope) sleep(n *yaml.Node) (step mesh.Step, ok bool) {
	text, ok := r.scalar(n, "sleep")
	if !ok {
		return step, false
	}
	d, err := goDuration(text)
	if err != nil {
		r.fail(n, "sleep: %v", err)
		return step, false
	}
	wait := chance.FixedDuration(d)
	return mesh.Step{Wait: &wait}, true
}

// call reads `call: b` or its long form.
func (r *isotope) call(n *yaml.Node, from string) (step mesh.Step, ok bool) {
	to, size, often := n, r.defaults.request, unit.Ratio(1)
	if strict.Follow(n).Kind == yaml.MappingNode {
		if to, ok = r.longCall(n, &size, &often); !ok {
			return step, false
		}
	}
	name, ok := r.name(to, "the service to call")
	if !ok {
		return step, false
	}
	r.calls = append(r.calls, isotopeCall{to, from, name})
	return newCall(name, size, often), true
}

// longCall reads `call: {service: b, ...}`.
func (r *isotope) longCall(n *yaml.Node, size *unit.Size, often *unit.Ratio) (to *yaml.Node, ok bool) {
	r.mapping(n, "call", keys{
		"service": func(_, value *yaml.Node) { to = value },
		"size":    func(_, value *yaml.Node) { *size = r.size(value, "size") },
		"probability": func(key, value *yaml.Node) {
			p, ok := r.whole(value, "probability", 0, 100)
			switch {
			case ok && p == 0:
				r.note(key, Kept, "probability: 0 means always, as in isotope")
			case ok:
				*often = percent(p)
			}
		},
		"hostname": func(key, value *yaml.Node) {
			if host, ok := r.scalar(value, "hostname"); ok {
				r.note(key, NotModelled, "hostname %s is not modelled: the call goes to the service", host)
			}
		},
		"extra-header": func(key, _ *yaml.Node) {
			r.note(key, NotModelled, "extra-header is not modelled: calls carry no headers of their own")
		},
	}, r.ignored)
	if to == nil {
		r.fail(n, "call needs the service: call: b, or call: {service: b}")
	}
	return to, to != nil
}

// endless finds a circle of calls that are made each time, as the names along
// it, the first one repeated; nil when there is none.
func endless(services []mesh.Service) []string {
	next := map[string][]string{}
	for i := range services {
		for _, e := range services[i].Endpoints {
			certain(e.Steps, func(to string) { next[services[i].Name] = append(next[services[i].Name], to) })
		}
	}
	state := map[string]int{} // 1 on the way, 2 done
	var way []string
	var visit func(name string) []string
	visit = func(name string) []string {
		switch state[name] {
		case 1:
			from := len(way) - 1
			for way[from] != name {
				from--
			}
			return append(append([]string{}, way[from:]...), name)
		case 2:
			return nil
		}
		state[name], way = 1, append(way, name)
		for _, to := range next[name] {
			if circle := visit(to); circle != nil {
				return circle
			}
		}
		state[name], way = 2, way[:len(way)-1]
		return nil
	}
	for i := range services {
		if circle := visit(services[i].Name); circle != nil {
			return circle
		}
	}
	return nil
}

// certain tells the targets of the calls that steps make each time.
func certain(steps []mesh.Step, tell func(to string)) {
	for i := range steps {
		if c := steps[i].Call; c != nil && c.Chance >= 1 {
			to, _, _ := strings.Cut(c.To, "/")
			tell(to)
		}
		certain(steps[i].Parallel, tell)
	}
}
