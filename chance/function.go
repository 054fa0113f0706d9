package chance

import "math"

// The natural logarithm of 2 in two parts; the first ends in enough zeros that
// its product with any exponent is exact.
const (
	ln2High = 0x1.62e42fefap-1
	ln2Low  = math.Ln2 - ln2High
)

// Log returns the natural logarithm of x, within 1 ulp: NaN below zero, -Inf at
// zero. It is bit-equal on every processor.
//
// x = 2^k (1+f) with 1+f in [sqrt(1/2), sqrt(2)), and with s = f/(2+f)
// log(1+f) = 2 atanh(s) = 2s + s R, where R = 2/3 s^2 + 2/5 s^4 + ...; since
// 2s = f - s f, the sum f - (f^2/2 - s (f^2/2 + R)) loses least.
func Log(x float64) float64 {
	switch {
	case x != x || x > math.MaxFloat64:
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	k := 0
	if x < 0x1p-1022 {
		x, k = x*0x1p54, -54
	}
	bits := math.Float64bits(x)
	// Adding what lies between sqrt(1/2) and 1 carries into the exponent just
	// when the fraction is sqrt(2) or more.
	bits += 0x3ff0000000000000 - 0x3fe6a09e667f3bcd
	k += int(bits>>52) - 1023
	f := math.Float64frombits(bits&(1<<52-1)+0x3fe6a09e667f3bcd) - 1
	s := f / (2 + f)
	half := float64(float64(f*f) * 0.5)
	tail := float64(s * (half + atanhTail(float64(s*s))))
	n := float64(k)
	return float64(n*ln2High) - ((half - (tail + float64(n*ln2Low))) - f)
}

// atanhTail is 2/3 z + 2/5 z^2 + ... for z up to 0.0295, in two chains that a
// processor runs side by side.
func atanhTail(z float64) float64 {
	w := float64(z * z)
	odd := 2.0/15 + float64(w*(2.0/19+float64(w*(2.0/23))))
	odd = 2.0/3 + float64(w*(2.0/7+float64(w*(2.0/11+float64(w*odd)))))
	even := 2.0/17 + float64(w*(2.0/21))
	even = 2.0/5 + float64(w*(2.0/9+float64(w*(2.0/13+float64(w*even)))))
	return float64(z*odd) + float64(w*even)
}

// Exp returns e^x, within 1 ulp where the result is a normal number. It is
// bit-equal on every processor.
//
// x = (32k + j) ln2/32 + r with |r| at most ln2/64, and e^x = 2^k 2^(j/32) e^r.
func Exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > 709.782712893384:
		return math.Inf(1)
	case x < -745.1332191019412:
		return 0
	}
	n := math.Floor(float64(x*(32/math.Ln2)) + 0.5)
	r := (x - float64(n*(ln2High/32))) - float64(n*(ln2Low/32))
	q := float64(r * r)
	p := r + float64(q*(0.5+float64(r*(1.0/6))+float64(q*(1.0/24+float64(r*(1.0/120))+float64(q*(1.0/720))))))
	j, k := int(n)&31, int(n)>>5
	high := roots[j].high
	return scale(high+(roots[j].low+float64(high*p)), k)
}

// scale returns y * 2^k for y in [1, 2), rounding once below the normal numbers.
func scale(y float64, k int) float64 {
	switch {
	case k > 1023:
		return y * 2 * 0x1p1023
	case k < -1022:
		return y * math.Float64frombits(uint64(k+1023+64)<<52) * 0x1p-64
	}
	return float64(y * math.Float64frombits(uint64(k+1023)<<52))
}

// Pow returns x^y for x not below zero: NaN below. Its relative error grows with
// the result, to (2 + 3 |y log x|) * 2^-53. It is bit-equal on every processor.
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case x < 0:
		return math.NaN()
	}
	return Exp(float64(y * Log(x)))
}

// Gamma returns the gamma function of x above zero, with a relative error below
// 2e-13: Stirling's series (Abramowitz and Stegun 6.1.40), after the recurrence
// has brought x to where the series is exact enough.
func Gamma(x float64) float64 {
	if !(x > 0) {
		return math.NaN()
	}
	product := 1.0
	for ; x < 16; x++ {
		product = float64(product * x)
	}
	if x > 171.7 {
		return math.Inf(1)
	}
	z := 1 / float64(x*x)
	series := float64(z * (1.0/1260 - float64(z*(1.0/1680-float64(z*(1.0/1188))))))
	series = (1.0/12 - float64(z*(1.0/360-series))) / x
	// x^(x-1/2) overflows before its product with e^-x does: take it in halves.
	root := Exp(float64((float64(x/2) - 0.25) * Log(x)))
	const sqrtTwoPi = 2.50662827463100050241576528481104525
	return float64(root*Exp(-x)) * root * float64(sqrtTwoPi*Exp(series)) / product
}

// growth is (e^x - 1)/x, continued through 0. Moments are quotients of it.
func growth(x float64) float64 {
	if x > 0.5 || x < -0.5 {
		return (Exp(x) - 1) / x
	}
	sum := 1.0
	for n := 18.0; n >= 2; n-- {
		sum = 1 + float64(sum*x)/n
	}
	return sum
}

// normalBelow is the probability that a standard normal lies below x, for x not
// below zero (Abramowitz and Stegun 26.2.11).
func normalBelow(x float64) float64 {
	if x > 9 {
		return 1
	}
	term, sum := x, x
	for n := 3.0; term > sum*0x1p-60; n += 2 {
		term = float64(term*x) * x / n
		sum += term
	}
	return 0.5 + float64(normalDensity(x)*sum)
}

func normalDensity(x float64) float64 {
	const perSqrtTwoPi = 0.398942280401432677939946059934381868
	return float64(perSqrtTwoPi * Exp(float64(x*x)*-0.5))
}
