package policy

import (
	"math"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// WeightedRoundRobin is gRPC's own client-side weighted round robin (A58,
// grpc-go balancer/weightedroundrobin). The weights follow from load reports as
// Envoy's do, but hosts without a usable report have the mean of those that may
// be asked, fewer than two weights are none, and the turns come from a static
// stride: generation after generation, each host is asked in weight out of
// 65535 of them.
type WeightedRoundRobin struct {
	ReportedWeights
	EnableOOBLoadReport bool          `yaml:"enable_oob_load_report" doc:"hosts report on their own, and not with their answers"`
	OOBReportingPeriod  unit.Duration `yaml:"oob_reporting_period" min:"1ms" doc:"how often they do"`
}

// defaultWeighted has gRPC's settings.
func defaultWeighted() *WeightedRoundRobin {
	return &WeightedRoundRobin{ReportedWeights: defaultReportedWeights(1), OOBReportingPeriod: 10 * unit.Second}
}

// ReportPeriod is how often hosts report on their own; 0 when they do so with
// their answers.
func (w *WeightedRoundRobin) ReportPeriod() time.Duration {
	if w.EnableOOBLoadReport {
		return w.OOBReportingPeriod.Std()
	}
	return 0
}

// New makes the state for one upstream.
func (w *WeightedRoundRobin) New() Balancer {
	return &stride{loads: newLoads(&w.ReportedWeights)}
}

type stride struct {
	loads
	set     *Set
	version uint32
	began   bool
	next    uint32   // turns looked at, from a random beginning
	weights []uint16 // by place; empty: plain round robin
}

func (s *stride) Pick(now mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	s.tell(now)
	if s.version != set.Version {
		s.meet(now, set, dice)
	}
	s.set = set
	for {
		turn := s.next
		s.next++
		place := uint64(turn) % uint64(len(set.Eligible))
		if s.takes(uint64(turn)/uint64(len(set.Eligible)), place) {
			host, _ := set.at(int(place))
			return host
		}
	}
}

// takes says whether a place has a turn in this generation. Places are set off
// from their neighbours, so that those of like weight do not all pause at once.
func (s *stride) takes(generation, place uint64) bool {
	if len(s.weights) == 0 {
		return true
	}
	weight := uint64(s.weights[place])
	return (weight*generation+place*(math.MaxUint16/2))%math.MaxUint16 >= math.MaxUint16-weight
}

// meet takes in hosts that came or went: gRPC makes a new picker, which begins
// at a random place.
func (s *stride) meet(now mesh.Time, set *Set, dice *chance.Stream) {
	if !s.began || s.version != 0 {
		s.next, s.began = uint32(dice.Uint64()), true
	}
	s.set, s.version = set, set.Version
	s.grow(len(set.Hosts))
	s.update(now)
	s.due = now.Add(s.period)
}

// tell lets the look at the weights that was due by now take place.
func (s *stride) tell(now mesh.Time) {
	if s.version == 0 {
		return
	}
	if at, due := s.tick(now); due && s.set.Version == s.version {
		s.update(at)
	}
}

// Report takes a load report. Reports before the first pick are not heard.
func (s *stride) Report(now mesh.Time, host int, r Report) {
	if host >= len(s.hosts) {
		return
	}
	s.tell(now)
	if w := s.weigh(&r); w > 0 && s.utilization(&r) > 0 {
		s.take(now, host, w)
	}
}

// update computes the weights of the eligible hosts, scaled so that the largest
// is 65535.
func (s *stride) update(now mesh.Time) {
	s.weights = s.weights[:0]
	n, sum, largest := 0, 0.0, 0.0
	for _, host := range s.set.Eligible {
		if w := s.usable(now, int(host)); w > 0 {
			n, sum, largest = n+1, sum+w, max(largest, w)
		}
	}
	if n < 2 {
		return
	}
	scale, alike := math.MaxUint16/largest, true
	mean := uint16(math.Round(float64(scale * (sum / float64(n)))))
	for _, host := range s.set.Eligible {
		scaled := mean
		if w := s.usable(now, int(host)); w > 0 {
			scaled = uint16(math.Round(float64(scale * w)))
		}
		alike = alike && scaled == mean
		s.weights = append(s.weights, scaled)
	}
	if alike {
		s.weights = s.weights[:0]
	}
}

// usable is a host's weight, 0 when it has not reported for long enough, or not
// lately.
func (s *stride) usable(now mesh.Time, host int) float64 {
	h := &s.hosts[host]
	if h.since == mesh.Never {
		return 0
	}
	if now.Sub(h.last) >= s.expiration {
		h.since = mesh.Never
		return 0
	}
	if now.Sub(h.since) < s.blackout {
		return 0
	}
	return h.weight
}
