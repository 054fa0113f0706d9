package policy_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// FuzzOutlier lets any order of results and times come over the hosts of one
// detector, and holds it to what it promises whatever comes:
//
//   - the share of hosts that are out is never above what the dialect allows
//   - the marks on the hosts, its own count and its word of a change agree
//   - it never wants to be woken in the past
//   - when nothing more goes wrong, every host is in again in the end
func FuzzOutlier(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{4, 0, 50, 1, 0, 3, 3, 3, 3, 3, 5, 200, 5, 200})
	f.Add([]byte{9, 1, 100, 7, 0, 1, 1, 1, 1, 0, 1, 1, 5, 255})
	f.Fuzz(watchOver)
}

// TestAnyOrderOfResults plays the same game with random tapes.
func TestAnyOrderOfResults(t *testing.T) {
	d := dice(2)
	for range 3000 {
		data := make([]byte, d.IntN(400))
		for i := range data {
			data[i] = byte(d.Uint64())
		}
		watchOver(t, data)
	}
}

// watchOver plays one game.
func watchOver(t *testing.T, data []byte) {
	p := &tape{data}
	names := policy.OutlierDialects()
	slices.Sort(names)
	g := &outlierGame{t: t, dialect: names[p.next(len(names))], hosts: make([]policy.Host, p.next(12))}
	g.settings(p)
	d := dice(uint64(p.next(256)))
	g.o = policy.NewOutlier(&g.s, g.dialect, g.hosts, &d)
	g.o.Start(0)
	for p.more() {
		g.event(p)
		g.audit()
	}
	g.rest()
}

type outlierGame struct {
	t       *testing.T
	dialect string
	s       policy.OutlierDetection
	hosts   []policy.Host
	o       *policy.Outlier
	now     mesh.Time
}

func (g *outlierGame) settings(p *tape) {
	g.s.SetDefaults()
	flags := p.next(256)
	gateway := p.next(6)
	g.s.ConsecutiveGatewayFailure = &gateway
	g.s.MaxEjectionPercent = unit.Ratio(p.next(101)) / 100
	g.s.Consecutive5xx, g.s.ConsecutiveLocalOriginFailure = p.next(6), p.next(6)
	g.s.Split, g.s.AlwaysEjectOneHost = flags&1 != 0, flags&2 != 0
	g.s.SuccessfulActiveHealthCheckUneject = flags&4 != 0
	g.s.EnforcingGatewayFailure = unit.Ratio(p.next(5)) / 4
	g.s.EnforcingFailurePercentage = unit.Ratio(p.next(3)) / 2
	g.s.EnforcingFailurePercentageLocal = unit.Ratio(p.next(3)) / 2
	g.s.SuccessRateMinimumHosts, g.s.SuccessRateRequestVolume = p.next(4), p.next(6)
	g.s.FailurePercentageMinimumHosts, g.s.FailurePercentageRequestVolume = p.next(4), p.next(6)
	g.s.SuccessRateStdevFactor = p.next(20) * 100
	g.s.BaseEjectionTime = unit.Duration(1+p.next(60)) * unit.Second
	g.s.MaxEjectionTimeJitter = unit.Duration(p.next(9)) * unit.Second
	if flags&8 != 0 {
		g.s.MaxEjectionTime = g.s.BaseEjectionTime * unit.Duration(1+p.next(5))
	}
}

func (g *outlierGame) event(p *tape) {
	verb := p.next(8)
	if verb >= 6 {
		g.pass(time.Duration(p.next(256)) * 100 * time.Millisecond)
		return
	}
	if len(g.hosts) == 0 {
		return
	}
	switch host := p.next(len(g.hosts)); verb {
	case 4:
		g.o.Connected(g.now, host)
	case 5:
		g.o.Checked(g.now, host, true)
	default:
		g.o.Result(g.now, host, replied(append(outcomes, mesh.Timeout, mesh.Unfinished)[p.next(len(outcomes)+2)]))
	}
}

// pass lets time pass, and wakes the detector when it asked to be.
func (g *outlierGame) pass(by time.Duration) {
	for end := g.now.Add(by); ; {
		at := g.o.WakeAt()
		if at > end {
			g.now = end
			return
		}
		if at < g.now {
			g.t.Fatalf("to be woken at %v, and it is %v", at, g.now)
		}
		g.now = at
		g.o.Wake(g.now)
		if g.o.WakeAt() <= g.now {
			g.t.Fatalf("woken at %v, it wants to be woken at %v", g.now, g.o.WakeAt())
		}
		g.audit()
	}
}

func (g *outlierGame) audit() {
	out := 0
	for _, h := range g.hosts {
		if h.Ejected {
			out++
		}
	}
	if out != g.o.Out() {
		g.t.Fatalf("%d hosts are marked, the detector counts %d", out, g.o.Out())
	}
	if most := g.most(); out > most {
		g.t.Fatalf("%s: %d of %d hosts are out, at %v and %d may be", g.dialect, out, len(g.hosts), g.s.MaxEjectionPercent, most)
	}
}

// most is how many hosts may be out, in integers.
func (g *outlierGame) most() int {
	n, share := len(g.hosts), int(math.Round(float64(g.s.MaxEjectionPercent)*100))
	if share == 0 && (g.dialect == "istio" || g.dialect == "istio-1.4") {
		share = 10
	}
	after, before := n*share/100, (n*share+99)/100
	switch g.dialect {
	case "envoy-1.25", "envoy-1.26", "grpc":
		return before
	case "envoy-1.27":
		return min(max(1, after), n)
	case "istio-1.4":
		return n
	case "envoy-1.28":
		return after
	}
	if g.s.AlwaysEjectOneHost {
		return min(max(1, after), n)
	}
	return after
}

// rest lets so much time pass that every ejection ends.
func (g *outlierGame) rest() {
	for range 3 { // the results of the last interval may yet eject
		g.pass(g.s.Longest().Std() + g.s.MaxEjectionTimeJitter.Std() + 2*g.s.Interval.Std())
	}
	if g.o.Out() != 0 {
		g.t.Fatalf("%s: %d hosts are out for good", g.dialect, g.o.Out())
	}
	if found := g.o.Ejections() > 0; g.o.Changed() != found || g.o.Changed() {
		g.t.Fatalf("%d ejections, and its word of a change is wrong, or said twice", g.o.Ejections())
	}
}
