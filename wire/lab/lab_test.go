package lab_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/lab"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// sharing lets four connections write without end over one bottleneck of 20
// Mb/s for 20 s, and returns what each received.
func sharing(queue string, key uint64) (received [4]int64, l *lab.Lab) {
	var s tcp.Settings
	s.SetDefaults()
	s.Congestion.SetKind("reno", tcp.Controls.Must("reno"))
	wire := link.Settings{Latency: chance.FixedDuration(10 * unit.Millisecond), Bandwidth: 20 * unit.Mbps, Queue: &link.QueueChoice{}}
	wire.Queue.SetKind(queue, link.Queues.Must(queue))
	if tail, ok := wire.Queue.Settings.(*link.DropTail); ok {
		tail.Limit = 50
	}
	l = lab.New(&wire, &wire, key)
	for range received {
		c, _ := l.Connect(&s, &s)
		c.Write(0, 1<<50, 0)
	}
	l.Start()
	l.Run(mesh.Time(20e9))
	for i := range received {
		received[i] = l.Ends[i][1].Received()
	}
	return received, l
}

// TestSharing: whatever the queue, the bottleneck is used and no one starves;
// fq_codel gives everyone the same.
func TestSharing(t *testing.T) {
	const most = 20e6 / 8 * 20 * 1448 / 1500
	for _, row := range link.Queues.Rows() {
		got, l := sharing(row.Name, 1)
		sum, least := int64(0), got[0]
		for _, n := range got {
			sum, least = sum+n, min(least, n)
		}
		t.Logf("%s: %v, %.1f %% of the link; %v", row.Name, got, 100*float64(sum)/most, l.Fates)
		share := 0.1
		if row.Name == "fq_codel" {
			share = 0.24
		}
		if float64(sum) < 0.9*most || float64(sum) > most || float64(least) < share*float64(sum) {
			t.Errorf("%s: %v of at most %.0f bytes", row.Name, got, most)
		}
	}
}

// TestSameKeySameRun: chance comes from the key and from nowhere else.
func TestSameKeySameRun(t *testing.T) {
	one, a := sharing("red", 1)
	two, b := sharing("red", 1)
	if one != two || a.Events != b.Events || a.Now != b.Now {
		t.Errorf("%v, then %v", one, two)
	}
	if other, _ := sharing("red", 2); other == one {
		t.Errorf("%v with another key too", other)
	}
}
