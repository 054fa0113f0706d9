package stats

import "math"

type share float64

func rounding(x, y, z float64, s share) float64 {
	sum := x*y + z
	sum -= z * y
	half := z * math.Sqrt(y)
	sum = half - -(x * z)
	x *= y
	if s = 2*s + s*s; s > 1 {
		return s.of(x * 3)
	}
	return math.Log(x) + math.FMA(x, y, z)
}

func (s share) of(x float64) float64 { return float64(s) * x }
