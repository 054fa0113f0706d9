package policy

import "github.com/meshdyno/meshdyno/unit"

// ZoneAware keeps requests in the caller's zone as far as that does not load
// its hosts more than others (cluster.proto, ZoneAwareLbConfig). It is for the
// first priority, and not for balancers that hash.
type ZoneAware struct {
	RoutingEnabled     unit.Ratio      `yaml:"routing_enabled" max:"1" doc:"share of the requests that are routed so"`
	MinClusterSize     int             `yaml:"min_cluster_size" min:"0" doc:"healthy hosts in the first priority below which zones are not looked at"`
	FailTrafficOnPanic bool            `yaml:"fail_traffic_on_panic" doc:"answer 503 in panic, where all hosts would be used"`
	ForceLocalZone     *ForceLocalZone `yaml:"force_local_zone" doc:"stay in the zone whatever load its hosts get"`
}

// SetDefaults gives Envoy's.
func (z *ZoneAware) SetDefaults() { z.RoutingEnabled, z.MinClusterSize = 1, 6 }

// ForceLocalZone is when a zone keeps all its requests.
type ForceLocalZone struct {
	MinSize int `yaml:"min_size" min:"0" doc:"healthy hosts that the zone needs for it"`
}

// SetDefaults gives Envoy's.
func (f *ForceLocalZone) SetDefaults() { f.MinSize = 1 }

// ZoneCallers is how many callers like this one a zone has.
type ZoneCallers struct {
	Zone  string
	Count int
}

// zoneMode is how zones are looked at.
type zoneMode uint8

const (
	zonesIgnored zoneMode = iota
	zoneDirect            // everything stays
	zoneResidual          // a share stays, and the rest goes where there is room
)

// zoneRouting is what follows for one caller from how many healthy hosts and
// how many callers each zone has, in ten thousandths (load_balancer_impl.cc,
// regenerateLocalityRoutingStructures).
type zoneRouting struct {
	mode     zoneMode
	stays    int   // share of the requests that stay
	residual []int // room in each zone and all before it
}

// zoneSizes are the zones with hosts of the first priority, the caller's own
// first if it is one of them.
type zoneSizes struct {
	healthy []int // hosts, by zone
	callers []int // by zone
	own     bool  // the first zone is the caller's own
	peers   int   // callers in the caller's own zone
	others  int   // callers in zones that have no hosts, the caller's own apart
	places  int   // zones that have callers
}

// plan settles how this caller routes.
func (z *zoneRouting) plan(s *ZoneAware, n *zoneSizes) {
	z.mode = zonesIgnored
	hosts, callers := 0, n.others
	for i := range n.healthy {
		hosts += n.healthy[i]
		callers += n.callers[i]
	}
	if !n.own {
		callers += n.peers
	}
	if len(n.healthy) < 2 || n.places < 2 && s.ForceLocalZone == nil || n.peers == 0 || hosts < s.MinClusterSize {
		return
	}
	up, local := tenThousandths(n.healthy[0], hosts), tenThousandths(n.callers[0], callers)
	if n.own && (up > 0 && up >= local || s.ForceLocalZone != nil && n.healthy[0] >= s.ForceLocalZone.MinSize) {
		z.mode = zoneDirect
		return
	}
	z.mode, z.stays = zoneResidual, 0
	if n.own && n.healthy[0] > 0 && local > 0 {
		z.stays = up * 10000 / local
	}
	z.measure(n, hosts, callers)
}

// measure finds the room in other zones: their share of the hosts less their
// share of the callers.
func (z *zoneRouting) measure(n *zoneSizes, hosts, callers int) {
	z.residual = z.residual[:0]
	sum := 0
	for i := range n.healthy {
		if (i > 0 || !n.own) && n.healthy[i] > 0 {
			sum += max(0, tenThousandths(n.healthy[i], hosts)-tenThousandths(n.callers[i], callers))
		}
		z.residual = append(z.residual, sum)
	}
}

func tenThousandths(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return 10000 * part / whole
}

// room is how much of it there is in all other zones. There may be none, because
// shares are rounded down; then any zone is as good.
func (z *zoneRouting) room() int { return z.residual[len(z.residual)-1] }

// across is the zone of a request that leaves, at a number below room.
func (z *zoneRouting) across(at int) (zone int) {
	for at >= z.residual[zone] {
		zone++
	}
	return zone
}
