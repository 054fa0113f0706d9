package policy

import (
	"cmp"
	"slices"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// GRPCRingCap is the most points that gRPC lets a ring have (gRFC A42; grpc-go,
// envconfig.RingHashCap).
const GRPCRingCap = 4096

// newIn makes the state in a dialect. gRPC hashes by xx_hash alone and takes the
// hosts in the order of their names.
func (r *RingHash) newIn(dialect string) Balancer {
	if dialect != "grpc" {
		return r.New()
	}
	kind := ringKind{least: min(r.MinimumRingSize, GRPCRingCap), most: min(r.MaximumRingSize, GRPCRingCap)}
	return &ringWalk{consistent: newConsistent(kind, &ConsistentConfig{})}
}

// ringWalk is gRPC's way around the ring (gRFC A42 and A61; grpc-go,
// balancer/ringhash/picker.go): all hosts stand on it, and a request whose host
// fails walks on to the next that does not. So no other request moves. A host
// fails while it is ejected, and after a connection could not be made until it
// is time to try again.
type ringWalk struct {
	*consistent
	all   []int32
	links []gRPCLink
}

// gRPCLink is what is known of the way to a host.
type gRPCLink struct {
	until    mesh.Time // when the next connection may be tried
	failures uint8     // in a row
}

// Pick returns -1 when all hosts fail.
func (r *ringWalk) Pick(now mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	if r.version != set.Version {
		r.version = set.Version
		r.meet(set)
	}
	if len(r.kept.members) == 0 {
		return -1
	}
	hash := ask.Hash
	if !ask.Hashed {
		hash = dice.Uint64()
	}
	ring := r.table.(*ring)
	at := ring.find(hash)
	for range ring.hosts {
		if host := ring.hosts[at]; r.serves(now, set, host) {
			return int(host)
		}
		if at++; at == len(ring.hosts) {
			at = 0
		}
	}
	return -1
}

// meet makes the ring of all hosts there are, in the order of their names.
func (r *ringWalk) meet(set *Set) {
	r.all = set.appendMembers(r.all[:0])
	slices.SortStableFunc(r.all, func(a, b int32) int {
		return cmp.Compare(set.hashKey(int(a), false), set.hashKey(int(b), false))
	})
	for len(r.links) < len(set.Hosts) {
		r.links = append(r.links, gRPCLink{})
	}
	r.build(set, r.all)
}

func (r *ringWalk) serves(now mesh.Time, set *Set, host int32) bool {
	return now >= r.links[host].until && set.may(host)
}

// Done keeps from a host to which no connection could be made, for the pause
// before gRPC tries again: 1 s, and 1.6 times more after each failure, up to
// 120 s (connection-backoff.md; its jitter is left out).
func (r *ringWalk) Done(now mesh.Time, host int, _ time.Duration, o mesh.Outcome) {
	if host >= len(r.links) {
		return
	}
	switch l := &r.links[host]; o {
	case mesh.ConnectFailure:
		pause := time.Second
		for range min(l.failures, 11) {
			pause = pause * 8 / 5
		}
		l.until, l.failures = now.Add(min(pause, 2*time.Minute)), min(l.failures, 11)+1
	case mesh.Unfinished, mesh.Timeout, mesh.Reset:
	default:
		*l = gRPCLink{}
	}
}
