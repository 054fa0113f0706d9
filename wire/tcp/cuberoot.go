package tcp

import "math"

// cubeRoot returns the cube root of x >= 0 to the last bit or two. Package math
// has one, but not every processor rounds that alike; this one adds, multiplies
// and divides only.
func cubeRoot(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	fraction, exponent := math.Frexp(x) // x = fraction * 2^exponent
	root := math.Ldexp(0.6+float64(0.4*fraction), exponent/3)
	for range 7 { // Newton: each step doubles the digits; the first guess is within a factor of two
		root = (float64(2*root) + x/float64(root*root)) / 3
	}
	return root
}
