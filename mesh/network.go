package mesh

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// Network is what lies between two replicas, by where they stand.
type Network struct {
	SameZone  Link `yaml:"same_zone" doc:"between replicas of one zone"`
	CrossZone Link `yaml:"cross_zone" doc:"between zones; same_zone's when left out"`
}

// Link is one way from a replica to another. Its zero value costs nothing.
type Link struct {
	Latency   chance.Duration `yaml:"latency" doc:"propagation, one way"`
	Bandwidth unit.BitRate    `yaml:"bandwidth" doc:"of the sender's interface, whose messages leave one after another; unlimited when left out"`
	Loss      unit.Ratio      `yaml:"loss" max:"1" doc:"share of messages lost and sent again after the retransmission timeout"`
}

// Mesh says where the proxies stand and what passing one costs.
type Mesh struct {
	Proxies   string         `yaml:"proxies" enum:"none,sidecar,node" doc:"where the proxies stand: none, one beside each replica, one on each node"`
	TLS       string         `yaml:"tls" enum:"none,simple,mutual" doc:"what the proxies put around each connection"`
	Hop       Hop            `yaml:"hop" doc:"what one passage through a proxy costs: a profile by name, or the model's parameters"`
	Discovery *unit.Duration `yaml:"discovery" doc:"how long after a replica crashed, or is back, all proxies learn of it; never when left out: it stays among the endpoints"`
	Nodes     int            `yaml:"nodes" min:"1" doc:"machines per zone that replicas are placed on in turn; with proxies: node, each has one proxy"`
}

// SetDefaults gives the ideal world: no proxies.
func (m *Mesh) SetDefaults() { m.Proxies, m.TLS, m.Nodes = "none", "none", 1 }

// Hop is the cost of a proxy: a station of worker threads at which every
// request and every response takes CPU time, so that its cost grows with load.
type Hop struct {
	Profile    string          `yaml:"profile" doc:"start from this measured profile"`
	Workers    int             `yaml:"workers" min:"1" max:"256" doc:"worker threads of one proxy"`
	Request    chance.Duration `yaml:"request" doc:"CPU time to carry one request"`
	Response   chance.Duration `yaml:"response" doc:"CPU time to carry one response"`
	PerKiB     unit.Duration   `yaml:"per_kib" doc:"CPU time for each KiB of a message"`
	Connection unit.Duration   `yaml:"connection" doc:"CPU time to set up one connection"`
	OwnState   bool            `yaml:"own_state" doc:"each worker has balancers and connections of its own, as Envoy's have; else all share one"`
}

// Short names the key that a bare word sets: `hop: default`.
func (*Hop) Short() string { return "profile" }
