package loadgen

import (
	"errors"
	"math"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Renewal draws the gaps between arrivals independently, from any distribution.
// Only its shape counts: gaps are measured in its mean, and the rate says how
// long that is. A variation (cv) above Poisson's 1 gives clusters, below 1 more
// evenness. The first arrival comes after a whole gap.
type Renewal struct {
	Gaps chance.Duration `yaml:"gaps" required:"true" doc:"shape of the gaps between arrivals; the rate sets their mean, so write any, such as 1s"`
}

func newRenewal() PacerSettings { return &Renewal{} }

// Check refuses gaps without a mean to measure them in, and those so short
// that whole nanoseconds would show.
func (r *Renewal) Check() error {
	mean := r.Gaps.Mean()
	switch {
	case r.Gaps.NeedsFile() != "": // known only once it is read
		return nil
	case math.IsInf(mean, 1) || math.IsNaN(mean):
		return errors.New("gaps need a finite mean, or there is no rate")
	case mean < float64(unit.Microsecond):
		return errors.New("gaps need a mean of 1us or more; only their shape counts, so write 1s")
	}
	return nil
}

type renewal struct {
	cursor
	chance chance.Stream
	gaps   chance.Dist
	mean   float64
}

// New draws one gap for each arrival.
func (r *Renewal) New(rate Profile, chance chance.Stream) Pacer {
	return &renewal{newCursor(rate), chance, r.Gaps.Dist, r.Gaps.Mean()}
}

func (r *renewal) Next() mesh.Time {
	if !(r.mean > 0) {
		return mesh.Never // a file of zeros
	}
	return r.advance(float64(r.gaps.Draw(&r.chance)) / r.mean)
}
