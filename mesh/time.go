package mesh

import (
	"math"
	"time"
)

// Time is a moment of a run: whole nanoseconds since the run began. Integers,
// because a float clock that adds 100 us a hundred million times is wrong by
// hundreds of nanoseconds, and then two events swap places.
type Time int64

// Never is the far end of time: the moment of things that will not happen.
const Never Time = math.MaxInt64

// Add returns the moment d after t. The sum stays below Never.
func (t Time) Add(d time.Duration) Time {
	if d > 0 && t > Never-Time(d) {
		return Never
	}
	return t + Time(d)
}

// Sub returns the time that passes from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Seconds gives t as a floating point number, for people and charts only.
func (t Time) Seconds() float64 { return float64(t) / 1e9 }

func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return time.Duration(t).String()
}
