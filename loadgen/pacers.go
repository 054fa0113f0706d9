package loadgen

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
)

// Pacer tells when the requests of one open traffic class arrive.
type Pacer interface {
	// Next is the moment of the next arrival, never before the one told last;
	// mesh.Never, then and ever after, when no more come.
	Next() mesh.Time
}

// PacerSettings are the knobs of one kind of arrivals.
type PacerSettings interface {
	// New makes the arrivals of one run: at the rate of the profile, unless the
	// kind brings its own, with all chance drawn from the stream.
	New(rate Profile, chance chance.Stream) Pacer
}

// SelfPaced is what kinds implement that bring their own rate, so that the
// traffic class states none.
type SelfPaced interface{ SelfPaced() }

// Pacers is the menu of arrivals.
var Pacers = menu.Of("arrivals",
	menu.Row[PacerSettings]{Name: "poisson", About: "independent of each other, as from many users", New: func() PacerSettings { return &Poisson{} }},
	menu.Row[PacerSettings]{Name: "constant", About: "evenly spaced, the first after one interval", New: func() PacerSettings { return &Constant{} }},
	menu.Row[PacerSettings]{Name: "mmpp", About: "Poisson in bursts and pauses of random length, with the profile's mean", New: newMMPP},
	menu.Row[PacerSettings]{Name: "renewal", About: "independent gaps of any distribution, scaled to the rate", New: newRenewal},
	menu.Row[PacerSettings]{Name: "trace", About: "the timestamps of a file, played again", New: func() PacerSettings { return &Trace{} }},
	menu.Row[PacerSettings]{Name: "vegeta_constant", About: "vegeta's ConstantPacer", New: newVegetaConstant},
	menu.Row[PacerSettings]{Name: "vegeta_sine", About: "vegeta's SinePacer: a wave around a mean", New: newVegetaSine},
	menu.Row[PacerSettings]{Name: "vegeta_linear", About: "vegeta's LinearPacer: a rate that grows evenly", New: newVegetaLinear},
)

// DefaultArrivals is Poisson.
func DefaultArrivals() Arrivals { return Arrivals{Kind: "poisson", Pacer: Pacers.Must("poisson")} }
