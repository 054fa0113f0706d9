package flow_test

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/flow"
	"github.com/meshdyno/meshdyno/wire/lab"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// cell is one place of the grid.
type cell struct {
	kind    string
	bytes   int64
	trip    time.Duration
	loss    float64
	rate    unit.BitRate
	warm    bool
	nodelay bool
	delayed time.Duration // acknowledgements
}

func (c cell) String() string {
	state := "fresh"
	if c.warm {
		state = "warm"
	}
	rate := "no limit"
	if c.rate > 0 {
		rate = c.rate.String()
	}
	return fmt.Sprintf("%-5s %7d B %5v %4.1f %% %8s %5s", c.kind, c.bytes, c.trip, 100*c.loss, rate, state)
}

func (c cell) settings() (wire link.Settings, s tcp.Settings) {
	wire = link.Settings{Latency: chance.FixedDuration(unit.Duration(c.trip / 2)), Bandwidth: c.rate}
	if c.loss > 0 {
		wire.Loss = &link.LossChoice{}
		wire.Loss.SetKind("bernoulli", &link.Bernoulli{Rate: unit.Ratio(c.loss)})
	}
	s.SetDefaults()
	s.Congestion.SetKind(c.kind, tcp.Controls.Must(c.kind))
	s.NoDelay, s.DelayedAck = c.nodelay, unit.Duration(c.delayed)
	return wire, s
}

// A warm connection has carried three messages of so many bytes, each sent when
// the one before was all acknowledged, and a while later.
const (
	warmBytes = 20_000
	warmTimes = 3
	warmPause = 10 * time.Millisecond
)

// packet is the transfer time packet by packet, with the handshake when fresh.
func (c cell) packet(key uint64) time.Duration {
	wire, s := c.settings()
	l := lab.New(&wire, &wire, key)
	client, server := l.Connect(&s, &s)
	total := int64(0)
	send := func(n int64) {
		client.Write(l.Now, n, 0)
		l.Flush(0, 0)
		total += n
		l.RunWhile(func() bool { return server.Received() < total })
	}
	l.Start()
	began := l.Now
	if c.warm {
		for range warmTimes {
			send(warmBytes)
			l.RunWhile(func() bool { return client.Unacked() > 0 })
			l.Run(l.Now.Add(warmPause))
			l.Now = l.Now.Add(warmPause)
		}
		began = l.Now
	}
	send(c.bytes)
	return l.Now.Sub(began)
}

// flow is the same without packets.
type flowRig struct {
	path   *flow.Path
	walker flow.Walker
}

func (c cell) newFlow() *flowRig {
	wire, s := c.settings()
	return &flowRig{path: flow.NewPath(&wire, &wire, &s, &s)}
}

func (c cell) flow(r *flowRig, key uint64) time.Duration {
	var conn flow.Conn
	free := mesh.Time(0)
	n := uint64(0)
	dice := func() *chance.Stream {
		n++
		d := chance.Keyed(chance.Mix(key, n))
		return &d
	}
	began := mesh.Time(0)
	at := r.path.Open(0, &conn, &free, dice())
	if c.warm {
		for range warmTimes {
			r.walker.Send(at, r.path, &conn.There, &free, warmBytes, dice())
			at = conn.There.Quiet(at, r.path).Add(warmPause)
		}
		began = at
	}
	d := r.walker.Send(at, r.path, &conn.There, &free, c.bytes, dice())
	return d.Last.Sub(began)
}

// TestExact: without loss the two agree to the nanosecond.
func TestExact(t *testing.T) {
	for _, kind := range []string{"reno", "cubic"} {
		for _, bytes := range []int64{1, 1000, 1448, 1449, 10_000, 14_480, 14_481, 100_000, 1_000_000} {
			for _, trip := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond} {
				for _, rate := range []unit.BitRate{0, 10 * unit.Mbps, unit.Gbps} {
					for _, warm := range []bool{false, true} {
						for _, nodelay := range []bool{true, false} {
							for _, delayed := range []time.Duration{0, 40 * time.Millisecond} {
								c := cell{kind, bytes, trip, 0, rate, warm, nodelay, delayed}
								if p, f := c.packet(1), c.flow(c.newFlow(), 1); p != f {
									t.Errorf("%v nodelay %v delayed %v: packet %v, flow %v", c, nodelay, delayed, p, f)
								}
							}
						}
					}
				}
			}
		}
	}
}

var whole = flag.Bool("whole", false, "the whole grid, with so many transfers that the figures stand: minutes")

// TestGrid holds flow to packets where packets are lost: in the mean within 10
// %, and in the 99th percentile within 10 % of where it lies with 99.7 %. Run it
// with -v for the table, and with -whole for all of it.
func TestGrid(t *testing.T) {
	kinds, trips := []string{"cubic"}, []time.Duration{time.Millisecond, 50 * time.Millisecond}
	losses, rates := []float64{0.001, 0.01, 0.03}, []unit.BitRate{0, 10 * unit.Mbps}
	if *whole {
		rates = append(rates, unit.Gbps)
		kinds = []string{"reno", "cubic"}
		trips = []time.Duration{time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond}
	}
	for _, kind := range kinds {
		for _, bytes := range []int64{1000, 10_000, 100_000, 1_000_000} {
			t.Run(fmt.Sprintf("%s/%d", kind, bytes), func(t *testing.T) {
				for _, trip := range trips {
					for _, loss := range losses {
						for _, rate := range rates {
							for _, warm := range []bool{false, true} {
								cell{kind, bytes, trip, loss, rate, warm, true, 40 * time.Millisecond}.compare(t)
							}
						}
					}
				}
			})
		}
	}
}

// transfers is how many of one kind are compared.
func (c cell) transfers() int {
	switch {
	case *whole && c.bytes < 1_000_000:
		return 4000
	case *whole:
		return 1000
	case c.bytes < 1_000_000 && !testing.Short():
		return 1000
	}
	return 100
}

func (c cell) compare(t *testing.T) {
	t.Helper()
	r, runs := c.newFlow(), c.transfers()
	packet, fast := make([]float64, runs), make([]float64, 4*runs)
	for i := range packet {
		packet[i] = c.packet(chance.Mix(1, uint64(i))).Seconds()
	}
	for i := range fast {
		fast[i] = c.flow(r, chance.Mix(2, uint64(i))).Seconds()
	}
	p, f := figuresOf(packet), figuresOf(fast)
	tail := max(f.p99/p.above-1, 0) + min(f.p99/p.below-1, 0)
	note := ""
	if math.Abs(f.mean-p.mean) > float64(0.1*p.mean)+3*math.Hypot(p.error, f.error) {
		note = " MEAN"
	}
	if runs >= 1000 && math.Abs(tail) > 0.1 {
		note += " P99"
	}
	t.Logf("%v | mean %8.4f %8.4f %+6.1f %% ±%4.1f %% | p99 %8.4f %8.4f %+6.1f %%, beyond %+6.1f %%%s",
		c, p.mean, f.mean, 100*(f.mean/p.mean-1), 100*p.error/p.mean, p.p99, f.p99, 100*(f.p99/p.p99-1), 100*tail, note)
	if note != "" {
		t.Errorf("%v: not within 10 %%:%s", c, note)
	}
}

// figures are the mean and its standard error, the 99th percentile and the
// interval in which it lies with 99.7 %.
type figures struct{ mean, error, p99, below, above float64 }

func figuresOf(x []float64) (f figures) {
	slices.Sort(x)
	n := float64(len(x))
	for _, v := range x {
		f.mean += v / n
	}
	for _, v := range x {
		f.error += (v - f.mean) * (v - f.mean) / n / n
	}
	f.error = math.Sqrt(f.error)
	at := func(q float64) float64 { return x[int(min(max(q*n, 0), n-1))] }
	half := 3 * math.Sqrt(0.99*0.01/n)
	f.p99, f.below, f.above = at(0.99), at(0.99-half), at(0.99+half)
	return f
}
