package policy_test

import (
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestRemainders: hosts share the remainders by weight, and one caller is
// always sent to one host.
func TestRemainders(t *testing.T) {
	b, set, counts := (&policy.SourceHash{}).New(), at(90, 3, 1, 2, 3), make([]int, 3)
	for hash := range uint64(600) {
		counts[find(b, set, hash)]++
	}
	if counts[0] != 100 || counts[1] != 200 || counts[2] != 300 {
		t.Errorf("600 hashes in a row go to %v", counts)
	}
	if find(b, set, math.MaxUint64) != find(b, set, math.MaxUint64%6) {
		t.Error("the last hash does not go by its remainder")
	}
	up := upstream(t, 50, "load_balancer: source_hash")
	hosts := map[int32]bool{}
	for _, source := range []string{"web-0", "web-1", "web-0", "web-1"} {
		var c policy.Call
		c.Begin(0, up, &letter{source: source})
		hosts[c.Next().Host] = true
	}
	if len(hosts) != 2 {
		t.Errorf("two callers are sent to %v", hosts)
	}
}

// flows sends requests that follow each other, or that all overlap, and counts
// the hosts they reach.
func flows(t *testing.T, text string, multiplexed, overlap bool) map[int32]int {
	p := plan(t, text)
	p.Multiplexed = multiplexed
	up := policy.NewUpstream(&p, make([]policy.Endpoint, 50), dice(1))
	hosts := map[int32]int{}
	for range 40 {
		var c policy.Call
		c.Begin(0, up, nil)
		hosts[c.Next().Host]++
		if !overlap {
			c.Done(5, 1, replied(mesh.OK))
		}
	}
	return hosts
}

// TestFlows: as many targets as connections, and one for datagrams.
func TestFlows(t *testing.T) {
	const tcp, udp = "load_balancer: nlb_flow_hash", "load_balancer: {policy: nlb_flow_hash, protocol: udp}"
	for _, c := range []struct {
		name                 string
		policy               string
		multiplexed, overlap bool
		least, most          int
	}{
		{"one connection after the other is the same one", tcp, false, false, 1, 1},
		{"forty connections at once", tcp, false, true, 20, 35}, // 50 (1 - .98^40) = 27.7 expected
		{"forty streams on one connection", tcp, true, true, 1, 1},
		{"datagrams", udp, false, true, 1, 1},
	} {
		if n := len(flows(t, c.policy, c.multiplexed, c.overlap)); n < c.least || n > c.most {
			t.Errorf("%s: %d targets, want %d to %d", c.name, n, c.least, c.most)
		}
	}
}

// TestFlowsThatBreak begin anew somewhere, and so does one whose target is not
// eligible any more.
func TestFlowsThatBreak(t *testing.T) {
	for _, protocol := range []string{"tcp", "udp"} {
		b, set, d := (&policy.NLBFlowHash{Protocol: protocol}).New(), at(90, 10), dice(1)
		first := b.Pick(0, set, &policy.Ask{}, &d)
		set.Hosts[first].Conns = 1
		if again := b.Pick(0, set, &policy.Ask{}, &d); again != first {
			t.Errorf("%s: the flow went from %d to %d", protocol, first, again)
		}
		host := -1
		set.Choose(func(*policy.Host) bool { host++; return host != first })
		if b.Pick(0, set, &policy.Ask{}, &d) == first {
			t.Errorf("%s: the flow is still at the target that left", protocol)
		}
	}
}
