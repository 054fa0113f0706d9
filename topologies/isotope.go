package topologies

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// ReadIsotope reads a service graph of Istio's load-test tool isotope, as its
// own parser does (istio/tools, isotope/convert/pkg/graph): defaults, services
// with a script of sleep, call and concurrent lists, sizes in the units of
// Docker. What isotope's parser or mock service treats in a way of its own, what
// has no counterpart here, and each key that isotope itself never reads is told
// in Notes. The error is of type strict.Errors and holds everything wrong.
//
// The mock does no work of its own: its time goes into sleeping, waiting for
// answers, and what network and proxies add.
func ReadIsotope(name string, data []byte) (*Import, error) {
	tree, err := strict.Parse(name, data)
	if errors.Is(err, strict.ErrEmpty) {
		return nil, strict.Errors{{Pos: strict.Pos{File: name}, Text: "no services: " + isotopeExample}}
	}
	if err != nil {
		return nil, err
	}
	root, errs := tree.Root()
	r := &isotope{reader: reader{file: name, errs: errs}, at: map[string]*yaml.Node{}}
	im := r.graph(root)
	if err := r.errs.Sorted(); err != nil {
		return nil, err
	}
	im.Notes = r.sorted()
	return im, nil
}

const (
	isotopeExample  = "an isotope graph begins like services: [{name: a, isEntrypoint: true}]"
	mostReplicas    = 1_000_000 // of one service, and of all together
	mostSteps       = 500_000   // of all services, with the default script repeated
	isotopeReadsNot = "%s is ignored: isotope's own parser reads no such key"
)

// isotope reads one graph.
type isotope struct {
	reader
	defaults isotopeDefaults
	services []mesh.Service
	entries  []string
	at       map[string]*yaml.Node // where each service is named
	calls    []isotopeCall
	replicas int
	steps    int
}

// isotopeDefaults is what a service has where it says nothing.
type isotopeDefaults struct {
	service  mesh.Service // protocol and replicas
	errors   unit.Ratio
	response unit.Size
	request  unit.Size // of the calls in the scripts of services
	steps    []mesh.Step
}

// isotopeCall is a call to look at once all services are known.
type isotopeCall struct {
	node     *yaml.Node
	from, to string // from is empty in the default script
}

func (r *isotope) ignored(key *yaml.Node) {
	r.note(key, Ignored, isotopeReadsNot, strict.Follow(key).Value)
}

func (r *isotope) graph(root *yaml.Node) *Import {
	r.defaults.service = newService("")
	var defaults, services *yaml.Node
	found := r.mapping(root, "an isotope graph", keys{
		"defaults": func(_, value *yaml.Node) { defaults = value },
		"services": func(_, value *yaml.Node) { services = value },
	}, r.ignored)
	if !found {
		return nil
	}
	if defaults != nil {
		r.readDefaults(defaults)
	}
	if services == nil {
		r.fail(root, "no services: %s", isotopeExample)
		return nil
	}
	r.list(services, "services", r.service)
	if len(r.errs) == 0 && len(r.services) == 0 {
		r.fail(services, "no services: %s", isotopeExample)
	}
	r.resolve()
	r.findEntries(services)
	return &Import{Format: "isotope", File: r.file, Services: r.services, Entrypoints: r.entries}
}

// readDefaults reads `defaults`. isotope reads the default script before it
// knows requestSize, so that the calls of that script have no body.
func (r *isotope) readDefaults(n *yaml.Node) {
	d := &r.defaults
	var script *yaml.Node
	known := r.common(&d.service, &d.errors, &d.response)
	known["script"] = func(_, value *yaml.Node) { script = value }
	var request unit.Size
	known["requestsize"] = func(_, value *yaml.Node) { request = r.size(value, "requestSize") }
	r.mapping(n, "defaults", known, r.ignored)
	if script != nil {
		d.steps = r.script(script, "")
	}
	if script != nil && request > 0 {
		r.note(script, Kept, "the calls of the default script have no body, in spite of requestSize: isotope reads the script first")
	}
	d.request = request
}

// common is the keys that defaults and services share.
func (r *isotope) common(s *mesh.Service, errors *unit.Ratio, response *unit.Size) keys {
	return keys{
		"type": func(_, value *yaml.Node) { r.protocol(value, s) },
		"numreplicas": func(_, value *yaml.Node) {
			if n, ok := r.whole(value, "numReplicas", 1, mostReplicas); ok {
				s.Replicas = n
			}
		},
		"errorrate":    func(_, value *yaml.Node) { *errors = r.errorRate(value) },
		"responsesize": func(_, value *yaml.Node) { *response = r.size(value, "responseSize") },
	}
}

// service reads one entry of services.
func (r *isotope) service(n *yaml.Node) {
	d := &r.defaults
	s, e := d.service, mesh.Endpoint{Path: "/", Steps: d.steps}
	rate, response, entry := d.errors, d.response, false
	var name, script *yaml.Node
	known := r.common(&s, &rate, &response)
	known["name"] = func(_, value *yaml.Node) { name = value }
	known["script"] = func(_, value *yaml.Node) { script = value }
	known["isentrypoint"] = func(_, value *yaml.Node) { entry = r.truth(value, "isEntrypoint") }
	known["cluster"] = func(key, value *yaml.Node) { r.cluster(key, value, &s) }
	known["namespace"] = func(key, value *yaml.Node) { r.namespace(key, value) }
	known["labels"] = func(key, _ *yaml.Node) {
		r.note(key, NotModelled, "labels are not modelled: nothing selects services by them")
	}
	if !r.mapping(n, "a service", known, r.ignored) || !r.named(n, name, &s) {
		return
	}
	if script != nil {
		e.Steps = r.script(script, s.Name)
	}
	e.Errors.Ratio, e.Response = rate, fixedSize(response)
	s.Endpoints = []mesh.Endpoint{e}
	r.add(n, s)
	if entry {
		r.entries = append(r.entries, s.Name)
	}
}

// named reads the name of a service, which must be new.
func (r *isotope) named(n, name *yaml.Node, s *mesh.Service) bool {
	if name == nil {
		r.fail(n, "a service needs a name")
		return false
	}
	text, ok := r.name(name, "name")
	if !ok {
		return false
	}
	if first := r.at[text]; first != nil {
		r.fail(name, "service %s is here twice, also in another namespace; the first is in line %d", text, first.Line)
		return false
	}
	s.Name, r.at[text] = text, name
	return true
}

// add keeps a service within the limits of a mesh.
func (r *isotope) add(n *yaml.Node, s mesh.Service) {
	r.services = append(r.services, s)
	r.replicas += s.Replicas
	r.steps += count(s.Endpoints[0].Steps)
	if over := r.replicas - s.Replicas; over <= mostReplicas && r.replicas > mostReplicas {
		r.fail(n, "more than %d replicas in all, up to this service", mostReplicas)
	}
	if over := r.steps - count(s.Endpoints[0].Steps); over <= mostSteps && r.steps > mostSteps {
		r.fail(n, "more than %d steps in all, up to this service", mostSteps)
	}
}

func count(steps []mesh.Step) int {
	n := len(steps)
	for i := range steps {
		n += len(steps[i].Parallel)
	}
	return n
}

// resolve checks the calls, now that all services are known.
func (r *isotope) resolve() {
	var names []string
	for i := range r.services {
		names = append(names, r.services[i].Name)
	}
	for _, c := range r.calls {
		if r.at[c.to] != nil {
			continue
		}
		if near := nearest.Name(c.to, names); near != "" {
			r.fail(c.node, "cannot call undefined service %s; did you mean %s?", strict.Show(c.to), near)
		} else {
			r.fail(c.node, "cannot call undefined service %s", strict.Show(c.to))
		}
	}
	if cycle := endless(r.services); len(r.errs) == 0 && cycle != nil {
		r.fail(r.at[cycle[0]], "an endless circle of calls: %s", strings.Join(cycle, " -> "))
	}
}

// findEntries falls back to the services that no other calls, when none is
// marked.
func (r *isotope) findEntries(services *yaml.Node) {
	if len(r.entries) > 0 || len(r.errs) > 0 {
		return
	}
	called := map[string]bool{}
	for _, c := range r.calls {
		called[c.to] = called[c.to] || c.from != c.to
	}
	for i := range r.services {
		if name := r.services[i].Name; !called[name] {
			r.entries = append(r.entries, name)
		}
	}
	if len(r.entries) == 0 {
		r.fail(services, "no service is marked isEntrypoint, and each is called by another")
		return
	}
	r.note(services, Differs, "no service is marked isEntrypoint: traffic goes to those that no other calls")
}
