package lab

import "github.com/meshdyno/meshdyno/mesh"

// next is when the next thing happens.
func (l *Lab) next() mesh.Time {
	at := min(l.flying[0].next(), l.flying[1].next(), l.Links[0].WakeAt(), l.Links[1].WakeAt())
	for i := range l.wakes {
		at = min(at, l.wakes[i][0], l.wakes[i][1])
	}
	return at
}

// Step lets the next thing happen; it is false when there is none until then.
// At one moment the links go first, then what arrives, then the alarms.
func (l *Lab) Step(until mesh.Time) bool {
	at := l.next()
	if at > until || at == mesh.Never {
		return false
	}
	l.Now = at
	for side := range 2 {
		if l.Links[side].WakeAt() <= at {
			l.Links[side].Wake(at)
			l.collect(side)
			return true
		}
		if l.flying[side].next() <= at {
			l.land(side)
			return true
		}
	}
	l.wake(at)
	return true
}

// wake wakes the first end whose time has come.
func (l *Lab) wake(now mesh.Time) {
	for i := range l.wakes {
		for side, at := range l.wakes[i] {
			if at <= now {
				l.Ends[i][side].Wake(now)
				l.Flush(i, side)
				return
			}
		}
	}
}

// Run goes on until nothing happens any more, or until a moment.
func (l *Lab) Run(until mesh.Time) {
	for l.Step(until) {
	}
}

// RunWhile goes on while something holds.
func (l *Lab) RunWhile(holds func() bool) {
	for holds() && l.Step(mesh.Never-1) {
	}
}
