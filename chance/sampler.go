package chance

import "math"

// drawNormal draws again while it is below zero. a is the mean, b the deviation
// of the whole bell.
func (d *Dist) drawNormal(s *Stream) float64 {
	for {
		if x := d.a + float64(s.Normal()*d.b); x >= 0 {
			return x
		}
	}
}

// drawGamma is Marsaglia and Tsang's method ("A simple method for generating
// gamma variables", ACM TOMS 26(3), 2000). a is d, b is c of the paper; c is the
// scale and d, for a shape below 1, the exponent of the boost, else 0.
func (d *Dist) drawGamma(s *Stream) float64 {
	boost := 1.0
	if d.d != 0 {
		boost = Exp(-float64(s.Exp() * d.d)) // U^(1/shape)
	}
	for {
		x := s.Normal()
		v := 1 + float64(d.b*x)
		if v <= 0 {
			continue
		}
		v = float64(float64(v*v) * v)
		u, square := s.above0(), float64(x*x)
		if u < 1-float64(0.0331*float64(square*square)) ||
			Log(u) < float64(0.5*square)+float64(d.a*(1-v+Log(v))) {
			return float64(float64(float64(d.a*v)*d.c) * boost)
		}
	}
}

// drawErlang sums n exponentials of mean a. Many are drawn as a gamma.
func (d *Dist) drawErlang(s *Stream) float64 {
	sum := 0.0
	for range d.n {
		sum += s.Exp()
	}
	return float64(sum * d.a)
}

// setGamma prepares drawGamma for a shape and a scale.
func (d *Dist) setGamma(shape, scale float64) {
	d.kind, d.c = gammaKind, scale
	if shape < 1 {
		d.d = 1 / shape
		shape++
	}
	d.a = shape - 1.0/3
	d.b = 1 / math.Sqrt(9*d.a)
}
