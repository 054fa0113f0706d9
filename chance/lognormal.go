package chance

import (
	"fmt"
	"math"
)

const (
	p99         = 2.3263478740408408 // where 99% of a standard normal lie below
	widestSigma = 10
	raresSigma  = 4
)

// buildLognormal: with deviation s of the logarithm, mean = exp(mu + s^2/2) and
// p99 = exp(mu + 2.33 s). Of the two s that fit a mean and a p99 it takes the
// smaller: the larger has a median far below both.
func buildLognormal(d *Dist, in *input) error {
	sigma, err := lognormalSigma(in)
	if err != nil {
		return err
	}
	m, square := in.value[0], float64(sigma*sigma)
	d.kind, d.a, d.b = lognormal, Log(m)-float64(square/2), sigma
	d.more.mean, d.more.second = m, float64(m*m*Exp(square))
	if sigma > raresSigma {
		rare := sigma / normalDensity(sigma) // 1/Q(sigma), by Mills' ratio
		d.warn(fmt.Sprintf("half of the mean of this lognormal is carried by events rarer than one in %s: its averages settle only in runs much longer than that", about(rare)))
	}
	return nil
}

func lognormalSigma(in *input) (float64, error) {
	if err := in.positive(0, "mean"); err != nil {
		return 0, err
	}
	switch {
	case in.has[1] == in.has[2]:
		return 0, in.refuse(0, "lognormal needs its mean and one of p99 and cv: lognormal(5ms, p99=40ms) or lognormal(5ms, cv=2)")
	case in.has[1]:
		return sigmaOfP99(in)
	case in.value[2] == 0:
		return 0, in.refuse(2, "cv must be above 0; write just %s for a constant", in.text(0))
	}
	sigma := math.Sqrt(logOnePlusSquare(in.value[2]))
	if sigma > widestSigma {
		return 0, in.refuse(2, "a lognormal so wide (sigma %.3g, at most %d) has a mean that no run ever sees", sigma, widestSigma)
	}
	return sigma, nil
}

// logOnePlusSquare is log(1 + cv^2), exact for small cv too.
func logOnePlusSquare(cv float64) float64 {
	square := float64(cv * cv)
	if square > 1e-4 {
		return Log(1 + square)
	}
	return float64(square * (1 - float64(square*(0.5-float64(square*(1.0/3-float64(square/4)))))))
}

func sigmaOfP99(in *input) (float64, error) {
	ratio := in.value[1] / in.value[0]
	if ratio <= 1 {
		return 0, in.refuse(1, "p99 must be above the mean %s", in.text(0))
	}
	root := float64(p99*p99) - float64(2*Log(ratio))
	if root < 0 {
		return 0, in.refuse(1, "no lognormal of mean %s has a p99 of %s: it is at most 14.97 times the mean", in.text(0), in.text(1))
	}
	return p99 - math.Sqrt(root), nil
}
