package policy_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// sharing makes so many proxies with one set of tables.
func sharing(t testing.TB, proxies, hosts int, text string) []*policy.Upstream {
	t.Helper()
	p, tables := plan(t, text), new(policy.Tables)
	endpoints := make([]policy.Endpoint, hosts)
	for i := range endpoints {
		endpoints[i].Address = fmt.Sprint("payments-", i)
	}
	ups := make([]*policy.Upstream, proxies)
	for i := range ups {
		ups[i] = policy.NewUpstream(&p, endpoints, dice(uint64(i)))
		ups[i].Share(tables)
		ups[i].PickHash(0)
	}
	return ups
}

// TestTablesTakeOneMemory: a hundred proxies that may choose among the same
// hundred hosts have one Maglev table of 256 KiB between them.
func TestTablesTakeOneMemory(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	ups := sharing(t, 100, 100, "load_balancer: maglev")
	if got := heap() - before; got > 1<<20 {
		t.Errorf("%d bytes, at most 1 MiB is allowed", got)
	} else {
		t.Logf("%d bytes", got)
	}
	runtime.KeepAlive(ups)
}

// TestTablesAreShared: proxies in one state have one table, one that is in
// another state has its own, and comes back to the shared one.
func TestTablesAreShared(t *testing.T) {
	for _, kind := range []string{"maglev", "ring_hash", "{policy: ring_hash, consistent_hashing_lb_config: {hash_balance_factor: 150}}"} {
		ups, alone := sharing(t, 3, 10, "load_balancer: "+kind), sharing(t, 1, 10, "load_balancer: "+kind)[0]
		same := func(a, b *policy.Upstream) bool { return policy.TableOf(a) == policy.TableOf(b) }
		if !same(ups[0], ups[1]) || !same(ups[0], ups[2]) || same(ups[0], alone) {
			t.Fatalf("%s: not one table between those of one run", kind)
		}
		for range 3 {
			for _, up := range []*policy.Upstream{ups[1], alone} {
				up.Hosts()[4].Ejected = true
				leaveOut(up)
			}
			for hash := range uint64(1000) {
				hash *= 0x9e3779b97f4a7c15
				if got, want := ups[1].PickHash(hash), alone.PickHash(hash); got != want || got == 4 {
					t.Fatalf("%s: hash %d goes to %d, alone to %d", kind, hash, got, want)
				}
			}
			if same(ups[0], ups[1]) || !same(ups[0], ups[2]) {
				t.Fatalf("%s: an ejection at one proxy changes the table of others", kind)
			}
			for _, up := range []*policy.Upstream{ups[1], alone} {
				up.Hosts()[4].Ejected = false
				leaveOut(up)
				up.PickHash(0)
			}
			if !same(ups[0], ups[1]) {
				t.Fatalf("%s: the same state again, and another table", kind)
			}
		}
		if n := policy.KeptTables(ups[0]); n != 1 {
			t.Errorf("%s: %d tables are kept, want 1", kind, n)
		}
	}
}

// TestEveryHashingBalancerShares also behind priorities.
func TestTablesAreSharedByGroups(t *testing.T) {
	p, tables := plan(t, "load_balancer: maglev\n"+zoned), new(policy.Tables)
	endpoints := []policy.Endpoint{{Address: "a"}, {Address: "b"}, {Address: "c", Priority: 1}}
	for i := range 4 {
		up := policy.NewUpstream(&p, endpoints, dice(uint64(i)))
		up.Share(tables)
		up.Locate("a", nil)
		for hash := range uint64(100) {
			up.PickHash(hash)
		}
	}
	if n := policy.Kept(tables); n != 1 {
		t.Errorf("%d tables are kept, want that of the first priority", n)
	}
}

// BenchmarkTableChange is a host leaving and coming back at one of many proxies:
// the first builds the table anew, the others find it.
func BenchmarkTableChange(b *testing.B) {
	for name, proxies := range map[string]int{"alone": 1, "among others": 3} {
		b.Run(name, func(b *testing.B) {
			ups := sharing(b, proxies, 100, "load_balancer: maglev")
			if proxies > 1 {
				ups[1].Hosts()[4].Ejected = true
				leaveOut(ups[1])
				ups[1].PickHash(0)
			}
			up := ups[0]
			b.ReportAllocs()
			for b.Loop() {
				up.Hosts()[4].Ejected = !up.Hosts()[4].Ejected
				leaveOut(up)
				up.PickHash(0)
			}
		})
	}
}

// leaveOut leaves out the hosts that are ejected.
func leaveOut(up *policy.Upstream) {
	up.Set().Choose(func(h *policy.Host) bool { return !h.Ejected })
}
