package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Seeded makes a balancer that turns begin as if so many picks had been made.
func Seeded(settings BalancerSettings, seed uint64) Balancer {
	b := settings.New()
	switch b := b.(type) {
	case *roundRobin:
		b.seed, b.seeded, b.next, b.started = uint32(seed), true, seed, true
	case *leastRequest:
		b.seed, b.seeded = uint32(seed), true
	case *clientSideWeighted:
		b.robin.seed, b.robin.seeded, b.robin.next, b.robin.started = uint32(seed), true, seed, true
	case *stride:
		b.began, b.next = true, uint32(seed)
	}
	return b
}

// Refresh makes a balancer look at a set that has changed at once, where it
// would wait for its next pick.
func Refresh(b Balancer, now mesh.Time, set *Set, dice *chance.Stream) {
	switch b := b.(type) {
	case *roundRobin:
		b.renew(now, set, dice)
	case *leastRequest:
		b.renew(now, set, dice)
	}
}

// EDF is the schedule of places with these weights, after so many picks.
func EDF(weights []float64, picks uint32) *edf {
	var e edf
	e.begin(weights, picks)
	return &e
}

// Next picks a place and schedules it again by its weight.
func (e *edf) Next(weights []float64) int {
	place := e.soonest()
	e.again(weights[place])
	return place
}

// Turns is the schedule as it stands: places and deadlines, the earliest first.
func (e *edf) Turns() (places []int, deadlines []float64) {
	rest := edf{heap: append([]turn(nil), e.heap...)}
	for len(rest.heap) > 0 {
		places, deadlines = append(places, rest.soonest()), append(deadlines, rest.heap[0].deadline)
		last := len(rest.heap) - 1
		rest.heap[0] = rest.heap[last]
		if rest.heap = rest.heap[:last]; last > 0 {
			rest.sink(0)
		}
	}
	return places, deadlines
}

// Weights are those that the reports of a client-side weighted balancer give.
func Weights(b Balancer) []uint32 { return b.(*clientSideWeighted).robin.own }

// Cost is what one more request at a host of a peak EWMA balancer would cost,
// in nanoseconds.
func Cost(b Balancer, now mesh.Time, set *Set, host int) float64 {
	return b.(*peakEWMA).load(now, set, host)
}

// Stride are the scaled weights of a gRPC weighted round robin, by place.
func Stride(b Balancer) []uint16 { return b.(*stride).weights }

// Rewind lets a static stride begin its turns again.
func Rewind(b Balancer) Balancer {
	b.(*stride).next = 0
	return b
}
