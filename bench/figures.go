package main

import (
	"fmt"
	"io"
	"slices"
)

// median of an odd or even number of figures.
func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// medianRatio is the median of a/b by round: what slowed the machine in a round
// slowed both.
func medianRatio(a, b []float64) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	return median(ratios)
}

// thousands writes a whole number with commas.
func thousands(x float64) string {
	text := fmt.Sprintf("%.0f", x)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// target prints one line of the verdict.
func target(out io.Writer, what string, found float64, bound string, limit float64, pass bool) {
	verdict := "pass"
	if !pass {
		verdict = "FAIL"
	}
	fmt.Fprintf(out, "  %-4s %7.2f %-40s %s %g\n", verdict, found, what, bound, limit)
}
