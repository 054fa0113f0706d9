package policy_test

import (
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

func maglevOf(size int) *policy.Maglev { return &policy.Maglev{TableSize: size} }

// TestTablesAreEnvoys holds whole tables to those that Envoy's tests quote
// (maglev_lb_test.cc: Basic, BasicWithHostName, Weighted,
// LocalityWeightedSameLocalityWeights, LocalityWeightedDifferentLocalityWeights).
// Where those weigh localities of one host each, the hosts here have their
// weights.
func TestTablesAreEnvoys(t *testing.T) {
	hostname := maglevOf(7)
	hostname.Config.UseHostname = true
	weightless := at(90, 3, 8, 2, 9)
	host := -1
	weightless.Choose(func(*policy.Host) bool { host++; return host < 2 }) // a locality of weight 0 has no part
	for _, c := range []struct {
		name     string
		settings *policy.Maglev
		set      *policy.Set
		want     []int32
	}{
		{"Basic", maglevOf(7), at(90, 6), []int32{2, 4, 0, 1, 5, 0, 3}},
		{"BasicWithHostName", hostname, named(at(90, 6), 90), []int32{2, 5, 0, 3, 4, 1, 0}},
		{"Weighted", maglevOf(17), at(90, 2, 1, 2), []int32{1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1}},
		{"LocalityWeightedSameLocalityWeights", maglevOf(17), at(90, 2), []int32{1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1}},
		{"LocalityWeightedDifferentLocalityWeights", maglevOf(17), weightless, []int32{1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0}},
	} {
		b := c.settings.New()
		for hash := range 3 * len(c.want) {
			if got := find(b, c.set, uint64(hash)); got != int(c.want[hash%len(c.want)]) {
				t.Errorf("%s: hash %d goes to %d", c.name, hash, got)
			}
		}
		if got := policy.Places(b); !slices.Equal(got, c.want) {
			t.Errorf("%s: the table is\n%v, want\n%v", c.name, got, c.want)
		}
	}
}

// TestTableIsStable: the order in which hosts are discovered does not matter
// (maglev_lb_test.cc, BasicStability).
func TestTableIsStable(t *testing.T) {
	set, shuffled, order := at(90, 6), at(90, 6), []int{3, 5, 0, 1, 4, 2}
	for i, was := range order {
		shuffled.Endpoints[i] = set.Endpoints[was]
	}
	one, other := maglevOf(7).New(), maglevOf(7).New()
	for hash := range uint64(21) {
		if got, want := order[find(other, shuffled, hash)], find(one, set, hash); got != want {
			t.Errorf("hash %d goes to %d, not to %d", hash, got, want)
		}
	}
}

// TestLopsidedTable: light hosts have one place each, the heavy one the rest
// (maglev_lb_test.cc, LocalityWeightedLopsided).
func TestLopsidedTable(t *testing.T) {
	b, set, counts := policy.DefaultMaglev().New(), at(0, 1024, 127*1023), make([]int, 1024)
	for hash := range uint64(65537) {
		counts[find(b, set, hash)]++
	}
	for host, n := range counts {
		if host > 0 && n != 1 || host == 0 && n != 65537-1023 {
			t.Errorf("host %d has %d places", host, n)
		}
	}
}

// TestTableAgain: a host refused makes the hash another one
// (maglev_lb_test.cc, BasicWithRetryHostPredicate).
func TestTableAgain(t *testing.T) {
	b, set := maglevOf(7).New(), at(90, 6)
	for _, c := range []struct {
		retries int
		refused func(int) bool
		want    int
	}{{0, none, 1}, {2, none, 1}, {2, only(1), 0}, {2, all, 5}} {
		if got := again(b, set, 10, c.retries, c.refused); got != c.want {
			t.Errorf("after %d retries host %d, want %d", c.retries, got, c.want)
		}
	}
}

// TestTableSizes: only primes (maglev_lb_test.cc, NoPrimeNumber), and Envoy's
// default (DefaultMaglevTableSize).
func TestTableSizes(t *testing.T) {
	for size, prime := range map[int]bool{2: true, 3: true, 7: true, 8: false, 9: false, 65536: false, 65537: true, 5_000_011: true, 5_000_009: false} {
		if err := maglevOf(size).Check(); (err == nil) != prime {
			t.Errorf("%d: %v", size, err)
		}
	}
	if size := policy.DefaultMaglev().TableSize; size != 65537 {
		t.Errorf("the default is %d", size)
	}
}
