package loadgen

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Constant spaces arrivals evenly: the k-th, from 1, comes when the rate has
// added up to k. At 1000/s that is at 1 ms, 2 ms, 3 ms... to the nanosecond,
// for ever; on a ramp the gaps shrink or grow with the rate.
type Constant struct{}

type constant struct{ cursor }

// New draws nothing.
func (*Constant) New(rate Profile, _ chance.Stream) Pacer { return &constant{newCursor(rate)} }

func (c *constant) Next() mesh.Time { return c.advance(1) }
