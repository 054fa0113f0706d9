package link_test

import (
	"math"
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/link"
)

func dur(t testing.TB, text string) chance.Duration {
	t.Helper()
	d, err := chance.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func queue(kind string, settings link.QueueSettings) *link.QueueChoice {
	c := &link.QueueChoice{}
	c.SetKind(kind, settings)
	return c
}

func loss(kind string, settings link.LossSettings) *link.LossChoice {
	c := &link.LossChoice{}
	c.SetKind(kind, settings)
	return c
}

// run offers packets at their times and returns what became of them, in the
// order in which it was decided.
func run(t testing.TB, s link.Settings, at []mesh.Time, packets []link.Packet) []link.Passage {
	t.Helper()
	l := link.New(&s, chance.Key(1, 0, "link", "test"))
	var all []link.Passage
	collect := func(now mesh.Time) {
		for p := (link.Passage{}); l.Next(now, &p); {
			all = append(all, p)
		}
	}
	wake := func(until mesh.Time) {
		for l.WakeAt() < until {
			now := l.WakeAt()
			l.Wake(now)
			collect(now)
		}
	}
	for i, p := range packets {
		wake(at[i] + 1)
		p.Ref = uint64(i)
		l.Offer(at[i], p)
		collect(at[i])
	}
	wake(mesh.Never)
	return all
}

// burst is so many packets at once.
func burst(n int, bytes int32) ([]mesh.Time, []link.Packet) {
	return make([]mesh.Time, n), slices.Repeat([]link.Packet{{Bytes: bytes}}, n)
}

// steady is so many packets at even distances.
func steady(n int, bytes int32, apart mesh.Time) ([]mesh.Time, []link.Packet) {
	at, packets := burst(n, bytes)
	for i := range at {
		at[i] = mesh.Time(i) * apart
	}
	return at, packets
}

func stream() chance.Stream { return chance.New(1, 0, "link", "test") }

func arrivals(all []link.Passage) (at []mesh.Time) {
	for _, p := range all {
		if p.Fate == link.Arrives {
			at = append(at, p.At)
		}
	}
	return at
}

// TestSerialization: packets of 1250 bytes leave each millisecond at 10 Mb/s,
// whichever queue they wait in, and with Ethernet's frame each 1.0304 ms.
func TestSerialization(t *testing.T) {
	at, packets := burst(3, 1250)
	for _, row := range link.Queues.Rows() {
		s := link.Settings{Latency: dur(t, "5ms"), Bandwidth: 10 * unit.Mbps, Queue: queue(row.Name, row.New())}
		if got := arrivals(run(t, s, at, packets)); !slices.Equal(got, []mesh.Time{6e6, 7e6, 8e6}) {
			t.Errorf("%s: they arrive at %v", row.Name, got)
		}
		s.Framing = 38
		if got := arrivals(run(t, s, at, packets)); !slices.Equal(got, []mesh.Time{6.0304e6, 7.0608e6, 8.0912e6}) {
			t.Errorf("%s, framed: they arrive at %v", row.Name, got)
		}
	}
	if got := arrivals(run(t, link.Settings{Latency: dur(t, "5ms")}, at, packets)); !slices.Equal(got, []mesh.Time{5e6, 5e6, 5e6}) {
		t.Errorf("unlimited: they arrive at %v", got)
	}
	s := link.Settings{Bandwidth: 3} // rounded up: ceil(8e9/3)
	if got := arrivals(run(t, s, at[:1], []link.Packet{{Bytes: 1}})); got[0] != 2666666667 {
		t.Errorf("a byte at 3 b/s takes %v", got)
	}
}

// TestFragments: RFC 791; each has a header of its own, and all but the last
// carry a multiple of eight bytes.
func TestFragments(t *testing.T) {
	for _, c := range []struct {
		bytes, mtu, wire int64
	}{
		{1500, 1500, 1500},
		{1501, 1500, 1521},           // 1480 + 1
		{8020, 1500, 8020 + 5*20},    // 5*1480 + 600
		{8020, 1006, 8020 + 8*20},    // 8*984 + 128: 986 is no multiple of 8
		{3020, 1020, 3020 + 2*20},    // 3*1000
		{65535, 68, 65535 + 1364*20}, // 48 each: 65515/48 = 1364.9
	} {
		s := link.Settings{Bandwidth: 8 * unit.BitRate(1e9), MTU: unit.Size(c.mtu)} // a byte takes 1 ns
		got := arrivals(run(t, s, []mesh.Time{0}, []link.Packet{{Bytes: int32(c.bytes)}}))
		if got[0] != mesh.Time(c.wire) {
			t.Errorf("%d bytes through %d: %d bytes on the wire, want %d", c.bytes, c.mtu, got[0], c.wire)
		}
	}
	s := link.Settings{MTU: 1500}
	if got := run(t, s, []mesh.Time{0}, []link.Packet{{Bytes: 1501, Whole: true}}); got[0].Fate != link.TooBig {
		t.Errorf("a packet that must not be cut: %v", got[0].Fate)
	}
	s.Loss = loss("bernoulli", &link.Bernoulli{Rate: 0.1})
	at, packets := burst(20000, 8020)
	share := float64(len(arrivals(run(t, s, at, packets)))) / 20000
	if want := math.Pow(0.9, 6); math.Abs(share-want) > 0.01 {
		t.Errorf("%.3f of packets of six fragments arrive, want %.3f", share, want)
	}
}

// TestDropTail: one is being sent and two wait.
func TestDropTail(t *testing.T) {
	at, packets := steady(12, 1250, 250_000)
	s := link.Settings{Bandwidth: 10 * unit.Mbps, Queue: queue("drop_tail", &link.DropTail{Limit: 2})}
	got := arrivals(run(t, s, at, packets))
	if !slices.Equal(got, []mesh.Time{1e6, 2e6, 3e6, 4e6, 5e6}) {
		t.Errorf("they arrive at %v", got)
	}
	s.Queue = queue("drop_tail", &link.DropTail{Limit: 100, Bytes: 2500})
	if bytes := arrivals(run(t, s, at, packets)); !slices.Equal(got, bytes) {
		t.Errorf("by bytes they arrive at %v", bytes)
	}
}

// TestOrder: jitter does not reorder; what is held up is overtaken; doubles and
// damage come as often as they should.
func TestOrder(t *testing.T) {
	at, packets := steady(50000, 1000, 1000)
	s := link.Settings{Latency: dur(t, "exp(1ms)")}
	if got := run(t, s, at, packets); !slices.IsSortedFunc(got, func(a, b link.Passage) int { return int(a.At - b.At) }) {
		t.Error("packets overtake each other")
	}
	s = link.Settings{Latency: dur(t, "1ms"), Reorder: 0.1, ReorderFor: dur(t, "50us"), Duplicate: 0.02, Corrupt: 0.03}
	held, twins, damaged := 0, 0, 0
	for _, p := range run(t, s, at, packets) {
		if p.At == at[p.Ref]+1_050_000 && !p.Twin {
			held++
		} else if p.At != at[p.Ref]+1_000_000 && !p.Twin {
			t.Fatalf("packet %d arrives at %v", p.Ref, p.At)
		}
		if p.Twin {
			twins++
		} else if p.Fate == link.Damaged {
			damaged++
		}
	}
	for _, c := range []struct{ got, want int }{{held, 5000}, {twins, 1000}, {damaged, 1500}} {
		if math.Abs(float64(c.got-c.want)) > 5*math.Sqrt(float64(c.want)) {
			t.Errorf("%d, want about %d", c.got, c.want)
		}
	}
}

// TestLosses: shares, and the lengths of bursts.
func TestLosses(t *testing.T) {
	const n = 400_000
	for _, c := range []struct {
		name         string
		loss         *link.LossChoice
		share, burst float64
	}{
		{"bernoulli", loss("bernoulli", &link.Bernoulli{Rate: 0.05}), 0.05, 1 / 0.95},
		{"gilbert", loss("gilbert_elliott", &link.GilbertElliott{ToBad: 0.01, ToGood: 0.25, LossBad: 1}), 0.01 / 0.26, 4},
		{"elliott", loss("gilbert_elliott", &link.GilbertElliott{ToBad: 0.01, ToGood: 0.25, LossBad: 0.5, LossGood: 0.001}), 0.5*0.01/0.26 + 0.001*0.25/0.26, 0},
		{"periodic", loss("periodic", &link.Periodic{Every: 50}), 0.02, 1},
	} {
		at, packets := burst(n, 100)
		lost, bursts, before := 0.0, 0.0, link.Arrives
		for _, p := range run(t, link.Settings{Loss: c.loss}, at, packets) {
			if p.Fate == link.Lost {
				lost++
				if before != link.Lost {
					bursts++
				}
			}
			before = p.Fate
		}
		if math.Abs(lost/n/c.share-1) > 0.04 || c.burst > 0 && math.Abs(lost/bursts/c.burst-1) > 0.04 {
			t.Errorf("%s: %.4f are lost in bursts of %.2f, want %.4f, %.2f", c.name, lost/n, lost/bursts, c.share, c.burst)
		}
	}
}

// TestEveryPacketHasOneFate, whatever the queue: as many come out as went in,
// with a twin at most.
func TestEveryPacketHasOneFate(t *testing.T) {
	for _, row := range link.Queues.Rows() {
		at, packets := steady(30000, 1000, 700_000)
		for i := range packets {
			packets[i].Flow = uint32(i % 7)
		}
		s := link.Settings{Latency: dur(t, "normal(2ms, 1ms)"), Bandwidth: 10 * unit.Mbps, Queue: queue(row.Name, row.New()),
			Loss: loss("bernoulli", &link.Bernoulli{Rate: 0.1}), Duplicate: 0.1, Corrupt: 0.1, Reorder: 0.1, ReorderFor: dur(t, "exp(5ms)")}
		seen, drops := make([]int, len(packets)), 0
		for _, p := range run(t, s, at, packets) {
			if !p.Twin {
				seen[p.Ref]++
			}
			if p.At < at[p.Ref] {
				t.Fatalf("%s: packet %d arrives before it was sent", row.Name, p.Ref)
			}
			if p.Fate == link.Full || p.Fate == link.Early {
				drops++
			}
		}
		for ref, n := range seen {
			if n != 1 {
				t.Fatalf("%s: packet %d came out %d times", row.Name, ref, n)
			}
		}
		if drops < 2000 { // an eighth more is offered than it carries
			t.Errorf("%s: %d drops", row.Name, drops)
		}
	}
}

// TestKnobsKeepToThemselves: another knob does not move the draws of this one.
func TestKnobsKeepToThemselves(t *testing.T) {
	at, packets := steady(1000, 1000, 1000)
	lost := func(s link.Settings) (refs []uint64) {
		s.Loss = loss("bernoulli", &link.Bernoulli{Rate: 0.1})
		for _, p := range run(t, s, at, packets) {
			if p.Fate == link.Lost {
				refs = append(refs, p.Ref)
			}
		}
		return refs
	}
	plain := lost(link.Settings{})
	other := lost(link.Settings{Latency: dur(t, "exp(1ms)"), Duplicate: 0.5, Corrupt: 0.2, Reorder: 0.3, ReorderFor: dur(t, "exp(1ms)")})
	if !slices.Equal(plain, other) || len(plain) == 0 {
		t.Errorf("%d and %d are lost, not the same", len(plain), len(other))
	}
}
