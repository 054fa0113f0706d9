package stats

import "math"

// twoSided is the point of Student's t below which 97.5 % lie: 95 % within.
const twoSided = 0.975

// MeanCI is the 95 % interval for a mean from independent replications: the mean
// of their means, plus and minus Student's t times its standard error. ok is
// false below two replications. Ten or more are the default for a reason: with
// few, the interval holds but is wide.
func MeanCI(means []float64) (ci [2]float64, ok bool) {
	if len(means) < 2 {
		return ci, false
	}
	m, squares := mean(means), 0.0
	for _, x := range means {
		squares += float64((x - m) * (x - m))
	}
	n := float64(len(means))
	half := float64(studentHalf(len(means)) * math.Sqrt(squares/(n-1)/n))
	return [2]float64{m - float64(half), m + float64(half)}, true
}

func studentHalf(replications int) float64 { return StudentQuantile(twoSided, replications-1) }

// A share is a count among a total in one replication.
type share struct{ count, total float64 }

// pooled is the ratio of the sums with its variance between replications
// (Cochran, Sampling Techniques, 1977, 6.4): unlike the mean of the ratios, it is the
// pooled figure itself, and replications of unlike length weigh as they should.
func pooled(shares []share) (ratio, variance, total float64) {
	count, squares := 0.0, 0.0
	for _, s := range shares {
		count, total = count+s.count, total+s.total
	}
	if total == 0 {
		return 0, 0, 0
	}
	ratio = count / total
	for _, s := range shares {
		off := s.count - float64(ratio*s.total)
		squares += float64(off * off)
	}
	n := float64(len(shares))
	return ratio, squares * n / (n - 1) / total / total, total
}

// worth is how many independent samples tell as much about a share p as the
// total did, seeing how much p varies between replications; never more than the
// total, and the total where p is 0 or 1 and nothing can be seen.
func worth(shares []share) (p, effective float64) {
	p, variance, total := pooled(shares)
	if free := float64(p * (1 - p)); free > 0 && variance*total > free {
		return p, free / variance
	}
	return p, total
}

// ProportionCI is the 95 % interval for a share, such as a success rate, from
// independent replications: Wilson's score interval with Student's t and with
// the effective number of samples (the design-effect idea of Korn and Graubard,
// Survey Methodology 24, 1998; for Wilson see Dean and Pagano 2015). It stays
// within 0 and 1, and is never narrower than for independent requests. Where no
// request failed, or all did, nothing shows whether failures come in clumps, and
// independence is assumed. ok is false below two replications or without
// requests. The batches of one run, at least 20, may stand for replications.
func ProportionCI(successes, totals []uint64) (ci [2]float64, ok bool) {
	shares := make([]share, len(successes))
	for i := range successes {
		shares[i] = share{float64(successes[i]), float64(totals[i])}
	}
	p, n := worth(shares)
	if len(shares) < 2 || n == 0 {
		return ci, false
	}
	t := studentHalf(len(shares))
	t2 := float64(t * t)
	centre := (p + t2/(2*n)) / (1 + t2/n)
	half := float64(t / (1 + t2/n) * math.Sqrt(p*(1-p)/n+t2/(4*n*n)))
	return [2]float64{max(0, centre-float64(half)), min(1, centre+float64(half))}, true
}
