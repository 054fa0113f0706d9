package link

import (
	"errors"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Red is Random Early Detection (Floyd and Jacobson, "Random early detection
// gateways for congestion avoidance", IEEE/ACM ToN 1(4), 1993), counting packets.
type Red struct {
	Limit  int        `yaml:"limit" min:"1" doc:"packets that may wait"`
	Min    float64    `yaml:"min_threshold" min:"0.1" doc:"average packets from which it drops"`
	Max    float64    `yaml:"max_threshold" min:"0.1" doc:"average packets from which the share is max_probability"`
	MaxP   unit.Ratio `yaml:"max_probability" max:"1" doc:"share dropped at max_threshold"`
	Weight unit.Ratio `yaml:"weight" max:"1" doc:"of the newest length in the average"`
	Gentle bool       `yaml:"gentle" doc:"beyond max_threshold drop ever more up to twice that, instead of all"`
}

// redDefaults are those that the authors came to recommend ("RED: discussions of
// setting parameters", 1997; gentle 2000).
func redDefaults() *Red {
	return &Red{Limit: 1000, Min: 5, Max: 15, MaxP: 0.1, Weight: 0.002, Gentle: true}
}

// Check holds the thresholds to their order.
func (s *Red) Check() error {
	if s.Max <= s.Min {
		return errors.New("max_threshold is not above min_threshold")
	}
	return nil
}

// New makes the state of one link.
func (s *Red) New(link *Settings) (Gate, Queue) {
	r := &red{settings: s, count: -1, typical: 1}
	if link.Bandwidth > 0 {
		r.typical = mesh.Time(max(busy(typicalPacket, int64(link.Bandwidth)), 1))
	}
	return r, nil
}

// typicalPacket is what an idle queue would have sent meanwhile.
const typicalPacket = 1000

type red struct {
	settings *Red
	average  float64
	count    int       // packets admitted since the last drop; -1 below the threshold
	typical  mesh.Time // to send a typical packet
	idle     mesh.Time // since when the queue is empty; looked at while it is
}

// Admits is figure 2 of the paper.
func (r *red) Admits(now mesh.Time, b *Backlog, _ Packet, dice *chance.Stream) Fate {
	r.weigh(now, b)
	s := r.settings
	if b.Packets() >= s.Limit {
		r.count = 0
		return Full
	}
	share := r.share()
	if share <= 0 {
		r.count = -1
		return Arrives
	}
	r.count++
	spread := 1 - float64(float64(r.count)*share) // section 7: even gaps between drops
	if share >= 1 || spread <= 0 || dice.Float64() < share/spread {
		r.count = 0
		return Early
	}
	return Arrives
}

// weigh takes the length into the average; for the time that the queue was
// empty, as if it had been looked at again and again (section 4).
func (r *red) weigh(now mesh.Time, b *Backlog) {
	w := float64(r.settings.Weight)
	if b.Packets() > 0 {
		r.average += float64(w * (float64(b.Packets()) - r.average))
		r.idle = b.waiting[(b.first+b.count-1)&(len(b.waiting)-1)].leaves
		return
	}
	r.average = float64(r.average * power(1-w, max(int64((now-r.idle)/r.typical), 1)))
	r.idle = now
}

// power is x to the n for 0 <= x <= 1, by multiplication.
func power(x float64, n int64) float64 {
	result := 1.0
	for ; n > 0 && result > 0; n /= 2 {
		if n%2 == 1 {
			result = float64(result * x)
		}
		x = float64(x * x)
	}
	return result
}

// share is the share to drop at the average length.
func (r *red) share() float64 {
	s := r.settings
	most := float64(s.MaxP)
	switch {
	case r.average < s.Min:
		return 0
	case r.average < s.Max:
		return float64(most * (r.average - s.Min) / (s.Max - s.Min))
	case s.Gentle && r.average < 2*s.Max:
		return most + float64((1-most)*(r.average-s.Max)/s.Max)
	}
	return 1
}
