package stats

import (
	"maps"
	"math"
	"slices"
	"time"
)

const third = 1.0 / 3

func fine(now time.Duration, x, y, z float64, counts map[string]int) float64 {
	sum := float64(x*y) + z
	sum += 0.5*x + 2*math.Pi + third*2
	if x*y > z {
		sum += x * y / z
	}
	n := 3*int(now/time.Second) + 1
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		n += 2 * counts[name]
	}
	for _, c := range counts { // order does not matter: a sum of whole numbers
		n += c
	}
	for range n {
		sum -= math.Floor(x * y)
	}
	return min(sum, math.MaxFloat64, math.Inf(1))
}
