package stats

import (
	"fmt"
	"math"
)

const (
	meanBatches  = 20     // of the interval
	checkBatches = 100    // of the check, which is the harder to pass the more there are
	checkLevel   = 1.6449 // normal, one-sided 5 %
)

// MeanCI is the 95 % interval for the mean of a single run by batch means: the
// observations later than the cut in 20 long batches, which are treated as
// independent replications (Law and Carson 1979). They are so only when batches
// are long beside the memory of the system: von Neumann's ratio looks at the
// lag-1 correlation of 100 shorter ones (one-sided, 5 %), where it shows sooner.
// If it does, or there are fewer than 100 full batches, ok is false and note says
// what is missing.
func (b *Batches) MeanCI(after Transient) (ci [2]float64, ok bool, note string) {
	means, _ := b.Means()
	means = means[min(after.Batches, len(means)):]
	if len(means) < checkBatches {
		return ci, false, fmt.Sprintf("cannot tell: %d batches of requests, at least %d are needed", len(means), checkBatches)
	}
	if c := vonNeumann(regroup(means, checkBatches)); c > checkLevel*vonNeumannSpread(checkBatches) {
		return ci, false, fmt.Sprintf("cannot tell: neighbouring batches are still alike (correlation %.2f): run longer, or use replications", c)
	}
	ci, ok = MeanCI(regroup(means, meanBatches))
	return ci, ok, ""
}

// regroup joins means into k groups of equal size; what is left over goes from
// the front, where a rest of the warm-up would be.
func regroup(means []float64, k int) []float64 {
	each := len(means) / k
	means = means[len(means)-k*each:]
	groups := make([]float64, k)
	for i := range groups {
		groups[i] = mean(means[i*each : (i+1)*each])
	}
	return groups
}

// vonNeumann estimates the lag-1 correlation as 1 - Q/2 from the ratio Q of the
// squared differences of neighbours to the squared deviations from the mean
// (von Neumann 1941).
func vonNeumann(xs []float64) float64 {
	m, differences, squares := mean(xs), 0.0, 0.0
	for i, x := range xs {
		squares += float64((x - m) * (x - m))
		if i > 0 {
			differences += float64((x - xs[i-1]) * (x - xs[i-1]))
		}
	}
	if squares == 0 {
		return 0
	}
	return 1 - differences/(2*squares)
}

// vonNeumannSpread is the standard deviation of the estimate when k values are
// independent and normal: sqrt((k-2)/(k^2-1)).
func vonNeumannSpread(k int) float64 {
	n := float64(k)
	return math.Sqrt((n - 2) / (float64(n*n) - 1))
}
