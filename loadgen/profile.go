package loadgen

import (
	"fmt"
	"math"

	"github.com/meshdyno/meshdyno/mesh"
)

// Profile is the rate of a traffic class over the run: phases one after
// another, and after the last one its final rate for ever.
type Profile []Phase

// check finds phases that would never end, or never begin to change.
func (p Profile) check() error {
	for i, phase := range p {
		switch ramp := phase.Rate.From != phase.Rate.To; {
		case phase.For > 0:
		case ramp:
			return fmt.Errorf("the ramp %s needs to know for how long: {for: 30s, rate: %s}", phase.Rate, phase.Rate)
		case i < len(p)-1:
			return fmt.Errorf("phase %d holds for ever, so the next never comes; give it a for", i+1)
		}
	}
	return nil
}

// stretch is a part of a profile on which the rate is one line: from, at its
// start, to `to`, at its end, both per second.
type stretch struct {
	start, end mesh.Time
	from, to   float64
	gap        float64 // of a level one: ns for each expected arrival
	bend       float64 // 2 (to - from) / length, per second squared
	units      float64 // arrivals expected on all of it
}

const nsPerSecond = 1e9

// stretches lays the phases end to end, and a level one behind them.
func (p Profile) stretches() []stretch {
	var all []stretch
	now, last := mesh.Time(0), 0.0
	for _, phase := range p {
		from, to := float64(phase.Rate.From), float64(phase.Rate.To)
		last = to
		if phase.For <= 0 {
			break
		}
		end := now.Add(phase.For.Std())
		all = append(all, newStretch(now, end, from, to))
		now = end
	}
	return append(all, newStretch(now, mesh.Never, last, last))
}

func newStretch(start, end mesh.Time, from, to float64) stretch {
	s := stretch{start: start, end: end, from: from, to: to, gap: nsPerSecond / from}
	length := float64(end-start) / nsPerSecond
	s.bend = float64(2*(to-from)) / length
	s.units = math.Inf(1)
	if s.ends() {
		s.units = s.unitsIn(end - start)
	}
	if s.units == 0 {
		s.gap = 0 // nothing is spent here, and 0 times infinity is not 0
	}
	return s
}

// level says whether the rate stays the same.
func (s *stretch) level() bool { return s.from == s.to }

// ends says whether another stretch follows.
func (s *stretch) ends() bool { return s.end != mesh.Never }

// unitsIn is how many arrivals are expected in the first ns of the stretch: the
// integral of its rate.
func (s *stretch) unitsIn(ns mesh.Time) float64 {
	x := float64(ns) / nsPerSecond
	return float64(x * (s.from + float64(s.bend*x*0.25)))
}

// nsAt is the inverse of unitsIn: the smaller root of a quadratic, in the form
// 2u / (a + sqrt(a^2 + bend u)), which neither cancels nor divides by a small
// difference of rates.
func (s *stretch) nsAt(units float64) float64 {
	if units <= 0 {
		return 0
	}
	square := float64(s.from*s.from) + float64(s.bend*units)
	return float64(2 * units / (s.from + math.Sqrt(max(square, 0))) * nsPerSecond)
}
