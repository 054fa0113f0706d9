package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// SourceHash divides a hash by the weight of all hosts, and the remainder says
// which: HAProxy's `balance source`, and hdr, uri and url_param through
// hash_policy, with its default `hash-type map-based`. When a host comes or
// goes, nearly all requests move.
type SourceHash struct {
	HashPolicy []HashPolicy `yaml:"hash_policy" doc:"what requests are kept together by, combined in this order; the address of the caller when left out"`
}

var bySource = []HashPolicy{{SourceIP: true}}

func (s *SourceHash) hashPolicies() []HashPolicy {
	if len(s.HashPolicy) == 0 {
		return bySource
	}
	return s.HashPolicy
}

// New makes the state for one upstream.
func (*SourceHash) New() Balancer { return &sourceHash{} }

type sourceHash struct {
	version uint32
	upTo    []uint64 // by eligible host: the weight of it and all before it
}

func (s *sourceHash) Pick(_ mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	if s.version != set.Version {
		s.rebuild(set)
	}
	hash := ask.Hash
	if !ask.Hashed {
		hash = dice.Uint64()
	}
	i, _ := slices.BinarySearch(s.upTo, hash%s.upTo[len(s.upTo)-1]+1)
	host, _ := set.at(i)
	return host
}

func (s *sourceHash) rebuild(set *Set) {
	s.version, s.upTo = set.Version, s.upTo[:0]
	sum := uint64(0)
	for _, host := range set.Eligible {
		sum += uint64(set.weight(int(host)))
		s.upTo = append(s.upTo, sum)
	}
}
