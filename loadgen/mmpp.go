package loadgen

import (
	"errors"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// MMPP is a Markov-modulated Poisson process with two states (Fischer and
// Meier-Hellstern, "The Markov-modulated Poisson process (MMPP) cookbook",
// Performance Evaluation 18, 1993): bursts and pauses of exponential length
// take turns, and arrivals are Poisson within each. Both rates are multiples of
// the profile's, chosen so that over time the mean is the profile's. Where it
// begins is drawn from how long each state lasts, so there is no warm-up.
type MMPP struct {
	BurstRatio float64       `yaml:"burst_ratio" min:"1" max:"1000000" doc:"how many times the rate of a pause a burst has"`
	MeanBurst  unit.Duration `yaml:"mean_burst" min:"1us" doc:"mean length of a burst"`
	MeanPause  unit.Duration `yaml:"mean_pause" min:"1us" doc:"mean length of a pause between bursts"`
}

func newMMPP() PacerSettings {
	return &MMPP{BurstRatio: 10, MeanBurst: unit.Second, MeanPause: 9 * unit.Second}
}

// Check refuses a state that lasts no time.
func (m *MMPP) Check() error {
	if m.MeanBurst < unit.Microsecond || m.MeanPause < unit.Microsecond {
		return errors.New("mmpp: mean_burst and mean_pause are at least 1us")
	}
	return nil
}

// BurstShare is the part of time that is burst.
func (m *MMPP) BurstShare() float64 {
	return float64(m.MeanBurst) / (float64(m.MeanBurst) + float64(m.MeanPause))
}

// multiples are the rates of pause and burst over the profile's.
func (m *MMPP) multiples() (pause, burst float64) {
	pause = 1 / (1 + float64(m.BurstShare()*(m.BurstRatio-1)))
	return pause, float64(pause * m.BurstRatio)
}

// modulated is in one of two states until a moment; room is how many arrivals
// are to be expected before that.
type modulated struct {
	cursor
	chance chance.Stream
	states [2]state
	in     int
	until  mesh.Time
	room   float64
}

// state is a pause or a burst: its rate over the profile's, and its mean length
// in ns.
type state struct{ multiple, length float64 }

// New draws one exponential for each arrival and change of state, and one
// number for where it begins.
func (m *MMPP) New(rate Profile, chance chance.Stream) Pacer {
	pause, burst := m.multiples()
	p := &modulated{
		cursor: newCursor(rate), chance: chance,
		states: [2]state{{pause, float64(m.MeanPause)}, {burst, float64(m.MeanBurst)}},
	}
	if p.chance.Float64() < m.BurstShare() {
		p.in = 1
	}
	p.enter(0, p.in)
	return p
}

// Next spends an exponential amount of expected arrivals, state after state.
func (p *modulated) Next() mesh.Time {
	need := p.chance.Exp()
	for need > p.room {
		if p.over() || p.until == mesh.Never {
			return mesh.Never
		}
		need -= p.room
		p.enter(p.until, 1-p.in)
	}
	p.room -= need
	return p.advance(need / p.states[p.in].multiple)
}

// enter begins a state and draws when it ends: at least 1 ns later, so that
// time goes on.
func (p *modulated) enter(now mesh.Time, in int) {
	p.moveTo(now)
	p.in = in
	length := max(float64(p.chance.Exp()*p.states[in].length), 1)
	p.until = now.Add(unit.Duration(min(length, farAway)).Std())
	p.room = float64(p.states[in].multiple * p.unitsTo(p.until))
}
