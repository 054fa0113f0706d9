package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// TestMersenneTwister: C++ demands that the 10000th number from the default
// seed is this one (ISO C++ [rand.predef], std::mt19937).
func TestMersenneTwister(t *testing.T) {
	if got := policy.Mersenne(5489, 10_000); got != 4123659995 {
		t.Errorf("got %d", got)
	}
}

// TestOrders: the sequences that Envoy's tests name (bounded_load_hlb_test.cc,
// OneHostOverloaded, MultipleHashSameHostOverloaded).
func TestOrders(t *testing.T) {
	for hash, want := range map[uint64][]int{2: {2, 1, 0, 4, 3}, 6: {4, 0, 2, 3, 1}, 7: {0, 1, 4, 3, 2}, 1<<32 + 2: {2, 1, 0, 4, 3}} {
		if got := policy.Order(5, hash); !slices.Equal(got, want) {
			t.Errorf("hash %d: %v, want %v", hash, got, want)
		}
	}
}

// TestBoundedLoad is bounded_load_hlb_test.cc. Its tests invent how full the
// hosts are; here that follows from what they have under way. With a factor of
// 1 percent, each host may have one request.
func TestBoundedLoad(t *testing.T) {
	for _, c := range []struct {
		name   string
		active []int32
		factor int
		hash   uint64
		found  int
		want   int
	}{
		{"NoHostEverOverloaded", []int32{0, 1, 1, 0, 1}, 1, 0, 0, 0},
		{"NoHostEverOverloaded", []int32{0, 1, 1, 0, 1}, 1, 4, 4, 4},
		{"ActualHostOverloaded, not yet", make([]int32, 5), 1, 2, 2, 2},
		{"ActualHostOverloaded", []int32{0, 0, 2, 0, 0}, 1, 2, 2, 1},
		{"OneHostOverloaded", []int32{1, 1, 4, 1, 1}, 1, 2, 2, 1},
		{"MultipleHostOverloaded", []int32{2, 3, 4, 0, 0}, 1, 2, 2, 4},
		{"MultipleHashSameHostOverloaded, 6", []int32{0, 0, 0, 2, 0}, 1, 6, 3, 4},
		{"MultipleHashSameHostOverloaded, 7", []int32{0, 0, 0, 2, 0}, 1, 7, 3, 0},
		{"AllHostsOverloaded", []int32{3, 2, 4}, 1, 0, 0, 1},
		{"all alike: who was found keeps it", []int32{2, 2, 2}, 1, 5, 1, 1},
		{"at its share exactly is not full", []int32{2, 1, 1, 0}, 100, 2, 0, 0},
		{"above its share is full", []int32{3, 1, 1, 0}, 100, 2, 0, 1},
	} {
		hosts := make([]policy.Host, len(c.active))
		for i, n := range c.active {
			hosts[i].Active = n
		}
		set := policy.NewSet(nil, hosts)
		if got := policy.Relieve(set, c.factor, c.hash, c.found); got != c.want {
			t.Errorf("%s: host %d, want %d", c.name, got, c.want)
		}
	}
}

// TestBoundHolds gives all requests one hash and lets none end: no host ever
// has more than one above its part of 125 % of the mean, which is what the
// bound promises of the moment before the request came.
func TestBoundHolds(t *testing.T) {
	for _, kind := range []string{"ring_hash", "maglev"} {
		p := plan(t, fmt.Sprintf("load_balancer: {policy: %s, consistent_hashing_lb_config: {hash_balance_factor: 125}}", kind))
		b, set := p.Balancer.New(), at(90, 8, 1, 1, 1, 1, 2, 2, 4, 4)
		for n := range 1000 {
			set.Hosts[find(b, set, 42)].Active++
			for i, h := range set.Hosts {
				share := float64(set.Endpoints[i].Weight) / 16
				if may := float64(n+1)*1.25*share + 3; float64(h.Active) > may {
					t.Fatalf("%s: host %d has %d of %d", kind, i, h.Active, n+1)
				}
			}
		}
	}
}

func TestBadBounds(t *testing.T) {
	for factor, good := range map[int]bool{0: true, 1: false, 99: false, 100: true, 125: true} {
		if err := (&policy.ConsistentConfig{HashBalanceFactor: factor}).Check(); (err == nil) != good {
			t.Errorf("%d: %v", factor, err)
		}
	}
}

// TestBoundedPicksAllocateNothing, also when a host is full.
func TestBoundedPicksAllocateNothing(t *testing.T) {
	m := policy.DefaultMaglev()
	m.Config.HashBalanceFactor = 100
	b, set, d := m.New(), at(90, 10), dice(1)
	full := &policy.Ask{Hash: 42, Hashed: true}
	set.Hosts[b.Pick(0, set, full, &d)].Active = 100
	if n := testing.AllocsPerRun(100, func() { b.Pick(0, set, full, &d) }); n != 0 {
		t.Errorf("%v allocations a pick", n)
	}
}

// BenchmarkBoundedLoad is the pick when the host of the hash is full.
func BenchmarkBoundedLoad(b *testing.B) {
	m := policy.DefaultMaglev()
	m.Config.HashBalanceFactor = 125
	balancer, set, d := m.New(), at(90, 1000), dice(1)
	full := &policy.Ask{Hash: 42, Hashed: true}
	set.Hosts[balancer.Pick(0, set, full, &d)].Active = 100
	b.ReportAllocs()
	for b.Loop() {
		balancer.Pick(0, set, full, &d)
	}
}
