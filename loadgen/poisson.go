package loadgen

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Poisson is what many independent users make together: in operational time
// the gaps are exponential with mean 1. On a ramp it is the nonhomogeneous
// Poisson process of that rate, exactly.
type Poisson struct{}

type poisson struct {
	cursor
	chance chance.Stream
}

// New draws one exponential for each arrival.
func (*Poisson) New(rate Profile, chance chance.Stream) Pacer {
	return &poisson{newCursor(rate), chance}
}

func (p *poisson) Next() mesh.Time { return p.advance(p.chance.Exp()) }
