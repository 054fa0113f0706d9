package stats

import "math"

// studentCDF is P(T <= t) for Student's t with df degrees of freedom, by the
// finite series of Abramowitz and Stegun 26.7.3 and 26.7.4. It is written in
// + - * / and square roots, so every processor gives the same bits.
func studentCDF(t float64, df int) float64 {
	nu := float64(df)
	cos2 := nu / (nu + float64(t*t))
	sin := t / math.Sqrt(nu+float64(t*t))
	if df%2 == 0 {
		return 0.5 + float64(0.5*sin*series(cos2, 0, df-2))
	}
	angle := arctan(t / math.Sqrt(nu))
	if df > 1 {
		angle += float64(sin * math.Sqrt(cos2) * series(cos2, 1, df-2))
	}
	return 0.5 + angle/math.Pi
}

// series is 1 + (k+1)/(k+2) x + (k+1)(k+3)/((k+2)(k+4)) x^2 + ... with factors
// up to last/(last+1).
func series(x float64, k, last int) float64 {
	term, sum := 1.0, 1.0
	for top := k + 1; top < last+k; top += 2 {
		term = float64(term * x * float64(top) / float64(top+1))
		sum += term
	}
	return sum
}

// arctan halves the angle until six terms of the series do.
func arctan(x float64) float64 {
	const halvings = 8
	for range halvings {
		x /= 1 + math.Sqrt(1+float64(x*x))
	}
	x2, sum := float64(x*x), 0.0
	for k := 11; k >= 1; k -= 2 {
		sum = 1/float64(k) - float64(x2*sum)
	}
	return float64(x * sum * (1 << halvings))
}

// StudentQuantile returns the t that Student's t with df degrees of freedom
// stays below with probability p, 0.5 <= p < 1. Beyond 1000 degrees the
// thousandth stands in: it is 0.2 % too wide at most.
func StudentQuantile(p float64, df int) float64 {
	df = min(df, 1000)
	low, high := 0.0, 1.0
	for studentCDF(high, df) < p {
		high *= 2
	}
	for range 60 {
		mid := (low + high) / 2
		if studentCDF(mid, df) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
