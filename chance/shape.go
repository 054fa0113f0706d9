package chance

import (
	"fmt"
	"math"

	"github.com/meshdyno/meshdyno/unit"
)

// A shape is one word of the grammar: what stands in its parentheses and how
// the numbers there become a distribution.
type shape struct {
	name    string
	example string
	params  []param
	build   func(d *Dist, in *input) error
}

// param is one argument. Those without key stand first, in order.
type param struct {
	name     string // for errors, and the key of keyed ones
	keyed    bool
	optional bool
	form     form
}

// form is how an argument is written.
type form uint8

const (
	quantity form = iota // a duration or a size
	number               // a plain number
)

// input holds the arguments of a shape by their place in params.
type input struct {
	value [3]float64
	has   [3]bool
	base  base
	where [3]int // columns
}

func (in *input) refuse(i int, format string, args ...any) error {
	return &Error{in.where[i], fmt.Sprintf(format, args...)}
}

// text writes argument i the way the user would.
func (in *input) text(i int) string { return in.base.format(int64(in.value[i])) }

var mean = param{name: "mean"}

// shapes is the grammar, except for mix and empirical, whose arguments are of
// another form.
var shapes = []shape{
	{"exp", "exp(5ms)", []param{mean}, buildExp},
	{"normal", "normal(5ms, 1ms)", []param{mean, {name: "standard deviation"}}, buildNormal},
	{"uniform", "uniform(1ms, 9ms)", []param{{name: "least"}, {name: "greatest"}}, buildUniform},
	{"lognormal", "lognormal(5ms, p99=40ms) or lognormal(5ms, cv=2)",
		[]param{mean, {name: "p99", keyed: true, optional: true}, {name: "cv", keyed: true, optional: true, form: number}}, buildLognormal},
	{"gamma", "gamma(5ms, cv=0.5)", []param{mean, {name: "cv", keyed: true, form: number}}, buildGamma},
	{"weibull", "weibull(5ms, shape=0.7)", []param{mean, {name: "shape", keyed: true, form: number}}, buildWeibull},
	{"pareto", "pareto(min=1ms, alpha=1.5)", []param{{name: "min", keyed: true}, {name: "alpha", keyed: true, form: number},
		{name: "max", keyed: true, optional: true}}, buildPareto},
	{"erlang", "erlang(5ms, k=4)", []param{mean, {name: "k", keyed: true, form: number}}, buildErlang},
}

// names lists the words of the grammar.
func names() []string {
	list := make([]string, 0, len(shapes)+2)
	for _, s := range shapes {
		list = append(list, s.name)
	}
	return append(list, "mix", "empirical")
}

// positive refuses a mean of zero: it would hide a slip, and 0 says it plainly.
func (in *input) positive(i int, what string) error {
	if in.value[i] > 0 {
		return nil
	}
	return in.refuse(i, "the %s must be above 0; write just 0 for nothing at all", what)
}

// within holds argument i to a range.
func (in *input) within(i int, what string, least, greatest float64) error {
	if in.value[i] >= least && in.value[i] <= greatest {
		return nil
	}
	return in.refuse(i, "%s must lie between %s and %s", what, unit.FormatNumber(least), unit.FormatNumber(greatest))
}

func buildExp(d *Dist, in *input) error {
	m := in.value[0]
	d.kind, d.a = exponential, m
	d.more.mean, d.more.second = m, 2*m*m
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
	variance := float64(sd*sd) * (1 - float64(at*lift) - float64(lift*lift))
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
	d.more.mean = least + (greatest-least)/2
	d.more.second = (float64(least*least) + float64(least*greatest) + float64(greatest*greatest)) / 3
	return nil
}

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
	d.kind, d.a, d.b = lognormal, Log(m)-square/2, sigma
	d.more.mean, d.more.second = m, float64(m*m)*Exp(square)
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
	return float64(square * (1 - float64(square*(0.5-float64(square*(1.0/3-square/4))))))
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

func buildGamma(d *Dist, in *input) error {
	if err := in.positive(0, "mean"); err != nil {
		return err
	}
	m, cv := in.value[0], in.value[1]
	square := float64(cv * cv)
	d.setGamma(1/square, float64(m*square))
	d.more.mean, d.more.second = m, float64(m*m)*(1+square)
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
	d.more.mean, d.more.second = m, float64(m*m)*(1+1/k)
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
	d.more.mean, d.more.second = m, float64(scale*scale)*Gamma(1+2*inverse)
	return nil
}

// buildPareto: with q = min/max the moments of the bounded one are
// min * growth((alpha-1) log q) / growth(alpha log q), and alike with
// (alpha-2) and min^2, which is continuous where alpha is 1 or 2.
func buildPareto(d *Dist, in *input) error {
	if err := in.positive(0, "min"); err != nil {
		return err
	}
	if err := in.within(1, "alpha", 0.01, 1000); err != nil {
		return err
	}
	least, alpha := in.value[0], in.value[1]
	d.a, d.b = least, 1/alpha
	if !in.has[2] {
		return buildUnboundedPareto(d, in)
	}
	if in.value[2] <= least {
		return in.refuse(2, "max must be above min, %s", in.text(0))
	}
	logQ := Log(least / in.value[2])
	d.kind, d.c = boundedPareto, 1-Exp(float64(alpha*logQ))
	all := growth(float64(alpha * logQ))
	d.more.mean = least * growth(float64((alpha-1)*logQ)) / all
	d.more.second = float64(least*least) * growth(float64((alpha-2)*logQ)) / all
	return nil
}

func buildUnboundedPareto(d *Dist, in *input) error {
	least, alpha := in.value[0], in.value[1]
	if alpha <= 1 {
		return in.refuse(1, "a pareto with alpha %s has no mean: its mean does not exist up to alpha 1; raise alpha or give it a max=", unit.FormatNumber(alpha))
	}
	d.kind = pareto
	d.more.mean, d.more.second = least*alpha/(alpha-1), math.NaN()
	if alpha > 2 {
		d.more.second = float64(least*least) * alpha / (alpha - 2)
		return nil
	}
	d.warn(fmt.Sprintf("a pareto with alpha %s has no variance: averages settle slowly, and intervals around them promise too much", unit.FormatNumber(alpha)))
	return nil
}
