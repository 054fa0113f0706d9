package flow_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/flow"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// swarm draws a wire and a host.
func swarm(t *testing.T, dice *chance.Stream) (wire link.Settings, s tcp.Settings) {
	t.Helper()
	pick := func(texts ...string) chance.Duration {
		d, err := chance.ParseDuration(texts[dice.IntN(len(texts))])
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	wire.Latency = pick("0s", "100us", "5ms", "exp(5ms)", "lognormal(20ms, p99=100ms)")
	wire.Bandwidth = []unit.BitRate{0, 0, unit.Mbps, 100 * unit.Mbps}[dice.IntN(4)]
	wire.MTU = []unit.Size{0, 576, 9000}[dice.IntN(3)]
	wire.Loss = &link.LossChoice{}
	switch dice.IntN(5) {
	case 0:
		wire.Loss.SetKind("bernoulli", &link.Bernoulli{Rate: unit.Ratio(0.2 * dice.Float64())})
	case 1:
		wire.Loss.SetKind("periodic", &link.Periodic{Every: 1 + dice.IntN(50)})
	case 2:
		wire.Loss.SetKind("gilbert_elliott", &link.GilbertElliott{ToBad: 0.01, ToGood: 0.3, LossBad: 0.8})
	default:
		wire.Loss = nil
	}
	if dice.IntN(3) == 0 {
		wire.Queue = &link.QueueChoice{}
		wire.Queue.SetKind("drop_tail", &link.DropTail{Limit: 1 + dice.IntN(100)})
	}
	s.SetDefaults()
	kind := []string{"reno", "cubic"}[dice.IntN(2)]
	s.Congestion.SetKind(kind, tcp.Controls.Must(kind))
	s.NoDelay, s.SACK, s.PRR, s.Timestamps, s.WindowScale = dice.IntN(2) == 0, dice.IntN(4) > 0, dice.IntN(2) == 0, dice.IntN(2) == 0, dice.IntN(2) == 0
	s.ReceiveBuffer = []unit.Size{6 * unit.MiB, 64 * unit.KiB, 1000}[dice.IntN(3)]
	s.DelayedAck = []unit.Duration{0, 40 * unit.Millisecond}[dice.IntN(2)]
	return wire, s
}

// TestSwarm sends anything over anything: it ends, messages of a connection
// arrive in order and no sooner than the way takes, and the same again gives
// the same.
func TestSwarm(t *testing.T) {
	for seed := range uint64(3000) {
		var walker flow.Walker
		if one, two := swarmOnce(t, seed, &walker), swarmOnce(t, seed, &walker); one != two {
			t.Fatalf("seed %d: %v, then %v", seed, one, two)
		}
	}
}

func swarmOnce(t *testing.T, seed uint64, walker *flow.Walker) (last mesh.Time) {
	t.Helper()
	dice := chance.Keyed(seed)
	there, host := swarm(t, &dice)
	back, _ := swarm(t, &dice)
	p := flow.NewPath(&there, &back, &host, &host)
	p.Follow = dice.IntN(2) == 0
	least, fixed := there.Latency.Const()
	var conn flow.Conn
	free := mesh.Time(0)
	now := p.Open(mesh.Time(dice.IntN(1<<50)), &conn, &free, &dice)
	if now == mesh.Never {
		return now
	}
	for range 20 {
		n := int64(1) << dice.IntN(18)
		d := walker.Send(now, p, &conn.There, &free, n, &dice)
		if d.Last == mesh.Never {
			return d.Last
		}
		ordered := d.Last >= last-(last-now)/20 || last-now > mesh.Time(time.Hour)
		if d.First > d.Last || d.Sent > d.Last || d.First < now || fixed && d.First < now+mesh.Time(least) || !ordered {
			t.Fatalf("seed %d: %d bytes at %v after %v: %+v", seed, n, now, last, d)
		}
		last = d.Last
		now += mesh.Time(dice.IntN(int(50 * time.Millisecond)))
	}
	return last
}
