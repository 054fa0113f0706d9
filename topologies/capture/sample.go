package capture

import (
	"math"
	"slices"
)

// mostSamples is how many values of a sample are kept to compare shapes.
const mostSamples = 8192

// Sample is values of one kind: all of them in its moments, and every one, every
// second, every fourth... to compare its shape with others.
type Sample struct {
	N        int
	squares  float64 // about the running mean (Welford)
	mean     float64
	Min, Max float64
	kept     []float64
	every    int
}

// Add takes one more value.
func (s *Sample) Add(x float64) {
	if s.N == 0 || x < s.Min {
		s.Min = x
	}
	if s.N == 0 || x > s.Max {
		s.Max = x
	}
	s.keep(x)
	s.N++
	off := x - s.mean
	s.mean += off / float64(s.N)
	s.squares += float64(off * (x - s.mean))
}

// keep thins out what is kept when it is full.
func (s *Sample) keep(x float64) {
	s.every = max(s.every, 1)
	if s.N%s.every != 0 {
		return
	}
	if len(s.kept) == mostSamples {
		for i := range mostSamples / 2 {
			s.kept[i] = s.kept[2*i]
		}
		s.kept, s.every = s.kept[:mostSamples/2], 2*s.every
		if s.N%s.every != 0 {
			return
		}
	}
	s.kept = append(s.kept, x)
}

// Mean is the average; 0 of nothing.
func (s *Sample) Mean() float64 { return s.mean }

// CV is the standard deviation over the mean.
func (s *Sample) CV() float64 {
	if s.N < 2 || s.mean == 0 {
		return 0
	}
	return math.Sqrt(s.squares/float64(s.N-1)) / math.Abs(s.mean)
}

// Merge takes the values of another sample too (Chan, Golub and LeVeque 1983);
// those kept of a large one weigh less than they should.
func (s *Sample) Merge(o *Sample) {
	if o.N == 0 {
		return
	}
	if s.N == 0 {
		*s = *o
		s.kept = slices.Clone(o.kept)
		return
	}
	n, off := float64(s.N+o.N), o.mean-s.mean
	s.squares += o.squares + float64(off*off*float64(s.N)*float64(o.N)/n)
	s.mean += off * float64(o.N) / n
	s.Min, s.Max = min(s.Min, o.Min), max(s.Max, o.Max)
	s.N += o.N
	s.kept = append(s.kept, o.kept...)
	for len(s.kept) > mostSamples {
		for i := range len(s.kept) / 2 {
			s.kept[i] = s.kept[2*i]
		}
		s.kept = s.kept[:len(s.kept)/2]
		s.every *= 2
	}
}
