package stats

import "math"

// What it takes to call a queue growing. The steps and the level of the test
// were chosen by simulation on M/M/1 queues (see the tests).
const (
	growSteps    = 16
	growLevel    = 0.995 // one-sided
	growMaterial = 0.1   // of the mean level over the last half
)

// Growing reports whether a level, sampled at equal distances over the measured
// window, is still rising at its end: no steady state, and no mean to quote.
//
// The last half is cut into 16 steps. A queue with more work than it can do
// rises by about the same amount in each; in a steady one the rises cancel,
// because what goes up comes down within the window, so their mean is small
// beside their spread even when neighbouring samples are alike. The rises are
// held against zero with Student's t, one-sided, at 0.5 %; and the whole rise
// must be material: a tenth of the mean level, and one at least. Fewer than 16
// samples cannot tell, and give false.
func Growing(series []float64) bool {
	if len(series) < growSteps {
		return false
	}
	half := series[len(series)/2:]
	steps := min(growSteps, len(half)-1)
	rise := half[len(half)-1] - half[0]
	if rise < 1 || rise < float64(growMaterial*mean(half)) {
		return false
	}
	var squares float64
	for i := range steps {
		step := half[(i+1)*(len(half)-1)/steps] - half[i*(len(half)-1)/steps]
		off := step - rise/float64(steps)
		squares += float64(off * off)
	}
	spread := math.Sqrt(squares / float64(steps-1) * float64(steps))
	return rise > float64(StudentQuantile(growLevel, steps-1)*spread)
}

// Overloaded reports whether work arrives faster than capacity can do it: both
// in the same unit, say busy cores wanted and cores there are. At a load of one
// exactly a queue has no steady state either.
func Overloaded(offered, capacity float64) bool { return capacity > 0 && offered >= capacity }

func mean(xs []float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}
