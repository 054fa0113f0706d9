package topologies

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// DefaultRate is the traffic to each entry point of an import.
const DefaultRate unit.Rate = 100

// WriteScenario writes a scenario of im that loads as it is: its services, and
// traffic to each entry point for a minute, at DefaultRate or what rates says
// for the service; rates may name further services. The notes stand on top as
// comments. The same import gives the same bytes.
func WriteScenario(w io.Writer, im *Import, rates map[string]unit.Rate) error {
	targets, err := im.targets(rates)
	if err != nil {
		return err
	}
	out := &printer{bufio.NewWriter(w)}
	for _, n := range im.Notes {
		out.line(0, "# %s", n)
	}
	out.line(0, "scenario: %s", word(scenarioName(im.File)))
	out.line(0, "about: |")
	out.line(1, "%s", im.about())
	out.line(0, "")
	out.line(0, "duration: 60s")
	out.line(0, "")
	out.line(0, "traffic:")
	for i, name := range im.classes(targets) {
		out.line(1, "%s: {to: %s, rate: %s%s}", word(name), word(targets[i].to), targets[i].rate, im.Traffic[targets[i].to].more())
	}
	out.line(0, "")
	out.network(im.Network)
	out.services(im.Services)
	return out.w.Flush()
}

// network writes what lies between the services, or tells how.
func (p *printer) network(n *mesh.Network) {
	if n == nil {
		p.wayOn()
		return
	}
	link, text := &n.SameZone, "latency: "+n.SameZone.Latency.String()
	if link.Loss > 0 {
		text += ", loss: " + link.Loss.String()
	}
	p.line(0, "network:")
	p.line(1, "same_zone: {%s}", text)
	p.line(0, "")
}

// more is what a measured class of traffic says besides its rate.
func (m Measured) more() (text string) {
	if m.Arrivals != "" {
		text += ", arrivals: " + m.Arrivals
	}
	if m.Request != "" {
		text += ", request: " + m.Request
	}
	return text
}

// wayOn tells the reader what to write next: a graph says nothing about what
// lies between its services.
func (p *printer) wayOn() {
	for _, line := range []string{
		"# The ideal world: calls cross no proxy and no network. To see what they add,",
		"# take the # away.",
		"# mesh: {proxies: sidecar}",
		"# network: {same_zone: {latency: 250us, bandwidth: 10Gbps}}",
	} {
		p.line(0, "%s", line)
	}
	p.line(0, "")
}

// target is one class of traffic to write.
type target struct {
	to   string
	rate unit.Rate
}

// targets is the entry points, then what else rates names, by name.
func (im *Import) targets(rates map[string]unit.Rate) ([]target, error) {
	var names []string
	for i := range im.Services {
		names = append(names, im.Services[i].Name)
	}
	var all []target
	for _, name := range im.Entrypoints {
		rate, given := rates[name]
		if !given {
			rate = cmp.Or(im.Traffic[name].Rate, DefaultRate)
		}
		all = append(all, target{name, rate})
	}
	for name, rate := range rates {
		switch {
		case rate <= 0:
			return nil, fmt.Errorf("traffic to %s must have a rate above 0 (got %s)", strict.Show(name), rate)
		case slices.Contains(im.Entrypoints, name):
		case slices.Contains(names, name):
			all = append(all, target{name, rate})
		default:
			return nil, unknownService(name, names)
		}
	}
	slices.SortFunc(all[len(im.Entrypoints):], func(a, b target) int { return strings.Compare(a.to, b.to) })
	return all, nil
}

func unknownService(name string, names []string) error {
	if near := nearest.Name(name, names); near != "" {
		return fmt.Errorf("no service %s to send traffic to; did you mean %s?", strict.Show(name), near)
	}
	return fmt.Errorf("no service %s to send traffic to", strict.Show(name))
}

// classes names the traffic: clients, or clients-NAME for each of several. No
// class is called like a service.
func (im *Import) classes(targets []target) []string {
	taken := map[string]bool{}
	for i := range im.Services {
		taken[im.Services[i].Name] = true
	}
	names := make([]string, len(targets))
	for i, t := range targets {
		name := "clients"
		if len(targets) > 1 {
			name += "-" + t.to
		}
		for n := i + 1; taken[name] || len(name) > longestName; n++ {
			name = fmt.Sprintf("clients-%d", n)
		}
		taken[name], names[i] = true, name
	}
	return names
}

const longestName = 63

// scenarioName is the file's name, without what no name holds.
func scenarioName(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	return cleanName(strings.TrimSuffix(base, path.Ext(base)))
}

// cleanName is a text without what no name holds.
func cleanName(text string) string {
	text = strings.ToLower(text)
	clean := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, text)
	if clean = strings.Trim(clean[:min(len(clean), longestName)], "-_"); clean == "" {
		return "imported"
	}
	return clean
}

func (im *Import) about() string {
	replicas := 0
	for i := range im.Services {
		replicas += im.Services[i].Replicas
	}
	what := im.Format + " graph"
	if im.Network != nil || im.Traffic != nil {
		what = "capture"
	}
	return fmt.Sprintf("The %s %s: %s, %s.", what, strict.Safe(path.Base(im.File)),
		plural(len(im.Services), "service"), plural(replicas, "replica"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// printer writes lines of YAML.
type printer struct{ w *bufio.Writer }

// line writes one line at a depth of indentation; bufio keeps the error.
func (p *printer) line(depth int, format string, args ...any) {
	if format != "" {
		for range depth {
			p.w.WriteString("  ")
		}
		fmt.Fprintf(p.w, format, args...)
	}
	p.w.WriteByte('\n')
}

func (p *printer) services(all []mesh.Service) {
	p.line(0, "services:")
	for i := range all {
		p.service(&all[i])
	}
}

// service writes what differs from the defaults.
func (p *printer) service(s *mesh.Service) {
	var plain mesh.Service
	plain.SetDefaults()
	p.line(1, "%s:", word(s.Name))
	if s.Replicas != plain.Replicas {
		p.line(2, "replicas: %d", s.Replicas)
	}
	if len(s.Zones) > 0 {
		var zones []string
		for _, zone := range s.Zones {
			zones = append(zones, word(zone))
		}
		p.line(2, "zones: [%s]", strings.Join(zones, ", "))
	}
	if s.Protocol != plain.Protocol {
		p.line(2, "protocol: %s", s.Protocol)
	}
	p.line(2, "endpoints:")
	for i := range s.Endpoints {
		p.endpoint(&s.Endpoints[i])
	}
}

func (p *printer) endpoint(e *mesh.Endpoint) {
	if len(e.Steps) == 0 && e.Response.IsZero() && e.Errors.Ratio == 0 {
		p.line(3, "%s: {}", e.Path)
		return
	}
	p.line(3, "%s:", e.Path)
	if len(e.Steps) > 0 {
		p.line(4, "steps:")
		p.steps(e.Steps, 5)
	}
	if !e.Response.IsZero() {
		p.line(4, "response: %s", e.Response)
	}
	if e.Errors.Ratio > 0 {
		p.line(4, "errors: %s", e.Errors.Ratio)
	}
}

func (p *printer) steps(steps []mesh.Step, depth int) {
	for i := range steps {
		switch s := &steps[i]; {
		case s.Work != nil:
			p.line(depth, "- work: %s", s.Work)
		case s.Wait != nil:
			p.line(depth, "- wait: %s", s.Wait)
		case s.Call != nil:
			p.line(depth, "- call: %s", call(s.Call))
		case s.Parallel != nil:
			p.line(depth, "- parallel:")
			p.steps(s.Parallel, depth+2)
		}
	}
}

// call is the short form where it says everything.
func call(c *mesh.Call) string {
	text := word(c.To)
	if c.Request.IsZero() && c.Chance == 1 {
		return text
	}
	text = "{to: " + text
	if !c.Request.IsZero() {
		text += ", request: " + c.Request.String()
	}
	if c.Chance != 1 {
		text += ", chance: " + c.Chance.String()
	}
	return text + "}"
}

// words that YAML readers take for something else.
var words = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

// word writes a name so that every YAML reader sees a text: in quotes where it
// might be a number or one of the words.
func word(name string) string {
	if name == "" || name[0] < 'a' || name[0] > 'z' || slices.Contains(words, name) {
		return `"` + name + `"`
	}
	return name
}
