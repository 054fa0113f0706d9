package loadgen

import (
	"errors"
	"fmt"
	"math"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// The vegeta kinds are the pacers of a live vegeta attack, by vegeta's own code:
// a Pacer is a pure function of the time passed and the hits sent. They come
// with vegeta's rounding (its ConstantPacer keeps whole nanoseconds between
// hits), and its sine uses math.Sin and math.Cos, whose last bit may differ
// between processors: such a run is promised to repeat on one kind of processor
// only.

// VegetaConstant is vegeta.ConstantPacer: the first hit after one interval.
type VegetaConstant struct {
	Rate unit.Rate `yaml:"rate" required:"true" doc:"hits per second"`
}

// VegetaSine is vegeta.SinePacer: a rate that swings around a mean.
type VegetaSine struct {
	Mean    unit.Rate     `yaml:"mean" required:"true" doc:"the rate in the middle of the wave"`
	Amp     unit.Rate     `yaml:"amp" required:"true" doc:"how far the rate goes above and below; less than mean"`
	Period  unit.Duration `yaml:"period" required:"true" min:"1ms" doc:"length of one wave"`
	StartAt string        `yaml:"start_at" enum:"mean_up,peak,mean_down,trough" doc:"where in the wave it begins"`
}

// VegetaLinear is vegeta.LinearPacer: a rate that grows evenly for ever. The
// first hit is at the start.
type VegetaLinear struct {
	StartAt unit.Rate `yaml:"start_at" required:"true" doc:"the rate it begins with"`
	Slope   unit.Rate `yaml:"slope" required:"true" doc:"how much the rate grows in each second"`
}

func newVegetaConstant() PacerSettings { return &VegetaConstant{} }
func newVegetaSine() PacerSettings     { return &VegetaSine{StartAt: "mean_up"} }
func newVegetaLinear() PacerSettings   { return &VegetaLinear{} }

// SelfPaced marks a kind with a rate of its own.
func (*VegetaConstant) SelfPaced() {}

// SelfPaced marks a kind with a rate of its own.
func (*VegetaSine) SelfPaced() {}

// SelfPaced marks a kind with a rate of its own.
func (*VegetaLinear) SelfPaced() {}

// Check refuses what vegeta takes for an endless rate, or cannot count.
func (v *VegetaConstant) Check() error { return countable("rate", v.Rate) }

// Check refuses what vegeta would stop at.
func (v *VegetaSine) Check() error {
	switch {
	case v.Amp >= v.Mean:
		return fmt.Errorf("amp must be less than mean (got amp %s, mean %s)", v.Amp, v.Mean)
	case v.Period <= 0:
		return errors.New("period must be above 0")
	}
	return errors.Join(countable("mean", v.Mean), countable("amp", v.Amp))
}

// Check refuses what vegeta takes for an endless rate, or cannot count.
func (v *VegetaLinear) Check() error { return countable("start_at", v.StartAt) }

// Vegeta is the pacer itself, for a live attack.
func (v *VegetaConstant) Vegeta() vegeta.Pacer { return hits(v.Rate) }

// Vegeta is the pacer itself, for a live attack.
func (v *VegetaSine) Vegeta() vegeta.Pacer {
	start := map[string]float64{"peak": vegeta.Peak, "mean_down": vegeta.MeanDown, "trough": vegeta.Trough}
	return vegeta.SinePacer{Period: v.Period.Std(), Mean: hits(v.Mean), Amp: hits(v.Amp), StartAt: start[v.StartAt]}
}

// Vegeta is the pacer itself, for a live attack.
func (v *VegetaLinear) Vegeta() vegeta.Pacer {
	return vegeta.LinearPacer{StartAt: hits(v.StartAt), Slope: float64(v.Slope)}
}

// New draws nothing.
func (v *VegetaConstant) New(Profile, chance.Stream) Pacer { return Paced(v.Vegeta()) }

// New draws nothing.
func (v *VegetaSine) New(Profile, chance.Stream) Pacer { return Paced(v.Vegeta()) }

// New draws nothing.
func (v *VegetaLinear) New(Profile, chance.Stream) Pacer { return Paced(v.Vegeta()) }

// hits is the rate as vegeta counts: whole hits in a second, or in a minute, an
// hour or a day where a second has no whole number of them.
func hits(r unit.Rate) vegeta.Rate {
	var n float64
	for _, per := range []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour} {
		n = math.Floor(float64(float64(r)*per.Seconds()) + 0.5)
		if near := n / per.Seconds(); math.Abs(near-float64(r)) <= 1e-12*float64(r) {
			return vegeta.Rate{Freq: int(n), Per: per}
		}
	}
	return vegeta.Rate{Freq: int(n), Per: 24 * time.Hour}
}

func countable(key string, r unit.Rate) error {
	if hits(r).Freq < 1 {
		return fmt.Errorf("%s must be at least one hit a day (got %s)", key, r)
	}
	return nil
}

// paced walks a vegeta pacer through virtual time, as an attack does that is
// never late.
type paced struct {
	pacer   vegeta.Pacer
	elapsed mesh.Time
	hits    uint64
}

// Paced makes the arrivals of any vegeta pacer.
func Paced(p vegeta.Pacer) Pacer { return &paced{pacer: p} }

func (p *paced) Next() mesh.Time {
	if p.elapsed == mesh.Never {
		return mesh.Never
	}
	wait, stop := p.pacer.Pace(time.Duration(p.elapsed), p.hits)
	if stop {
		p.elapsed = mesh.Never
		return mesh.Never
	}
	p.elapsed = p.elapsed.Add(max(wait, 0))
	p.hits++
	return p.elapsed
}
