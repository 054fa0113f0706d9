package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// First asks the first host of the list that has a place free, so that a light
// load uses few hosts and the others may be switched off. HAProxy's first
// (configuration.txt, balance). Where no host has one, HAProxy lets the request
// wait for the next place; here the one that is least over its cap takes it.
type First struct {
	MaxConn int `yaml:"maxconn" min:"0" doc:"requests that one host takes from one proxy at once; 0: any number, so that the first host gets all"`
}

// New makes the state for one upstream.
func (f *First) New() Balancer { return first(f.MaxConn) }

type first int32

func (f first) Pick(_ mesh.Time, set *Set, _ *Ask, _ *chance.Stream) int {
	best, least := set.at(0)
	if f == 0 {
		return best
	}
	for i := range set.Eligible {
		switch host, h := set.at(i); {
		case h.Active < int32(f):
			return host
		case h.Active < least.Active:
			best, least = host, h
		}
	}
	return best
}
