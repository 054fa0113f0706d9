package link_test

import (
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/link"
)

// TestCodelDrops: 10 Mb/s carry a packet of 1250 bytes each millisecond, and one
// comes each 0.5 ms. The wait passes 5 ms with the packet sent at 11 ms at the
// latest; dropping begins 100 ms later, and the gaps between drops are
// 100 ms / sqrt(n), to the next packet that leaves.
func TestCodelDrops(t *testing.T) {
	at, packets := steady(2400, 1250, 500_000)
	s := link.Settings{Bandwidth: 10 * unit.Mbps, Queue: queue("codel", &link.Codel{Limit: 10000, Target: 5 * unit.Millisecond, Interval: 100 * unit.Millisecond})}
	var drops []mesh.Time
	for _, p := range run(t, s, at, packets) {
		if p.Fate == link.Early {
			drops = append(drops, p.At)
		}
	}
	// The n-th packet waits n/2 ms and leaves at n ms: the 10th waits 5 ms.
	if len(drops) < 9 || drops[0] != 110e6 {
		t.Fatalf("drops at %v", drops)
	}
	due := float64(drops[0])
	for i, at := range drops[1:9] {
		due += 100e6 / math.Sqrt(float64(i+1))
		if late := float64(at) - due; late < -1 || late > 1e6 {
			t.Errorf("drop %d at %v, due at %v", i+2, at, mesh.Time(due))
		}
	}
}

// TestCodelLetsBurstsPass: waits that are long for less than an interval.
func TestCodelLetsBurstsPass(t *testing.T) {
	s := link.Settings{Bandwidth: 10 * unit.Mbps, Queue: queue("codel", link.Queues.Must("codel"))}
	at, packets := burst(100, 1250)
	for _, p := range run(t, s, at, packets) {
		if p.Fate != link.Arrives {
			t.Errorf("packet %d: %v", p.Ref, p.Fate)
		}
	}
}

// TestRedDropsInProportion holds the queue at a length between the thresholds
// and counts: section 7 spreads the gaps evenly over 1 to 1/p - 1, which are
// 1/2p on average.
func TestRedDropsInProportion(t *testing.T) {
	red := &link.Red{Limit: 1000, Min: 5, Max: 15, MaxP: 0.1, Weight: 0.002}
	gate, _ := red.New(&link.Settings{Bandwidth: 10 * unit.Mbps})
	var b link.Backlog
	for range 10 {
		link.Hold(&b, mesh.Never, 1000)
	}
	dice := stream()
	early := 0
	for i := range 210_000 {
		if fate := gate.Admits(mesh.Time(i), &b, link.Packet{Bytes: 1000}, &dice); fate == link.Early && i >= 10_000 {
			early++
		}
	}
	p := 0.1 * (10 - 5) / (15 - 5)
	want := 2 * p
	if share := float64(early) / 200_000; math.Abs(share/want-1) > 0.02 {
		t.Errorf("%.4f are dropped, want %.4f", share, want)
	}
}

// TestRedForgetsWhileIdle: the average falls as if the queue had been looked at
// for each packet that could have been sent (section 4).
func TestRedForgetsWhileIdle(t *testing.T) {
	red := &link.Red{Limit: 1000, Min: 5, Max: 15, MaxP: 1, Weight: 0.1}
	for _, c := range []struct {
		idle mesh.Time
		fate link.Fate
	}{{0, link.Early}, {100e6, link.Arrives}} {
		gate, _ := red.New(&link.Settings{Bandwidth: 10 * unit.Mbps})
		var full, empty link.Backlog
		for range 100 {
			link.Hold(&full, 1000, 1000)
		}
		dice := stream()
		for range 100 {
			gate.Admits(0, &full, link.Packet{}, &dice)
		}
		if fate := gate.Admits(1000+c.idle, &empty, link.Packet{}, &dice); fate != c.fate {
			t.Errorf("after %v: %v", c.idle, fate)
		}
	}
}

// TestFqCodelIsFair: two flows that want all get half each, whatever the sizes
// of their packets, and one that wants little waits for no more than a packet of
// each, once they are not all new.
func TestFqCodelIsFair(t *testing.T) {
	const end = mesh.Time(4e9)
	var at []mesh.Time
	var packets []link.Packet
	for now := mesh.Time(0); now < end; now += 1e6 {
		at = append(at, now, now, now, now)
		packets = append(packets, link.Packet{Flow: 1, Bytes: 1500}, link.Packet{Flow: 2, Bytes: 500}, link.Packet{Flow: 2, Bytes: 500}, link.Packet{Flow: 2, Bytes: 500})
		if now%20e6 == 0 {
			at, packets = append(at, now), append(packets, link.Packet{Flow: 3, Bytes: 100})
		}
	}
	s := link.Settings{Bandwidth: 10 * unit.Mbps, Queue: queue("fq_codel", link.Queues.Must("fq_codel"))}
	var bytes [4]float64
	for _, p := range run(t, s, at, packets) {
		if p.Fate != link.Arrives || p.At > end {
			continue
		}
		bytes[p.Flow] += float64(p.Bytes)
		if wait := p.At - at[p.Ref]; p.Flow == 3 && at[p.Ref] > 0 && wait > 2*1.2e6+80_000 {
			t.Errorf("the little one waits %v at %v", wait, at[p.Ref])
		}
	}
	if math.Abs(bytes[1]/bytes[2]-1) > 0.01 || bytes[1]+bytes[2]+bytes[3] < 0.99*5e6 {
		t.Errorf("bytes of the flows: %v", bytes[1:])
	}
}

// TestFqCodelDropsFromTheFattest when there is no room: the others lose nothing.
func TestFqCodelDropsFromTheFattest(t *testing.T) {
	fq := link.Queues.Must("fq_codel").(*link.FqCodel)
	fq.Limit = 100
	at, packets := burst(400, 1000)
	for i := range packets {
		packets[i].Flow = 1
		if i%10 == 0 {
			packets[i].Flow = 2
		}
	}
	var lost [3]int
	for _, p := range run(t, link.Settings{Bandwidth: unit.Mbps, Queue: queue("fq_codel", fq)}, at, packets) {
		if p.Fate == link.Full {
			lost[p.Flow]++
		}
	}
	if lost[2] != 0 || lost[1] < 290 {
		t.Errorf("dropped for lack of room: %v", lost[1:])
	}
}
