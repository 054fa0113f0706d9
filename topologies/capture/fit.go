package capture

import (
	"math"
	"slices"
)

// Shape is a family of distributions.
type Shape string

// The shapes that are tried.
const (
	Nothing     Shape = "nothing" // no values
	Constant    Shape = "constant"
	Exponential Shape = "exponential"
	Normal      Shape = "normal"
	Lognormal   Shape = "lognormal"
)

// Fit is the shape that suits a sample best, with the sample's own mean and
// variation.
type Fit struct {
	Shape    Shape
	Mean, CV float64
	N        int
	// Distance is Kolmogorov's: the largest difference between the share of
	// values below a point and what the shape says; 0 is perfect, above Doubt the
	// shape is wrong (in 19 of 20 samples of this size).
	Distance, Doubt float64
}

// Good says that the sample does not speak against the shape.
func (f *Fit) Good() bool { return f.Distance <= f.Doubt }

// steady is the variation below which values are as good as constant.
const steady = 0.02

// Fit compares a sample with the shapes, which have its moments.
func (s *Sample) Fit() Fit {
	f := Fit{Shape: Nothing, Mean: s.mean, CV: s.CV(), N: s.N}
	switch {
	case s.N == 0:
		return f
	case f.CV <= steady || s.mean <= 0:
		f.Shape = Constant
		return f
	}
	sorted := slices.Sorted(slices.Values(s.kept))
	f.Shape, f.Distance, f.Doubt = Nothing, 2, 1.36/math.Sqrt(float64(len(sorted)))
	for _, c := range []Shape{Exponential, Lognormal, Normal} {
		if d := distance(sorted, c.below(f.Mean, f.CV)); d < f.Distance && (c != Normal || f.CV < 1.0/3) {
			f.Shape, f.Distance = c, d
		}
	}
	return f
}

// below is the distribution function of a shape.
func (c Shape) below(mean, cv float64) func(x float64) float64 {
	switch c {
	case Exponential:
		return func(x float64) float64 { return 1 - math.Exp(-max(x, 0)/mean) }
	case Lognormal:
		sigma := math.Sqrt(math.Log1p(cv * cv))
		mu := math.Log(mean) - sigma*sigma/2
		return func(x float64) float64 { return standard((math.Log(max(x, 1e-300)) - mu) / sigma) }
	}
	return func(x float64) float64 { return standard((x - mean) / (cv * mean)) }
}

func standard(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// distance is Kolmogorov's between sorted values and a distribution. Equal
// values are one step.
func distance(sorted []float64, below func(float64) float64) (most float64) {
	n := float64(len(sorted))
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		p := below(sorted[i])
		most = max(most, math.Abs(p-float64(i)/n), math.Abs(float64(j)/n-p))
		i = j
	}
	return most
}
