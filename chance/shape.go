package chance

import (
	"fmt"

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
