package policy_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// prequal is one that is told things by hand.
type prequal struct {
	*testing.T
	b    policy.Balancer
	set  *policy.Set
	now  mesh.Time
	seed uint64
}

func newPrequal(t *testing.T, hosts int, text string) *prequal {
	p := plan(t, "load_balancer: {policy: prequal"+text+"}")
	q := &prequal{T: t, b: p.Balancer.New(), set: policy.Asking(policy.NewSet(nil, make([]policy.Host, hosts))), now: 1e9}
	q.pick() // it learns who is there
	return q
}

func (q *prequal) pick() int {
	q.seed++
	d := dice(q.seed)
	return q.b.Pick(q.now, q.set, &policy.Ask{}, &d)
}

func (q *prequal) hear(host int, rif int32, latency time.Duration) {
	q.b.(policy.LoadProber).Probed(q.now, host, policy.LoadAnswer{RIF: rif, Latency: latency, Took: msec})
}

// TestHotCold is the rule of section 4: the coldest latency of the cold, or the
// least RIF of the hot.
func TestHotCold(t *testing.T) {
	for _, c := range []struct {
		name   string
		q      string
		probes [][2]int // RIF and latency in ms of hosts 0, 1, ...
		want   int
	}{
		{"all cold: latency", "0.9", [][2]int{{1, 30}, {1, 10}, {1, 20}}, 1},
		{"the quickest is hot", "0.5", [][2]int{{1, 30}, {9, 10}, {1, 20}, {2, 25}}, 2},
		{"q 0 looks at RIF alone", "0", [][2]int{{3, 10}, {1, 30}, {2, 5}}, 1},
		{"q 1 looks at latency alone", "1", [][2]int{{3, 10}, {1, 30}, {2, 5}}, 2},
		{"the first heard among equals", "0.5", [][2]int{{1, 10}, {1, 10}}, 0},
	} {
		q := newPrequal(t, len(c.probes), ", remove_rate: 0, q_rif: "+c.q)
		for host, p := range c.probes {
			q.hear(host, int32(p[0]), time.Duration(p[1])*msec)
		}
		if got := q.pick(); got != c.want {
			t.Errorf("%s: host %d, want %d", c.name, got, c.want)
		}
	}
}

// TestPrequalCountsItsOwn: each use raises the RIF of the probe, so that one
// which is no more the least is left.
func TestPrequalCountsItsOwn(t *testing.T) {
	q := newPrequal(t, 2, ", remove_rate: 0, q_rif: 0")
	q.hear(0, 0, msec)
	q.hear(1, 2, msec)
	var got []int
	for range 6 {
		got = append(got, q.pick())
	}
	if want := []int{0, 0, 0, 1, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("picked %v, want %v", got, want)
	}
}

// TestReuses is the formula of section 4 with the paper's numbers: of 100
// replicas, 16 probes kept and 3 sent, a probe is used 2 / (0.84 * 3 - 1) times.
func TestReuses(t *testing.T) {
	for _, c := range []struct {
		text  string
		hosts int
		want  float64 // 0: without end
	}{
		{"", 100, 2 / 1.52},
		{"", 32, 2 / 0.5},
		{"", 24, 0}, // a third of three is one, which is removed
		{"", 16, 0},
		{"", 3, 0},
		{", probe_rate: 5", 1000, 1}, // 2 / 3.92 would be less than once
		{", remove_rate: 0, delta: 5", 1000, 6 / 2.952},
	} {
		p := plan(t, "load_balancer: {policy: prequal"+c.text+"}").Balancer.(*policy.Prequal)
		got, bounded := p.Reuses(c.hosts)
		if bounded != (c.want > 0) || bounded && math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s of %d: %v, %v, want %v", c.text, c.hosts, got, bounded, c.want)
		}
	}
}

// TestReuseBudget: of 32 hosts, with 1.5 probes for each request that are not of
// hosts known already, a probe is used 3.75 / 1.5 times: two, then three.
func TestReuseBudget(t *testing.T) {
	q := newPrequal(t, 32, ", remove_rate: 0, delta: 2.75, q_rif: 1")
	for host := range 6 {
		q.hear(host, 1, time.Duration(host+1)*msec)
	}
	var got []int
	for range 12 {
		got = append(got, q.pick())
	}
	if want := []int{0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4}; !slices.Equal(got, want) {
		t.Errorf("picked %v, want %v", got, want)
	}
}

// TestPrequalForgets: by age, by lateness, by a newer probe, when it is full, and
// the oldest and the worst in turns.
func TestPrequalForgets(t *testing.T) {
	q := newPrequal(t, 8, ", remove_rate: 0, pool_size: 3, q_rif: 0.5")
	pool := func(why string, want ...[3]int) {
		t.Helper()
		if got := policy.Heard(q.b); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", why, got, want)
		}
	}
	q.hear(0, 1, msec)
	q.hear(1, 1, msec)
	q.hear(0, 5, 2*msec)
	pool("the newer of one host replaces the older", [3]int{1, 1, 1}, [3]int{0, 5, 2})
	q.b.(policy.LoadProber).Probed(q.now, 2, policy.LoadAnswer{Took: 4 * msec})
	pool("what takes longer than 3 ms is not used", [3]int{1, 1, 1}, [3]int{0, 5, 2})
	q.hear(2, 2, 3*msec)
	q.hear(3, 3, 4*msec)
	pool("the oldest gives way", [3]int{0, 5, 2}, [3]int{2, 2, 3}, [3]int{3, 3, 4})
	q.now = q.now.Add(time.Second)
	q.hear(4, 0, msec)
	q.now++
	q.pick()
	pool("a second is enough, a use raises the RIF no more than there is", [3]int{4, 0, 1})

	q = newPrequal(t, 8, ", remove_rate: 1, probe_rate: 2, q_rif: 0.5")
	for host, l := range []struct {
		rif     int32
		latency time.Duration
	}{{1, 9 * msec}, {9, 1 * msec}, {8, 1 * msec}, {1, 2 * msec}, {1, 3 * msec}} {
		q.now++
		q.hear(host, l.rif, l.latency)
	}
	q.pick() // uses host 3
	pool("first the oldest goes", [3]int{1, 9, 1}, [3]int{2, 8, 1}, [3]int{3, 2, 2}, [3]int{4, 1, 3})
	q.pick() // and host 4: 3 is hot now, as 1 is the median
	pool("then the worst, of the highest RIF", [3]int{2, 8, 1}, [3]int{3, 2, 2}, [3]int{4, 2, 3})
}

// TestPrequalAverts: a host that fails is no more in the pool, and does not come
// back for a second.
func TestPrequalAverts(t *testing.T) {
	q := newPrequal(t, 3, ", remove_rate: 0")
	for host := range 3 {
		q.hear(host, 0, time.Duration(host+1)*msec)
	}
	q.b.(policy.Observer).Done(q.now, 0, msec, mesh.Error)
	q.hear(0, 0, 0)
	if got := q.pick(); got != 1 {
		t.Errorf("picked %d, want the quickest that does not fail", got)
	}
	q.now = q.now.Add(time.Second)
	q.hear(0, 0, 0)
	if got := q.pick(); got != 0 {
		t.Errorf("picked %d, though the other may be asked again", got)
	}
}

// TestProbeRate: so many are asked for each request, on average, all hosts alike
// and none twice at once.
func TestProbeRate(t *testing.T) {
	for text, want := range map[string]float64{"": 3, ", probe_rate: 1.25": 1.25, ", probe_rate: 0": 0, ", probe_rate: 50": 10} {
		q, asked, n := newPrequal(t, 10, text), make([]float64, 10), 0.0
		policy.ToAsk(q.set)
		const picks = 4000
		for range picks {
			q.pick()
			hosts := policy.ToAsk(q.set)
			for i, host := range hosts {
				asked[host]++
				n++
				if slices.Contains(hosts[:i], host) {
					t.Fatalf("%v are asked at once", hosts)
				}
			}
		}
		if math.Abs(n/picks-want) > .001 {
			t.Errorf("%s: %v are asked for each request, want %v", text, n/picks, want)
		}
		for host, got := range asked {
			if even := n / 10; math.Abs(got-even) > 5*math.Sqrt(even+1) {
				t.Errorf("%s: host %d is asked %v times, want %v", text, host, got, even)
			}
		}
	}
}

// TestRIFQuantile holds the window to one that sorts anew each time.
func TestRIFQuantile(t *testing.T) {
	var r policy.RIFs
	var all []int32
	d := dice(1)
	for range 2000 {
		rif := int32(d.IntN(20))
		r.Add(rif)
		all = append(all, rif)
		sorted := slices.Sorted(slices.Values(all[max(0, len(all)-128):]))
		for _, q := range []float64{0.1, 0.5, 0.8409, 0.99} {
			if got, want := r.Quantile(q), sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]; got != want {
				t.Fatalf("quantile %v of the last %d is %d, want %d", q, len(sorted), got, want)
			}
		}
	}
}

// TestPrequalAllocatesNothing, probes and all.
func TestPrequalAllocatesNothing(t *testing.T) {
	q := newPrequal(t, 100, "")
	d, ask := dice(1), &policy.Ask{}
	round := func() {
		q.now += 1e6
		q.b.Pick(q.now, q.set, ask, &d)
		for _, host := range policy.ToAsk(q.set) {
			q.hear(int(host), int32(d.IntN(9)), time.Duration(d.IntN(99)))
		}
	}
	if n := testing.AllocsPerRun(2000, round); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

// BenchmarkPrequal is a request with its three probes.
func BenchmarkPrequal(b *testing.B) {
	settings, set := policy.Balancers.Must("prequal"), policy.Asking(policy.NewSet(nil, make([]policy.Host, 100)))
	p, d, ask, now := settings.New(), dice(1), &policy.Ask{}, mesh.Time(0)
	b.ReportAllocs()
	for b.Loop() {
		now += 1e6
		p.Pick(now, set, ask, &d)
		for _, host := range policy.ToAsk(set) {
			p.(policy.LoadProber).Probed(now, int(host), policy.LoadAnswer{RIF: host % 7, Latency: time.Duration(host % 11)})
		}
	}
}
