package policy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// RingHash gives a request to the host whose point on a ring comes next after
// the request's hash. When a host leaves, its own requests move, and few of the
// others': those that points added to fill the ring again now take.
//
// The ring is Envoy's (ring_hash/ring_hash_lb.cc): each host has points in
// proportion to its weight, at least so many that all have minimum_ring_size
// and the lightest host a whole number. Envoy makes the ring anew without a host
// that is out; in the dialect of gRPC the ring keeps it, and its requests walk on
// to the next (ring_hash_grpc.go).
type RingHash struct {
	ConsistentHashing
	MinimumRingSize int    `yaml:"minimum_ring_size" min:"1" max:"8388608" doc:"points on the ring, at least; more make the shares more even"`
	MaximumRingSize int    `yaml:"maximum_ring_size" min:"1" max:"8388608" doc:"points on the ring, at most; gRPC stops at 4096"`
	HashFunction    string `yaml:"hash_function" enum:"xx_hash,murmur_hash_2" doc:"how hosts are hashed; requests are always hashed by xx_hash"`
}

// DefaultRingHash has Envoy's settings (cluster.proto, RingHashLbConfig).
func DefaultRingHash() *RingHash {
	return &RingHash{MinimumRingSize: 1024, MaximumRingSize: 8 << 20, HashFunction: "xx_hash"}
}

// Check holds the sizes in order.
func (r *RingHash) Check() error {
	if r.MinimumRingSize > r.MaximumRingSize {
		return fmt.Errorf("minimum_ring_size (%d) is above maximum_ring_size (%d)", r.MinimumRingSize, r.MaximumRingSize)
	}
	return nil
}

// New makes the state for one upstream.
func (r *RingHash) New() Balancer {
	return newConsistent(ringKind{r.MinimumRingSize, r.MaximumRingSize, r.HashFunction == "murmur_hash_2"}, &r.Config)
}

type ringKind struct {
	least, most int // points
	murmur      bool
}

func (k ringKind) newTable() table { return &ring{kind: k} }

// ring is points in the order of their hashes.
type ring struct {
	kind   ringKind
	hashes []uint64
	hosts  []int32
}

type point struct {
	hash uint64
	host int32
}

// build walks through the hosts and gives each as many points as the sum of the
// shares so far demands, so that fractions of a point add up.
func (r *ring) build(members []member) {
	scale := r.scale(members)
	points := make([]point, 0, int(math.Ceil(scale)))
	target := 0.0
	var key []byte
	for _, m := range members {
		target += float64(scale * m.share)
		key = append(append(key[:0], m.key...), '_')
		prefix := len(key)
		for i := int64(0); float64(len(points)) < target; i++ {
			key = strconv.AppendInt(key[:prefix], i, 10)
			points = append(points, point{r.hash(key), m.host})
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.hash, b.hash) })
	r.hashes, r.hosts = make([]uint64, len(points)), make([]int32, len(points))
	for i, p := range points {
		r.hashes[i], r.hosts[i] = p.hash, p.host
	}
}

// scale is how many points a host would have whose share is 1.
func (r *ring) scale(members []member) float64 {
	least := 1.0
	for _, m := range members {
		least = min(least, m.share)
	}
	return min(math.Ceil(least*float64(r.kind.least))/least, float64(r.kind.most))
}

func (r *ring) hash(key []byte) uint64 {
	if r.kind.murmur {
		return murmurHash2(key, murmurSeed)
	}
	return xxHash64(key, 0)
}

// host goes on by a point for each host refused.
func (r *ring) host(hash uint64, again int) int32 {
	return r.hosts[(r.find(hash)+again)%len(r.hosts)]
}

// find is the first point at or after the hash.
func (r *ring) find(hash uint64) int {
	i, _ := slices.BinarySearch(r.hashes, hash)
	return i % len(r.hosts)
}
