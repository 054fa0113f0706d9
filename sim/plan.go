package sim

import (
	"fmt"
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// Plan is a model compiled into tables. It never changes, and all runs of the
// model share it.
type Plan struct {
	model     *Model
	code      []instruction
	branches  []branch
	endpoints []endpoint
	services  []service
	edges     []edge
	classes   []class
	agents    []agent // every replica, then every client: whoever calls or is called
	proxies   int
	hop       hop
	ownState  bool // of each worker of a proxy
	upstreams int
	nodes     int
	probed    int32    // the endpoint that health checks ask for
	links     [2]link  // within a zone, between zones
	zones     []string // by number
	digits    int      // of latency histograms
}

// service is a mesh.Service with its indexes.
type service struct {
	*mesh.Service
	first     int32 // its first replica among the agents
	places    int32 // per replica; a huge number when unlimited
	limit     int32 // of the waiting line
	endpoint  int32 // its first endpoint
	edges     []int32
	cores     uint64 // per replica, in thousandths; 0 when each has its own
	multiplex bool

	discovered []policy.Endpoint
}

// endpoint is where a program starts and what it ends with.
type endpoint struct {
	start    int32
	response chance.Dist
	errors   float64
	answer   *mesh.ErrorAnswer // what they look like
}

// class is a loadgen.Traffic with its indexes.
type class struct {
	edge     int32
	endpoint int32
	first    int32 // its first client among the agents
	key      string
	path     string // what it asks for, when there is a query
}

// edge is every call of one caller, a service or a class, to one callee.
type edge struct {
	from, to  string
	caller    int32 // service, or len(services)+class
	callee    int32
	policy    policy.Plan
	upstreams int32 // its first upstream; one for each deciding proxy of the caller
	callers   []policy.ZoneCallers
	probes    bool     // its balancer has replicas asked for their load
	ties      bool     // calls over it may be tied
	stirs     bool     // something goes on between its calls
	mirrors   []mirror // by the numbers that the policy gives them
	copies    bool     // of calls, and no calls
	guest     bool     // its upstreams are those of the calls to the same callee
}

// agent is a replica or a client: it stands in a zone, beside a proxy or not.
type agent struct {
	zone  int32
	proxy int32 // none: -1
	index int32 // among its like
	owner int32 // service, or len(services)+class
}

const none = -1

// Compile turns a model into tables. The model must have been checked: its
// calls name services and endpoints that exist.
func Compile(m *Model) (*Plan, error) {
	p := &Plan{model: m, digits: 3}
	if len(m.Services)+len(m.Traffic) > 500 {
		p.digits = 2
	}
	p.hop = newHop(&m.Mesh)
	p.ownState = m.Mesh.Hop.OwnState && m.Mesh.Proxies != "none"
	p.links = [2]link{newLink(&m.Network.SameZone), newLink(&m.Network.CrossZone)}
	c := compiler{plan: p, services: map[string]int32{}, edges: map[[2]int32]int32{}, mirrors: map[[2]int32]int32{}}
	c.placeServices()
	c.placeClients()
	if err := c.compileServices(); err != nil {
		return nil, err
	}
	p.compileProbe()
	if err := c.compileClasses(); err != nil {
		return nil, err
	}
	return p, c.compileMirrors()
}

// compiler holds what is needed only while compiling.
type compiler struct {
	plan     *Plan
	services map[string]int32
	edges    map[[2]int32]int32
	mirrors  map[[2]int32]int32
	zones    map[string]int32
}

func (c *compiler) placeServices() {
	p := c.plan
	c.zones = map[string]int32{}
	for i := range p.model.Services {
		s := &p.model.Services[i]
		c.services[s.Name] = int32(i)
		p.services = append(p.services, service{
			Service:   s,
			first:     int32(len(p.agents)),
			places:    orHuge(s.Concurrency, 0),
			limit:     orHuge(s.Queue.Limit, mesh.Unlimited),
			endpoint:  int32(len(p.endpoints)),
			cores:     uint64(math.Round(s.CPU * 1000)),
			multiplex: s.Protocol == "http2" || s.Protocol == "grpc",
		})
		p.endpoints = append(p.endpoints, make([]endpoint, len(s.Endpoints))...)
		c.place(int32(i), s.Replicas, s.Zones, p.model.Mesh.Proxies != "none")
		p.services[i].discovered = p.discover(&p.services[i])
	}
}

// discover is what proxies learn of a service.
func (p *Plan) discover(s *service) []policy.Endpoint {
	all := make([]policy.Endpoint, s.Replicas)
	for i := range all {
		all[i].Address = p.agentName(s.first + int32(i))
		if len(s.Weights) > 0 {
			all[i].Weight = uint32(s.Weights[i%len(s.Weights)])
		}
		if len(s.Priorities) > 0 {
			all[i].Priority = uint8(s.Priorities[i%len(s.Priorities)])
		}
		if len(s.Zones) > 0 {
			all[i].Zone = s.Zones[i%len(s.Zones)]
			all[i].ZoneWeight = uint32(s.WeightOf(all[i].Zone))
		}
		all[i].Labels = s.LabelsOf(i)
	}
	return all
}

// unbounded is a number of places that nobody ever takes.
const unbounded = math.MaxInt32

// orHuge reads a setting in which one value means unlimited.
func orHuge(n, unlimited int) int32 {
	if n == unlimited || n > unbounded {
		return unbounded
	}
	return int32(n)
}

// placeClients puts the callers of each class beside the first zone of what
// they call, unless they say otherwise.
func (c *compiler) placeClients() {
	p := c.plan
	for i := range p.model.Traffic {
		t := &p.model.Traffic[i]
		zones := t.Zones
		if name, _ := mesh.SplitTarget(t.To); len(zones) == 0 && len(p.services[c.services[name]].Zones) > 0 {
			zones = p.services[c.services[name]].Zones[:1]
		}
		p.classes = append(p.classes, class{first: int32(len(p.agents)), key: "traffic." + t.Name})
		c.place(int32(len(p.services)+i), t.Clients, zones, t.Sidecar && p.model.Mesh.Proxies != "none")
	}
}

// place adds the agents of one owner: zone by zone in turn, and in a zone node
// by node.
func (c *compiler) place(owner int32, count int, zones []string, proxied bool) {
	p := c.plan
	for i := range count {
		a := agent{owner: owner, index: int32(i), proxy: none}
		round := i
		if len(zones) > 0 {
			a.zone = c.zone(zones[i%len(zones)])
			round = i / len(zones)
		} else {
			a.zone = c.zone("")
		}
		if proxied {
			a.proxy = c.proxy(a.zone, round)
		}
		p.agents = append(p.agents, a)
	}
}

func (c *compiler) zone(name string) int32 {
	z, ok := c.zones[name]
	if !ok {
		z = int32(len(c.zones))
		c.zones[name] = z
		c.plan.zones = append(c.plan.zones, name)
	}
	return z
}

// proxy finds the proxy of an agent: its own, or that of its node.
func (c *compiler) proxy(zone int32, round int) int32 {
	p := c.plan
	if p.model.Mesh.Proxies == "node" {
		nodes := p.model.Mesh.Nodes
		proxy := zone*int32(nodes) + int32(round%nodes)
		p.proxies = max(p.proxies, int(proxy)+1)
		p.nodes = p.proxies
		return proxy
	}
	p.proxies++
	return int32(p.proxies - 1)
}

// edge finds or makes the edge between a caller and a callee.
func (c *compiler) edge(caller, callee int32) int32 {
	key := [2]int32{caller, callee}
	if e, ok := c.edges[key]; ok {
		return e
	}
	p := c.plan
	from, to := p.callerName(caller), p.services[callee].Name
	e := edge{from: from, to: to, caller: caller, callee: callee,
		policy: policy.Resolve(p.model.Policies, from, to), upstreams: int32(p.upstreams)}
	e.policy.Multiplexed = p.services[callee].multiplex
	e.probes, e.ties = policy.ProbesLoad(e.policy.Balancer), e.policy.Ties()
	e.stirs = e.probes || e.policy.Wakes()
	if p.ownState {
		e.policy.Workers = p.hop.workers
	}
	e.policy.GRPC = p.services[callee].Protocol == "grpc"
	if p.upstreams += p.callers(caller); e.policy.CommonLB != nil && e.policy.CommonLB.ZoneAware != nil {
		e.callers = p.zoneCallers(caller)
	}
	index := int32(len(p.edges))
	p.edges = append(p.edges, e)
	p.services[callee].edges = append(p.services[callee].edges, index)
	c.edges[key] = index
	return index
}

// zoneCallers counts the agents of a caller, zone by zone.
func (p *Plan) zoneCallers(caller int32) (counts []policy.ZoneCallers) {
	byZone := make([]int, len(p.zones))
	for i := range p.agents {
		if p.agents[i].owner == caller {
			byZone[p.agents[i].zone]++
		}
	}
	for z, n := range byZone {
		if n > 0 {
			counts = append(counts, policy.ZoneCallers{Zone: p.zones[z], Count: n})
		}
	}
	return counts
}

// callers is how many separate sets of decisions a caller makes: one for each
// of its agents, or one for each node where nodes have the proxies.
func (p *Plan) callers(caller int32) int {
	if int(caller) < len(p.services) {
		return max(p.services[caller].Replicas, p.nodes)
	}
	return max(p.model.Traffic[int(caller)-len(p.services)].Clients, p.nodes)
}

func (p *Plan) callerName(caller int32) string {
	if int(caller) < len(p.services) {
		return p.services[caller].Name
	}
	return p.model.Traffic[int(caller)-len(p.services)].Name
}

// agentName is how results and streams call an agent: web-2.
func (p *Plan) agentName(i int32) string {
	return fmt.Sprintf("%s-%d", p.callerName(p.agents[i].owner), p.agents[i].index)
}

// compileProbe makes the endpoint that health checks ask for: it does nothing.
func (p *Plan) compileProbe() {
	p.probed = int32(len(p.endpoints))
	p.endpoints = append(p.endpoints, endpoint{start: int32(len(p.code))})
	p.code = append(p.code, instruction{op: opEnd})
}

func (c *compiler) compileServices() error {
	p := c.plan
	for i := range p.services {
		s := &p.services[i]
		for j := range s.Endpoints {
			e := &p.endpoints[s.endpoint+int32(j)]
			e.response, e.errors = s.Endpoints[j].Response.Dist, float64(s.Endpoints[j].Errors.Ratio)
			b := block{compiler: c, caller: int32(i), where: s.Name + s.Endpoints[j].Path}
			e.answer = &s.Endpoints[j].Errors.ErrorAnswer
			e.start = int32(len(p.code))
			if err := b.program(s.Endpoints[j].Steps); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *compiler) compileClasses() error {
	p := c.plan
	for i := range p.classes {
		service, endpoint, err := c.target(p.model.Traffic[i].To)
		if err != nil {
			return fmt.Errorf("traffic %s: %w", p.model.Traffic[i].Name, err)
		}
		p.classes[i].edge, p.classes[i].endpoint = c.edge(int32(len(p.services)+i), service), endpoint
		p.classes[i].path = withQuery(p.services[service].pathOf(endpoint), p.model.Traffic[i].Query)
	}
	return nil
}

// withQuery is a path with a query behind it, or behind the one it has; empty
// when there is none to add.
func withQuery(path, query string) string {
	switch {
	case query == "":
		return ""
	case strings.Contains(path, "?"):
		return path + "&" + query
	}
	return path + "?" + query
}

// pathOf is the path of one of the service's endpoints, by its number in the plan.
func (s *service) pathOf(endpoint int32) string { return s.Endpoints[endpoint-s.endpoint].Path }

// target finds the service and endpoint that a call names.
func (c *compiler) target(to string) (service, endpoint int32, err error) {
	name, path := mesh.SplitTarget(to)
	service, ok := c.services[name]
	if !ok {
		return 0, 0, fmt.Errorf("no service %q", name)
	}
	s := &c.plan.services[service]
	for i := range s.Endpoints {
		if path == "" || s.Endpoints[i].Path == path {
			return service, s.endpoint + int32(i), nil
		}
	}
	return 0, 0, fmt.Errorf("service %s has no endpoint %q", name, path)
}
