package policy

import (
	"errors"
	"slices"
	"strconv"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// ConsistentHashing are the knobs that the balancers with a table from hashes
// to hosts share.
type ConsistentHashing struct {
	HashPolicy []HashPolicy     `yaml:"hash_policy" doc:"what requests are kept together by, combined in this order; a request without any of it goes anywhere"`
	Config     ConsistentConfig `yaml:"consistent_hashing_lb_config" doc:"how hosts are named, and how much one may have"`
}

func (c *ConsistentHashing) hashPolicies() []HashPolicy { return c.HashPolicy }

// ConsistentConfig is Envoy's ConsistentHashingLbConfig (cluster.proto).
type ConsistentConfig struct {
	UseHostname       bool `yaml:"use_hostname_for_hashing" doc:"a host is hashed by its name, not by its address; here a replica has only a name"`
	HashBalanceFactor int  `yaml:"hash_balance_factor" min:"0" max:"1000000" doc:"what a host may have under way, in percent of its fair share, before its requests go to others; 100 or more, 0 is no bound"`
}

// Check holds c to a bound that can be kept.
func (c *ConsistentConfig) Check() error {
	if f := c.HashBalanceFactor; f > 0 && f < 100 {
		return errors.New("hash_balance_factor below 100 would leave requests without a host; it is 0 for no bound, or 100 or more")
	}
	return nil
}

// table maps hashes to hosts.
type table interface {
	// build fills the table for these hosts, of which there is at least one.
	build(members []member)
	// host looks a hash up. Again counts the hosts that were found for it before
	// and refused.
	host(hash uint64, again int) int32
}

// member is a host as tables are built of it.
type member struct {
	key   string
	host  int32
	share float64 // of the weight of all; the shares sum to 1
}

// tableKind is all that a table is built by beside its members. Kinds are
// compared.
type tableKind interface{ newTable() table }

// consistent is a balancer with a table: Envoy's ThreadAwareLoadBalancerBase
// (common/thread_aware_lb_impl.cc). It goes over to another table when the set
// has changed and a host is asked for.
type consistent struct {
	table    table
	kept     *kept // the same, as others may have it too
	tables   *Tables
	kind     tableKind
	hostname bool
	bound    *bound // nil: none
	version  uint32 // of the set that the table was built for
	total    float64
}

func newConsistent(kind tableKind, c *ConsistentConfig) *consistent {
	b := &consistent{tables: &Tables{}, kind: kind, hostname: c.UseHostname}
	if c.HashBalanceFactor > 0 {
		b.bound = &bound{factor: uint64(c.HashBalanceFactor)}
	}
	return b
}

func (c *consistent) share(t *Tables) { c.tables = t }

// Pick looks up the host of a hash; without one, any. It is -1 when all hosts
// are in zones without weight.
func (c *consistent) Pick(_ mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	hash := ask.Hash
	if !ask.Hashed {
		hash = dice.Uint64()
	}
	if c.version != set.Version {
		c.version = set.Version
		c.build(set, set.Eligible)
	}
	if len(c.kept.members) == 0 {
		return -1
	}
	host := c.table.host(hash, int(ask.Again))
	if c.bound != nil {
		host = c.bound.relieve(set, c.total, hash, host)
	}
	return int(host)
}

// build goes over to the table of these hosts.
func (c *consistent) build(set *Set, hosts []int32) {
	c.total = 0
	for _, host := range hosts {
		c.total += float64(set.weight(int(host)))
	}
	shares := []float64(nil)
	if set.byZone {
		shares = set.zoneShares(hosts)
	}
	members := c.tables.scratch[:0]
	for _, host := range hosts {
		m := member{key: set.hashKey(int(host), c.hostname), host: host, share: set.share(host, c.total)}
		if shares != nil {
			m.share = shares[host]
		}
		if m.share > 0 {
			members = append(members, m)
		}
	}
	c.tables.scratch = members
	c.tables.leave(c.kept)
	c.kept = c.tables.of(c.kind, members)
	c.table = c.kept.table
	if c.bound != nil {
		c.bound.shares = shares
		c.bound.order = slices.Grow(c.bound.order[:0], len(hosts))[:len(hosts)]
	}
}

// share is a host's part of the weight of all.
func (s *Set) share(host int32, total float64) float64 { return float64(s.weight(int(host))) / total }

// hashKey is what a host is hashed by. One that has no name has its number.
func (s *Set) hashKey(host int, hostname bool) string {
	if s.Endpoints != nil {
		e := &s.Endpoints[host]
		if hostname && e.Hostname != "" {
			return e.Hostname
		}
		if e.Address != "" {
			return e.Address
		}
	}
	return strconv.Itoa(host)
}
