package chance

import "math"

// zipf draws k from 1 to n with a probability in proportion to k^-s, by
// rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to generate
// variates from monotone discrete distributions", ACM TOMACS 6(3), 1996).
type zipf struct {
	n, s        float64
	first, last float64 // the integral of x^-s at 1.5, less 1, and at n+1/2
	sure        float64 // so near below k no comparison is needed
}

func newZipf(n uint64, s float64) *zipf {
	z := &zipf{n: float64(n), s: s}
	z.first = z.integral(1.5) - 1
	z.last = z.integral(z.n + 0.5)
	z.sure = 2 - z.inverse(z.integral(2.5)-z.weight(2))
	return z
}

func (z *zipf) draw(s *Stream) uint64 {
	for {
		u := z.last + float64(s.Float64()*(z.first-z.last))
		x := z.inverse(u)
		k := min(max(math.Floor(x+0.5), 1), z.n)
		if k-x <= z.sure || u >= z.integral(k+0.5)-z.weight(k) {
			return uint64(k)
		}
	}
}

func (z *zipf) weight(x float64) float64 { return Exp(-float64(z.s * Log(x))) }

// integral is (x^(1-s) - 1)/(1-s), which is log x where s is 1.
func (z *zipf) integral(x float64) float64 {
	log := Log(x)
	return float64(log * growth(float64((1-z.s)*log)))
}

// inverse of integral: exp(log(1+y(1-s))/(1-s)).
func (z *zipf) inverse(y float64) float64 {
	t := max(float64(y*(1-z.s)), -1)
	return Exp(float64(y * logRatio(t)))
}

// logRatio is log(1+t)/t, continued through 0.
func logRatio(t float64) float64 {
	if t > 0.01 || t < -0.01 {
		return Log(1+t) / t
	}
	sum := 0.0
	for n := 9.0; n >= 1; n-- {
		sum = 1/n - float64(t*sum)
	}
	return sum
}
