package policy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// grpcRing is an upstream in the dialect of gRPC with hosts of these names and
// weights.
func grpcRing(t testing.TB, least, most int, hosts ...policy.Endpoint) *policy.Upstream {
	t.Helper()
	p := plan(t, fmt.Sprintf("{dialect: grpc, load_balancer: {policy: ring_hash, minimum_ring_size: %d, maximum_ring_size: %d}}", least, most))
	up := policy.NewUpstream(&p, hosts, dice(1))
	up.PickHash(0)
	return up
}

var abc = []policy.Endpoint{{Address: "c", Weight: 4}, {Address: "a", Weight: 3}, {Address: "b", Weight: 3}}

// TestRingIsGRPCs: a ring of 10 for the weights a: 3, b: 3, c: 4 has as many
// points of each, at XXH64 of name and number, in whatever order the hosts are
// known (grpc-go, ring.go, newRing; the hashes that its comment quotes are those
// of names and numbers without the line between them, which it has since got).
func TestRingIsGRPCs(t *testing.T) {
	other := []policy.Endpoint{abc[1], abc[2], abc[0]}
	want := map[uint64]string{}
	for _, e := range abc {
		for i := range e.Weight {
			want[policy.XXHash64(fmt.Appendf(nil, "%s_%d", e.Address, i), 0)] = e.Address
		}
	}
	for _, known := range [][]policy.Endpoint{abc, other} {
		hashes, hosts := policy.RingOf(grpcRing(t, 10, 10, known...))
		if len(hashes) != len(want) || !slices.IsSorted(hashes) {
			t.Errorf("the ring is %d", hashes)
		}
		for i, hash := range hashes {
			if want[hash] != known[hosts[i]].Address {
				t.Errorf("point %d is of %s, want %q", hash, known[hosts[i]].Address, want[hash])
			}
		}
	}
}

// TestGRPCRingSizes is grpc-go's ring_test.go, TestRingNew, TestRingPick and
// TestRingNext; and no ring is above 4096 points (A42).
func TestGRPCRingSizes(t *testing.T) {
	for _, least := range []int{3, 4, 6, 8} {
		for _, most := range []int{20, 8} {
			_, hosts := policy.RingOf(grpcRing(t, least, most, abc...))
			if len(hosts) < least || len(hosts) > most {
				t.Errorf("%d points, want %d to %d", len(hosts), least, most)
			}
			for host, e := range abc {
				n := 0.
				for _, h := range hosts {
					if int(h) == host {
						n++
					}
				}
				got, want := n/float64(len(hosts)), float64(e.Weight)/10
				if off := (got - want) / ((got + want) / 2); off >= .25 || off <= -.25 {
					t.Errorf("%d to %d: %s has %.3f of the ring, want %.3f", least, most, e.Address, got, want)
				}
			}
		}
	}
	up := grpcRing(t, 10, 20, abc...)
	hashes, hosts := policy.RingOf(up)
	for i, hash := range hashes {
		if up.PickHash(hash) != int(hosts[i]) || up.PickHash(hash+1) != int(hosts[(i+1)%len(hosts)]) {
			t.Errorf("point %d is not found at its hash", i)
		}
	}
	if hashes, _ := policy.RingOf(grpcRing(t, 100_000, 200_000, abc...)); len(hashes) != 4097 && len(hashes) != 4096 {
		t.Errorf("%d points, want gRPC's most", len(hashes))
	}
}

// TestRingWalk is grpc-go's picker_test.go, TestPickerPickFirstTwo, as far as
// hosts fail here: a host that fails is passed over for the next on the ring,
// its requests alone move, and when all fail nobody is asked.
func TestRingWalk(t *testing.T) {
	up := grpcRing(t, 100, 100, abc...)
	hashes, hosts := policy.RingOf(up)
	out := func(host int, ejected bool) {
		up.Hosts()[host].Ejected = ejected
		leaveOut(up)
	}
	out(0, true)
	for i, hash := range hashes {
		want := i
		for hosts[want] == 0 {
			want = (want + 1) % len(hosts)
		}
		if got := up.PickHash(hash); got != int(hosts[want]) {
			t.Errorf("point %d of host %d goes to %d, want %d", i, hosts[i], got, hosts[want])
		}
	}
	out(1, true)
	for _, hash := range hashes {
		if got := up.PickHash(hash); got != 2 {
			t.Errorf("only host 2 is left, and %d is asked", got)
		}
	}
	out(2, true)
	if got := call(up, mesh.OK); got != -1 {
		t.Errorf("all fail, and %d is asked", got)
	}
}

// TestRingWalkPassesUnreachable: after a connection that could not be made a
// host is passed over for a second, then for 1.6 seconds, and so on, until one
// is made (connection-backoff.md).
func TestRingWalkPassesUnreachable(t *testing.T) {
	up, d := grpcRing(t, 100, 100, abc...), dice(1)
	hashes, hosts := policy.RingOf(up)
	own := hashes[slices.Index(hosts, 1)]
	at := func(now mesh.Time) int {
		return policy.BalancerOf(up).Pick(now, up.Set(), &policy.Ask{Hash: own, Hashed: true}, &d)
	}
	learn := policy.BalancerOf(up).(policy.Observer).Done
	learn(0, 1, 0, mesh.ConnectFailure)
	if at(999_999_999) == 1 || at(1_000_000_000) != 1 {
		t.Error("one failure: want to pass it over for a second")
	}
	learn(1e9, 1, 0, mesh.ConnectFailure)
	if at(2_599_999_999) == 1 || at(2_600_000_000) != 1 {
		t.Error("two failures: want to pass it over for 1.6 s")
	}
	learn(3e9, 1, 0, mesh.Error)
	learn(3e9, 1, 0, mesh.ConnectFailure)
	if at(3_999_999_999) == 1 || at(4_000_000_000) != 1 {
		t.Error("a connection was made between: want a second again")
	}
	for range 30 {
		learn(0, 1, 0, mesh.ConnectFailure)
	}
	if at(119_999_999_999) == 1 || at(120_000_000_000) != 1 {
		t.Error("thirty failures: want two minutes")
	}
	for host := range int(3) {
		learn(0, host, 0, mesh.ConnectFailure)
	}
	if at(500_000_000) != -1 {
		t.Error("all fail: want none")
	}
}
