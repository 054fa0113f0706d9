package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

// A lindley is an M/M/1 queue with mean service 1 ms: the wait of the next
// request is W' = max(0, W + S - A) (Lindley 1952). Its time in system is
// exponential with mean 1/(1-load) ms, so every figure has a known truth.
type lindley struct {
	r    *rand.Rand
	load float64
	wait float64 // ms
	now  float64 // ms, arrivals
}

// newLindley starts empty, or in its steady state.
func newLindley(r *rand.Rand, load float64, steady bool) *lindley {
	q := &lindley{r: r, load: load}
	if steady && r.Float64() < load {
		q.wait = r.ExpFloat64() / (1 - load)
	}
	return q
}

func (q *lindley) next() (now mesh.Time, ms float64) {
	now = mesh.Time(q.now * 1e6)
	ms = q.wait + q.r.ExpFloat64()
	gap := q.r.ExpFloat64() / q.load
	q.now += gap
	q.wait = max(0, ms-gap)
	return now, ms
}

func (q *lindley) record(n int) *Latency {
	l := NewLatency(3)
	for range n {
		_, ms := q.next()
		l.Record(int64(ms * 1e6))
	}
	return l
}

// trueQuantile of the time in system, in ms.
func trueQuantile(load, q float64) float64 { return -math.Log(1-q) / (1 - load) }

// inSystem is the mean number in system over equal intervals of a queue with
// one worker, from empty, by its birth-death chain.
func inSystem(r *rand.Rand, load float64, arrivals, intervals int) []float64 {
	until := mesh.Time(float64(arrivals) / load * 1e6)
	every := until / mesh.Time(intervals)
	var w TimeWeighted
	var means []float64
	var last Area
	level, now := int64(0), 0.0
	for mesh.Time(now*1e6) < every*mesh.Time(intervals) {
		rate := load
		if level > 0 {
			rate++
		}
		now += r.ExpFloat64() / rate
		if r.Float64()*rate < load {
			level++
		} else {
			level--
		}
		for next := every * mesh.Time(len(means)+1); mesh.Time(now*1e6) >= next && len(means) < intervals; next += every {
			area := w.Area(next)
			means, last = append(means, area.Minus(last).Over(next.Sub(next-every))), area
		}
		w.Set(mesh.Time(now*1e6), level)
	}
	return means
}

// simulates marks the tests that draw millions of requests. The race detector
// makes them ten times slower and has nothing to find: no goroutine here.
func simulates(t *testing.T) {
	if raceDetector {
		t.Skip("slow under the race detector")
	}
}

// A tally counts trials, those that gave an interval, and those that held.
type tally struct{ trials, answered, held int }

func (t *tally) add(ci *[2]float64, truth float64) {
	t.trials++
	if ci == nil {
		return
	}
	t.answered++
	if ci[0] <= truth && truth <= ci[1] {
		t.held++
	}
}

func (t tally) coverage() float64 { return float64(t.held) / float64(max(1, t.answered)) }
func (t tally) rate() float64     { return float64(t.answered) / float64(t.trials) }
