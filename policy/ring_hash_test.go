package policy_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// at makes a set of hosts at ports of 127.0.0.1, of such weights; 1 where there
// is none.
func at(port, n int, weights ...uint32) *policy.Set {
	endpoints := make([]policy.Endpoint, n)
	for i := range endpoints {
		endpoints[i].Address = fmt.Sprintf("127.0.0.1:%d", port+i)
		if i < len(weights) {
			endpoints[i].Weight = weights[i]
		}
	}
	return policy.NewSet(endpoints, make([]policy.Host, n))
}

// named gives the hosts of a set names.
func named(set *policy.Set, first int) *policy.Set {
	for i := range set.Endpoints {
		set.Endpoints[i].Hostname = fmt.Sprint(first + i)
	}
	return set
}

func ringOf(least, most int) *policy.RingHash {
	r := policy.DefaultRingHash()
	r.MinimumRingSize = least
	if most > 0 {
		r.MaximumRingSize = most
	}
	return r
}

// find is the host that a balancer has for a hash.
func find(b policy.Balancer, set *policy.Set, hash uint64) int {
	d := dice(1)
	return b.Pick(0, set, &policy.Ask{Hash: hash, Hashed: true, Attempt: 1, Last: -1}, &d)
}

// position is a point on a ring and the host it belongs to.
type position struct {
	hash uint64
	host int
}

// TestRingsAreEnvoys holds whole rings to those that Envoy's tests quote
// (ring_hash_lb_test.cc: Basic, BasicWithMurmur2, BasicWithHostname,
// UnevenHosts, HostWeightedTinyRing, LocalityWeightedTinyRing,
// HostAndLocalityWeightedTinyRing). Where those weigh localities, the hosts
// here have the product of both weights.
func TestRingsAreEnvoys(t *testing.T) {
	murmur, hostname := ringOf(12, 0), ringOf(12, 0)
	murmur.HashFunction, hostname.Config.UseHostname = "murmur_hash_2", true
	tiny := []position{{928266305478181108, 2}, {4443673547860492590, 2}, {5583722120771150861, 1}, {6311230543546372928, 1}, {13444792449719432967, 2}, {16117243373044804889, 0}}
	weightless := at(90, 4, 1, 2, 3, 9)
	host := -1
	weightless.Choose(func(*policy.Host) bool { host++; return host < 3 }) // a locality of weight 0 has no part in the ring
	for _, c := range []struct {
		name     string
		settings *policy.RingHash
		set      *policy.Set
		want     []position
	}{
		{"Basic", ringOf(12, 0), at(90, 6), []position{
			{833437586790550860, 4}, {928266305478181108, 2}, {1033482794131418490, 0}, {3551244743356806947, 5},
			{3851675632748031481, 3}, {5583722120771150861, 1}, {6311230543546372928, 1}, {7700377290971790572, 3},
			{13144177310400110813, 5}, {13444792449719432967, 2}, {15516499411664133160, 4}, {16117243373044804889, 0}}},
		{"BasicWithMurmur2", murmur, at(80, 6), []position{
			{1358027074129602068, 5}, {4361834613929391114, 3}, {7224494972555149682, 4}, {7701421856454313576, 1},
			{8649315368077433379, 2}, {8739448859063030639, 4}, {9887544217113020895, 1}, {10150910876324007731, 2},
			{15168472011420622455, 3}, {15427156902705414897, 0}, {16375050414328759093, 5}, {17613279263364193813, 0}}},
		{"BasicWithHostname", hostname, named(at(90, 6), 90), []position{
			{1975508444536362413, 5}, {2376063919839173711, 5}, {2386806903309390596, 3}, {6749904478991551885, 4},
			{6803900775736438537, 3}, {7225015537174310577, 2}, {8787465352164086522, 0}, {11282020843382717940, 2},
			{13723418369486627818, 1}, {13776502110861797421, 0}, {14338313586354474791, 1}, {15364271037087512980, 4}}},
		{"UnevenHosts", ringOf(3, 0), at(80, 2), []position{
			{5454692015285649509, 0}, {7859399908942313493, 1}, {13838424394637650569, 0}, {16064866803292627174, 1}}},
		{"UnevenHosts, others", ringOf(3, 0), at(81, 2), []position{
			{7859399908942313493, 0}, {8241336090459785962, 1}, {12882406409176325258, 1}, {16064866803292627174, 0}}},
		{"HostWeightedTinyRing", ringOf(6, 6), at(90, 3, 1, 2, 3), tiny},
		{"LocalityWeightedTinyRing", ringOf(6, 6), weightless, tiny},
		{"HostAndLocalityWeightedTinyRing", ringOf(9, 9), at(90, 4, 1, 2, 2, 4), []position{
			{928266305478181108, 2}, {3851675632748031481, 3}, {5583722120771150861, 1}, {6311230543546372928, 1}, {7700377290971790572, 3},
			{12559126875973811811, 3}, {13444792449719432967, 2}, {13784988426630141778, 3}, {16117243373044804889, 0}}},
	} {
		b := c.settings.New()
		holdsRing(t, c.name, b, c.set, c.want)
	}
}

// holdsRing compares a ring point by point, and asks it at each point, just
// after it, and at the ends.
func holdsRing(t *testing.T, name string, b policy.Balancer, set *policy.Set, want []position) {
	t.Helper()
	ask := func(hash uint64, host int) {
		t.Helper()
		if got := find(b, set, hash); got != host {
			t.Errorf("%s: hash %d goes to %d, not to %d", name, hash, got, host)
		}
	}
	first := want[0].host
	ask(0, first)
	ask(math.MaxUint64, first)
	for i, p := range want {
		ask(p.hash, p.host)
		ask(p.hash+1, want[(i+1)%len(want)].host)
	}
	var got []position
	hashes, hosts := policy.Points(b)
	for i := range hashes {
		got = append(got, position{hashes[i], int(hosts[i])})
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: the ring is\n%v, want\n%v", name, got, want)
	}
}

// TestRingsOfSizes counts the points on larger rings, all and of the hosts with
// the fewest and the most, and where evenly spread hashes go
// (ring_hash_lb_test.cc, the tests of these names).
func TestRingsOfSizes(t *testing.T) {
	light := make([]uint32, 1024)
	for i := range light {
		light[i] = 1
	}
	light[0] = 127 * 1023
	for _, c := range []struct {
		name              string
		settings          *policy.RingHash
		set               *policy.Set
		size, least, most int
		hashes            int
		want              []int
	}{
		{"HostWeightedLargeRing", ringOf(6144, 0), at(90, 3, 1, 2, 3), 6144, 1024, 3072, 6000, []int{987, 1932, 3081}},
		{"HostAndLocalityWeightedLargeRing", ringOf(9216, 0), at(90, 4, 1, 2, 2, 4), 9216, 1024, 4096, 9000, []int{924, 2009, 2053, 4014}},
		{"LargeFractionalScale", ringOf(1023, 1023), at(90, 2), 1023, 511, 512, 1023, []int{526, 497}},
		{"SmallFractionalScale", ringOf(2, 2), at(90, 4), 2, 0, 1, 0, nil},
		{"BasicFailover", ringOf(12, 0), at(80, 1), 12, 12, 12, 0, nil},
		{"LopsidedWeightSmallScale", ringOf(1024, 1024), at(0, 1024, light...), 1024, 0, 1016, 0, nil},
	} {
		b, n := c.settings.New(), len(c.set.Hosts)
		find(b, c.set, 0)
		points := make([]int, n)
		_, hosts := policy.Points(b)
		for _, host := range hosts {
			points[host]++
		}
		if len(hosts) != c.size || slices.Min(points) != c.least || slices.Max(points) != c.most {
			t.Errorf("%s: %d points, a host has %d to %d; want %d, %d to %d", c.name, len(hosts), slices.Min(points), slices.Max(points), c.size, c.least, c.most)
		}
		counts := make([]int, n)
		for i := range c.hashes {
			counts[find(b, c.set, uint64(i)*(math.MaxUint64/uint64(c.hashes)))]++
		}
		if c.want != nil && !slices.Equal(counts, c.want) {
			t.Errorf("%s: the hashes go to %v, want %v", c.name, counts, c.want)
		}
	}
}

// TestLopsidedRing: of 1023 light hosts every 128th has a point
// (ring_hash_lb_test.cc, LopsidedWeightSmallScale).
func TestLopsidedRing(t *testing.T) {
	set := at(0, 1024, 127*1023)
	b := ringOf(1024, 1024).New()
	for hash, host := range map[uint64]int{
		11664790346325243808: 1, 15894554872961148518: 128, 13958138884277627155: 256, 15803774069438192949: 384,
		3829253010855396576: 512, 17918147347826565154: 640, 6442769608292299103: 768, 5881074926069334434: 896,
	} {
		if got := find(b, set, hash); got != host {
			t.Errorf("hash %d goes to %d, not to %d", hash, got, host)
		}
	}
}

// again is Envoy's loop over hosts that a retry's predicate refuses
// (thread_aware_lb_impl.cc, chooseHost).
func again(b policy.Balancer, set *policy.Set, hash uint64, retries int, refused func(host int) bool) (host int) {
	d := dice(1)
	for i := range retries + 1 {
		host = b.Pick(0, set, &policy.Ask{Hash: hash, Hashed: true, Again: int16(i)}, &d)
		if !refused(host) {
			break
		}
	}
	return host
}

func none(int) bool { return false }
func all(int) bool  { return true }
func only(n int) func(int) bool {
	return func(host int) bool { return host == n }
}

// TestRingAgain: hosts refused are passed over, point by point
// (ring_hash_lb_test.cc, BasicWithRetryHostPredicate).
func TestRingAgain(t *testing.T) {
	b, set := ringOf(12, 0).New(), at(90, 6)
	for _, c := range []struct {
		retries int
		refused func(int) bool
		want    int
	}{{0, none, 4}, {2, none, 4}, {2, only(4), 2}, {2, all, 0}, {13, all, 2}} {
		if got := again(b, set, 0, c.retries, c.refused); got != c.want {
			t.Errorf("after %d retries host %d, want %d", c.retries, got, c.want)
		}
	}
}

// TestWhoMoves: when one of ten hosts leaves, which share of the requests of
// the others goes elsewhere. A ring that keeps the number of points moves none;
// Envoy's gets eleven more for each host, to come to minimum_ring_size again:
// 99 of 1026 points, of which one in nine is the host's own.
func TestWhoMoves(t *testing.T) {
	for _, c := range []struct {
		name        string
		settings    policy.BalancerSettings
		least, most float64
	}{
		{"ring of one point each", ringOf(9, 0), 0, 0},
		{"ring", policy.DefaultRingHash(), .06, .11},
		{"table", policy.DefaultMaglev(), .001, .05},
		{"remainder", &policy.SourceHash{}, .87, .91},
	} {
		const n = 10_000
		b, set, before, moved, others := c.settings.New(), at(90, 10), make([]int, n), 0., 0.
		for i := range before {
			before[i] = find(b, set, policy.XXHash64([]byte(fmt.Sprint(i)), 0))
		}
		host := -1
		set.Choose(func(*policy.Host) bool { host++; return host != 3 })
		for i, was := range before {
			now := find(b, set, policy.XXHash64([]byte(fmt.Sprint(i)), 0))
			if was == 3 {
				continue
			}
			if others++; now != was {
				moved++
			}
		}
		if share := moved / others; share < c.least || share > c.most {
			t.Errorf("%s: %.4f of the others' requests move, want %v to %v", c.name, share, c.least, c.most)
		}
	}
}

// TestNoHashIsAnyHost: requests without a hash go where a drawn one points.
func TestNoHashIsAnyHost(t *testing.T) {
	for _, settings := range []policy.BalancerSettings{ringOf(12, 0), policy.DefaultMaglev(), &policy.SourceHash{}} {
		b, set, d, same := settings.New(), at(90, 6), dice(7), dice(7)
		for range 1000 {
			if got, want := b.Pick(0, set, &policy.Ask{Hash: 5}, &d), find(b, set, same.Uint64()); got != want {
				t.Fatalf("%T: host %d, but the hash drawn points to %d", settings, got, want)
			}
		}
	}
}

func TestBadRings(t *testing.T) {
	if err := ringOf(20, 10).Check(); err == nil || err.Error() != "minimum_ring_size (20) is above maximum_ring_size (10)" {
		t.Errorf("BadRingSizeBounds: %v", err)
	}
	if err := ringOf(10, 10).Check(); err != nil {
		t.Error(err)
	}
}
