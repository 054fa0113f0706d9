package policy_test

import (
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/policy"
)

// TestEveryBalancer holds each row of the menu to what all balancers promise. A
// new row is held to it without a word here.
func TestEveryBalancer(t *testing.T) {
	for _, row := range policy.Balancers.Rows() {
		t.Run(row.Name, func(t *testing.T) {
			t.Run("picks are in range, whatever is under way", func(t *testing.T) { inRange(t, row.New()) })
			t.Run("every host is reached", func(t *testing.T) { reachesAll(t, row.New()) })
			t.Run("one host is always that host", func(t *testing.T) { onlyOne(t, row.New()) })
			t.Run("the same dice, the same picks", func(t *testing.T) { repeats(t, row.New()) })
			t.Run("two upstreams share no state", func(t *testing.T) { apart(t, row.New()) })
			t.Run("hosts may become fewer and more", func(t *testing.T) { resized(t, row.New()) })
			t.Run("no pick allocates", func(t *testing.T) { allocates(t, row.New()) })
			t.Run("no pick changes a host", func(t *testing.T) { handsOff(t, row.New()) })
		})
	}
}

func inRange(t *testing.T, settings policy.BalancerSettings) {
	d, load := dice(1), dice(2)
	for _, n := range []int{1, 2, 3, 7, 1000} {
		b, hosts := settings.New(), make([]policy.Host, n)
		for range 3000 {
			hosts[load.IntN(n)].Active = int32(load.IntN(5))
			if i := b.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d); i < 0 || i >= n {
				t.Fatalf("%d of %d hosts", i, n)
			}
		}
	}
}

func reachesAll(t *testing.T, settings policy.BalancerSettings) {
	switch settings.(type) {
	case *policy.PickFirst, *policy.First: // stay with one host by design
		return
	}
	b, d, hosts, seen := settings.New(), dice(1), make([]policy.Host, 10), make([]bool, 10)
	for range 1000 {
		seen[b.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d)] = true
	}
	for i, ok := range seen {
		if !ok {
			t.Errorf("host %d was never asked in 1000 picks", i)
		}
	}
}

func onlyOne(t *testing.T, settings policy.BalancerSettings) {
	b, d := settings.New(), dice(1)
	for busy := range int32(100) {
		if i := b.Pick(0, policy.NewSet(nil, []policy.Host{{Active: busy}}), &policy.Ask{}, &d); i != 0 {
			t.Fatalf("picked %d of one host", i)
		}
	}
}

func repeats(t *testing.T, settings policy.BalancerSettings) {
	one, other, d, e := settings.New(), settings.New(), dice(1), dice(1)
	hosts := make([]policy.Host, 5)
	for n := range 1000 {
		hosts[n%5].Active = int32(n % 3)
		if i, j := one.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d), other.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &e); i != j {
			t.Fatalf("pick %d: %d and %d", n, i, j)
		}
	}
}

// apart makes two states of one settings value and disturbs the one.
func apart(t *testing.T, settings policy.BalancerSettings) {
	one, disturbed, d, e, own := settings.New(), settings.New(), dice(1), dice(1), dice(3)
	alone := settings.New()
	hosts := make([]policy.Host, 5)
	for n := range 500 {
		disturbed.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &own)
		if i, j := one.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d), alone.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &e); i != j {
			t.Fatalf("pick %d: %d and %d", n, i, j)
		}
	}
}

func resized(t *testing.T, settings policy.BalancerSettings) {
	b, d, set, ask := settings.New(), dice(1), policy.NewSet(nil, make([]policy.Host, 10)), &policy.Ask{}
	for _, mask := range []int{0b1111111111, 0b11, 0b1000000000, 0b10101, 0b1111111111, 0b111000} {
		host := -1
		set.Choose(func(*policy.Host) bool { host++; return mask>>host&1 == 1 })
		for range 50 {
			if i := b.Pick(0, set, ask, &d); i < 0 || mask>>i&1 == 0 {
				t.Fatalf("picked %d of the hosts %b", i, mask)
			}
		}
	}
}

func allocates(t *testing.T, settings policy.BalancerSettings) {
	b, d, set, ask := settings.New(), dice(1), policy.NewSet(nil, make([]policy.Host, 10)), &policy.Ask{}
	b.Pick(0, set, ask, &d)
	if n := testing.AllocsPerRun(1000, func() { b.Pick(0, set, ask, &d) }); n != 0 {
		t.Errorf("%v allocations a pick", n)
	}
}

func handsOff(t *testing.T, settings policy.BalancerSettings) {
	b, d := settings.New(), dice(1)
	hosts := []policy.Host{{Active: 1, Conns: 2}, {Active: 3, Conns: 4}}
	for range 100 {
		b.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d)
	}
	if hosts[0] != (policy.Host{Active: 1, Conns: 2}) || hosts[1] != (policy.Host{Active: 3, Conns: 4}) {
		t.Errorf("hosts are now %+v", hosts)
	}
}

// TestRoundRobin: a full turn from a random place, again and again.
func TestRoundRobin(t *testing.T) {
	const n = 7
	hosts, starts := make([]policy.Host, n), make([]int, n)
	for seed := range uint64(700) {
		b, d := (&policy.RoundRobin{}).New(), dice(seed)
		first := b.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d)
		starts[first]++
		for k := 1; k < 3*n; k++ {
			if i := b.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d); i != (first+k)%n {
				t.Fatalf("pick %d after %d is %d", k, first, i)
			}
		}
	}
	for i, count := range starts { // each 100 expected, standard deviation 9.3
		if count < 60 || count > 140 {
			t.Errorf("%d of 700 proxies begin with host %d", count, i)
		}
	}
}

// TestShares compares how often each host is asked with what follows from the
// algorithm. The vectors of least_request are Envoy's own
// (load_balancer_simulation_test.cc, LeastRequestLoadBalancerWeightTest): with
// replacement, of three hosts two idle ones get 4/9 each and the busy one 1/9.
func TestShares(t *testing.T) {
	p2 := &policy.LeastRequest{ChoiceCount: 2}
	for _, c := range []struct {
		name     string
		settings policy.BalancerSettings
		active   []int32
		want     []float64
	}{
		{"least request, one of three busy", p2, []int32{10, 0, 0}, []float64{1. / 9, 4. / 9, 4. / 9}},
		{"least request, one of two busy", p2, []int32{10, 0}, []float64{1. / 4, 3. / 4}},
		{"least request, one busier by one", p2, []int32{1, 0}, []float64{1. / 4, 3. / 4}},
		{"least request, all alike", p2, []int32{3, 3, 3}, []float64{1. / 3, 1. / 3, 1. / 3}},
		{"least request, all different", p2, []int32{0, 1, 2}, []float64{5. / 9, 3. / 9, 1. / 9}},
		{"least request of three choices", &policy.LeastRequest{ChoiceCount: 3}, []int32{10, 0, 0}, []float64{1. / 27, 13. / 27, 13. / 27}},
		{"least request of ten choices", &policy.LeastRequest{ChoiceCount: 10}, []int32{10, 0}, []float64{1. / 1024, 1023. / 1024}},
		{"Normal", p2, []int32{1, 2}, []float64{3. / 4, 1. / 4}}, // so far to PNC: least_request_lb_test.cc
		{"Normal, the other way round", p2, []int32{2, 1}, []float64{1. / 4, 3. / 4}},
		{"PNC, nothing said", plan(t, "load_balancer: least_request").Balancer, []int32{4, 3, 2, 1}, []float64{1. / 16, 3. / 16, 5. / 16, 7. / 16}},
		{"PNC, 2", p2, []int32{4, 3, 2, 1}, []float64{1. / 16, 3. / 16, 5. / 16, 7. / 16}},
		{"PNC, 5", &policy.LeastRequest{ChoiceCount: 5}, []int32{4, 3, 2, 1}, []float64{1. / 1024, 31. / 1024, 211. / 1024, 781. / 1024}},
		{"random does not look", &policy.Random{}, []int32{10, 0, 0}, []float64{1. / 3, 1. / 3, 1. / 3}},
		{"round robin does not look", &policy.RoundRobin{}, []int32{10, 0, 0}, []float64{1. / 3, 1. / 3, 1. / 3}},
	} {
		const picks = 300_000
		b, d := c.settings.New(), dice(1)
		hosts, got := make([]policy.Host, len(c.active)), make([]float64, len(c.active))
		for i, n := range c.active {
			hosts[i].Active = n
		}
		for range picks {
			got[b.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d)]++
		}
		for i, p := range c.want {
			if off, deviation := got[i]/picks-p, math.Sqrt(p*(1-p)/picks); math.Abs(off) > 4*deviation {
				t.Errorf("%s: host %d gets %.4f of the picks, want %.4f +- %.4f", c.name, i, got[i]/picks, p, 4*deviation)
			}
		}
	}
}

// TestTiesKeepTheFirst: the first host drawn stays unless another is strictly
// less busy, so equal hosts are as under random.
func TestTiesKeepTheFirst(t *testing.T) {
	hosts := make([]policy.Host, 9)
	b, d, first := (&policy.LeastRequest{ChoiceCount: 3}).New(), dice(1), dice(1)
	for n := range 1000 {
		want := first.IntN(len(hosts))
		first.IntN(len(hosts))
		first.IntN(len(hosts))
		if got := b.Pick(0, policy.NewSet(nil, hosts), &policy.Ask{}, &d); got != want {
			t.Fatalf("pick %d is %d, but %d was drawn first", n, got, want)
		}
	}
}
