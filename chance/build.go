package chance

import (
	"fmt"
	"math"
)

func buildExp(d *Dist, in *input) error {
	m := in.value[0]
	d.kind, d.a = exponential, m
	d.more.mean, d.more.second = m, float64(2*m*m)
	return in.positive(0, "mean")
}

// buildNormal: a normal cut at zero has a higher mean and a lower deviation than
// the whole one (Johnson, Kotz and Balakrishnan, Continuous Univariate
// Distributions, 13.10.1).
func buildNormal(d *Dist, in *input) error {
	m, sd := in.value[0], in.value[1]
	if sd == 0 {
		return in.refuse(1, "the standard deviation must be above 0; write just %s for a constant", in.text(0))
	}
	d.kind, d.a, d.b = normal, m, sd
	at := m / sd
	lift := normalDensity(at) / normalBelow(at)
	d.more.mean = m + float64(sd*lift)
	variance := float64(float64(sd*sd) * (1 - float64(at*lift) - float64(lift*lift)))
	d.more.second = variance + float64(d.more.mean*d.more.mean)
	if sd > m/3 {
		d.warn(fmt.Sprintf("normal(%s, %s) is drawn again while below 0, which lifts its mean to %s; gamma or lognormal keep theirs",
			in.text(0), in.text(1), in.base.format(whole(d.more.mean))))
	}
	return nil
}

func buildUniform(d *Dist, in *input) error {
	least, greatest := in.value[0], in.value[1]
	if greatest <= least {
		return in.refuse(1, "uniform goes from the least to the greatest: %s is not above %s", in.text(1), in.text(0))
	}
	d.kind, d.a, d.b = uniform, least, greatest-least
	d.more.mean = least + float64((greatest-least)/2)
	d.more.second = (float64(least*least) + float64(least*greatest) + float64(greatest*greatest)) / 3
	return nil
}

func buildGamma(d *Dist, in *input) error {
	if err := in.positive(0, "mean"); err != nil {
		return err
	}
	m, cv := in.value[0], in.value[1]
	square := float64(cv * cv)
	d.setGamma(1/square, float64(m*square))
	d.more.mean, d.more.second = m, float64(m*m*(1+square))
	return in.within(1, "cv", 0.0001, 100)
}

func buildErlang(d *Dist, in *input) error {
	if err := in.positive(0, "mean"); err != nil {
		return err
	}
	m, k := in.value[0], in.value[1]
	if k != math.Floor(k) {
		return in.refuse(1, "k is a whole number of phases; gamma(%s, cv=...) has any shape", in.text(0))
	}
	d.kind, d.n, d.a = erlang, int64(k), m/k
	if k > 16 { // one gamma costs less than so many exponentials
		d.setGamma(k, m/k)
	}
	d.more.mean, d.more.second = m, float64(m*m*(1+1/k))
	return in.within(1, "k", 1, 1e6)
}

// buildWeibull: the mean is scale * Gamma(1 + 1/shape).
func buildWeibull(d *Dist, in *input) error {
	if err := in.positive(0, "mean"); err != nil {
		return err
	}
	if err := in.within(1, "shape", 0.1, 100); err != nil {
		return err
	}
	m, inverse := in.value[0], 1/in.value[1]
	scale := m / Gamma(1+inverse)
	d.kind, d.a, d.b = weibull, scale, inverse
	d.more.mean, d.more.second = m, float64(scale*scale*Gamma(1+2*inverse))
	return nil
}
