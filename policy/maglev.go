package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Maglev gives a request to the host that stands at its hash in a table, in
// which each host has places in proportion to its weight. It is quicker than a
// ring and more even; when a host leaves, a few requests of others move too.
// Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load
// Balancer", NSDI 2016, section 3.4; with weights as in Envoy
// (maglev/maglev_lb.cc).
type Maglev struct {
	ConsistentHashing
	TableSize int `yaml:"table_size" min:"2" max:"5000011" doc:"places in the table, a prime; a hundred times the hosts makes the shares even"`
}

// DefaultMaglev has Envoy's settings (cluster.proto, MaglevLbConfig).
func DefaultMaglev() *Maglev { return &Maglev{TableSize: 65537} }

// Check holds the size to primes: with others a host might not find a place.
func (m *Maglev) Check() error {
	for d := 2; d*d <= m.TableSize; d++ {
		if m.TableSize%d == 0 {
			return fmt.Errorf("table_size must be a prime number (%d is %d times %d)", m.TableSize, d, m.TableSize/d)
		}
	}
	return nil
}

// New makes the state for one upstream.
func (m *Maglev) New() Balancer { return newConsistent(maglevKind{uint64(m.TableSize)}, &m.Config) }

type maglevKind struct{ size uint64 }

func (k maglevKind) newTable() table { return &maglev{size: k.size} }

type maglev struct {
	size   uint64
	places []int32
}

// candidate is a host while the table is filled: it goes through the table in
// steps of its own and takes a free place at each of its turns.
type candidate struct {
	member
	at, step uint64
	target   float64
}

// build lets the hosts take places in turn, in the order of their keys, the
// heaviest at every turn and the others as often as their weight allows.
func (m *maglev) build(members []member) {
	if len(m.places) == 0 {
		m.places = make([]int32, m.size)
	}
	for i := range m.places {
		m.places[i] = -1
	}
	all, most := m.candidates(members)
	for turn, taken := 1, uint64(0); taken < m.size; turn++ {
		for i := range all {
			c := &all[i]
			if float64(turn)*c.share < c.target {
				continue
			}
			if taken == m.size {
				break
			}
			c.target += most
			m.take(c)
			taken++
		}
	}
}

func (m *maglev) candidates(members []member) (all []candidate, most float64) {
	all = make([]candidate, len(members))
	for i, h := range members {
		key := []byte(h.key)
		all[i] = candidate{member: h, at: xxHash64(key, 0) % m.size, step: xxHash64(key, 1)%(m.size-1) + 1}
		most = max(most, h.share)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return strings.Compare(a.key, b.key) })
	return all, most
}

// take gives a candidate the next free place on its way.
func (m *maglev) take(c *candidate) {
	for m.places[c.at] >= 0 {
		m.advance(c)
	}
	m.places[c.at] = c.host
	m.advance(c)
}

func (m *maglev) advance(c *candidate) {
	if c.at += c.step; c.at >= m.size {
		c.at -= m.size
	}
}

// host looks a hash up. For each host refused the hash becomes quite another.
func (m *maglev) host(hash uint64, again int) int32 {
	if again > 0 {
		hash ^= -uint64(again)
	}
	return m.places[hash%m.size]
}
