package topologies

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/topologies/capture"
	"github.com/meshdyno/meshdyno/unit"
)

// ReadPcap reads a capture, pcap or pcapng, and makes of it the services that
// answered, who called them how often, the network between them, and the
// traffic from outside. What a capture cannot tell, what was estimated how well,
// and what was left out stands in Notes.
func ReadPcap(name string, r io.Reader, o capture.Options) (*Import, error) {
	c, err := capture.Read(name, r, o)
	if err != nil {
		return nil, err
	}
	p := &pcap{Capture: c, im: &Import{Format: "pcap", File: name, Traffic: map[string]Measured{}}}
	p.groups()
	if len(p.all) == 0 {
		return nil, fmt.Errorf("%s: no requests to any service over TCP in %s", strict.Safe(name), plural(c.Counts.Packets, "packet"))
	}
	p.calls()
	p.services()
	p.entries()
	p.network()
	p.counts()
	return p.im, nil
}

// Measured is the traffic to an entry point as it was.
type Measured struct {
	Rate     unit.Rate
	Arrivals string // as a scenario writes them; "" for the default
	Request  string // size; "" for none
}

// pcap turns a capture into an import.
type pcap struct {
	*capture.Capture
	im  *Import
	all []*group
	at  map[netip.Addr]*group // who calls from there
}

// group is the pods of one service.
type group struct {
	capture.Service
	name  string
	pods  int
	out   int // requests from outside
	calls []edge
}

// edge is calls from one group to another.
type edge struct {
	from, to *group
	n        int
}

func (p *pcap) note(fate Fate, format string, args ...any) {
	p.im.Notes = append(p.im.Notes, Note{strict.Pos{File: p.im.File}, fate, fmt.Sprintf(format, args...)})
}

// pods are those of one service.
type pods struct {
	base string
	port uint16
}

// groups puts pods of one name and port together: db-0 and db-1 are db.
func (p *pcap) groups() {
	known, taken := map[pods]*group{}, map[string]bool{}
	p.at = map[netip.Addr]*group{}
	for _, s := range p.Services {
		if s.Requests == 0 {
			continue
		}
		k := pods{p.base(s.At.Addr()), s.At.Port()}
		if known[k] == nil {
			known[k] = newGroup(k.name(taken), s)
			p.all = append(p.all, known[k])
		}
		known[k].add(s)
		p.settle(known[k], s.At.Addr())
	}
}

// name is the base, with the port where that is taken.
func (k pods) name(taken map[string]bool) string {
	name := k.base
	if taken[name] {
		name = cleanName(fmt.Sprintf("%.50s-%d", k.base, k.port))
	}
	for n := 2; taken[name]; n++ {
		name = cleanName(fmt.Sprintf("%.50s-%d-%d", k.base, k.port, n))
	}
	taken[name] = true
	return name
}

func newGroup(name string, s *capture.Service) *group {
	g := &group{name: name}
	g.Protocol, g.First, g.Callers = s.Protocol, s.First, map[netip.Addr]int{}
	return g
}

// settle notes who makes the calls that come from an address.
func (p *pcap) settle(g *group, a netip.Addr) {
	switch other := p.at[a]; {
	case other == nil:
		p.at[a] = g
	case other != g:
		p.note(Differs, "%s and %s are at one address, %s: calls from there are taken for %s's", other.name, g.name, a, other.name)
	}
}

// base is the name of the service that a pod belongs to.
func (p *pcap) base(a netip.Addr) string {
	name, known := p.Names[a]
	if !known {
		return cleanName("s-" + a.String())
	}
	if base, number, found := cutLast(name, "-"); found && base != "" && strings.Trim(number, "0123456789") == "" {
		name = base
	}
	return cleanName(name)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// add takes one more pod in.
func (g *group) add(s *capture.Service) {
	g.pods++
	g.First, g.Last = min(g.First, s.First), max(g.Last, s.Last)
	g.Connections += s.Connections
	g.Requests += s.Requests
	g.TLS = g.TLS || s.TLS
	g.Request.Merge(&s.Request)
	g.Response.Merge(&s.Response)
	g.Answer.Merge(&s.Answer)
	g.Gaps.Merge(&s.Gaps)
	for caller, n := range s.Callers {
		g.Callers[caller] += n
	}
}

// calls finds who calls whom. What would close a circle is left out.
func (p *pcap) calls() {
	var edges []edge
	for _, to := range p.all {
		counts := map[*group]int{}
		for caller, n := range to.Callers {
			counts[p.at[caller]] += n
		}
		to.out = counts[nil]
		for _, from := range p.all {
			if n := counts[from]; n > 0 {
				edges = append(edges, edge{from, to, n})
			}
		}
	}
	slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(b.n, a.n) })
	for _, e := range edges {
		if e.to.reaches(e.from) {
			p.note(Differs, "%s from %s to %s are taken for traffic from outside: calls would go round in a circle", plural(e.n, "request"), e.from.name, e.to.name)
			e.to.out += e.n
			continue
		}
		e.from.calls = append(e.from.calls, e)
	}
}

func (g *group) reaches(other *group) bool {
	if g == other {
		return true
	}
	return slices.ContainsFunc(g.calls, func(e edge) bool { return e.to.reaches(other) })
}

// services makes one of each group.
func (p *pcap) services() {
	for _, g := range p.all {
		s := newService(g.name)
		s.Replicas = g.pods
		s.Protocol = string(cmp.Or(g.Protocol, capture.TCP))
		e := mesh.Endpoint{Path: "/", Steps: p.steps(g)}
		e.Response = p.size(&g.Response, "responses of "+g.name)
		s.Endpoints = []mesh.Endpoint{e}
		p.im.Services = append(p.im.Services, s)
		if g.TLS {
			p.note(Differs, "%s speaks TLS: its sizes are those of records, handshakes left out, and what is inside is not seen", g.name)
		}
	}
}

// steps is the time to answer, then the calls. Of a service that makes calls
// their time is taken off.
func (p *pcap) steps(g *group) []mesh.Step {
	var steps []mesh.Step
	taken := 0.0
	for _, e := range g.calls {
		often := float64(e.n) / float64(g.Requests)
		taken += often * (e.to.Answer.Mean() + p.Trip.Mean())
		if often > 1 {
			p.note(Differs, "%s calls %s %.3g times a request; once is modelled: set repeat", g.name, e.to.name, often)
		}
		step := newCall(e.to.name, 0, unit.Ratio(roundTo(min(often, 1), 3)))
		step.Call.Request = p.size(&e.to.Request, "")
		steps = append(steps, step)
	}
	wait := p.wait(g, taken)
	if wait == nil {
		return steps
	}
	return append([]mesh.Step{*wait}, steps...)
}

// entries is the traffic from outside.
func (p *pcap) entries() {
	for _, g := range p.all {
		if g.out == 0 {
			continue
		}
		p.im.Entrypoints = append(p.im.Entrypoints, g.name)
		m := Measured{Rate: p.rate(g), Arrivals: p.arrivals(g)}
		if size := p.size(&g.Request, "requests to "+g.name); !size.IsZero() {
			m.Request = size.String()
		}
		p.im.Traffic[g.name] = m
	}
	p.note(Kept, "requests are taken to come as they came, however long answers take: a capture does not tell whether clients wait for them (users, think)")
}

// rate is that of the requests from outside: between the first and the last one
// where there are enough, otherwise over the whole capture.
func (p *pcap) rate(g *group) unit.Rate {
	n, span := float64(g.Requests), p.Last-p.First
	if between := g.Last - g.First; g.Requests >= 10 && between > 0 {
		n, span = n-1, between
	}
	if span <= 0 {
		p.note(Differs, "the rate of requests to %s is not known: the capture has no length", g.name)
		return DefaultRate
	}
	return unit.Rate(roundTo(n*float64(g.out)/float64(g.Requests)/float64(span)*1e9, 4))
}
