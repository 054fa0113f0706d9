package chance

import (
	"fmt"
	"strconv"

	"github.com/meshdyno/meshdyno/unit"
)

// Dist is a compiled distribution of durations (whole nanoseconds) or sizes
// (whole bytes). It is a small value that never changes; copies share what they
// point to. The zero Dist is the constant 0.
type Dist struct {
	kind       kind
	base       base
	n          int64   // the constant; Erlang's k
	a, b, c, d float64 // see the sampler of each kind
	more       *more   // nil for constants
}

// more is what drawing does not need, or only drawing from parts.
type more struct {
	text         string  // canonical
	mean, second float64 // moments about zero
	warnings     []string
	parts        []part // of a mix
	file         string // of an empirical distribution
	table        *table // nil until the file is read
}

// kind is which sampler draws.
type kind uint8

const (
	constant kind = iota
	exponential
	normal
	uniform
	lognormal
	gammaKind
	erlang
	weibull
	pareto
	boundedPareto
	mixture
	empirical
)

// base is the unit of the numbers drawn.
type base uint8

const (
	nanoseconds base = iota
	bytes
)

func (b base) format(v int64) string {
	if b == bytes {
		return unit.Size(v).String()
	}
	return unit.Duration(v).String()
}

func (b base) parse(text string) (int64, error) {
	if b == bytes {
		v, err := unit.ParseSize(text)
		return int64(v), err
	}
	v, err := unit.ParseDuration(text)
	return int64(v), err
}

// Largest is the largest number that is ever drawn: 146 years, or 4 EiB.
const Largest = 1 << 62

// Draw returns the next random number: whole, rounded to the nearest, from 0 to
// Largest. It allocates nothing.
func (d *Dist) Draw(s *Stream) int64 {
	for d.kind == mixture {
		d = d.more.pick(s)
	}
	switch d.kind {
	case constant:
		return d.n
	case exponential:
		return whole(float64(s.Exp() * d.a))
	case normal:
		return whole(d.drawNormal(s))
	case uniform:
		return whole(d.a + float64(s.Float64()*d.b))
	case lognormal:
		return whole(Exp(d.a + float64(s.Normal()*d.b)))
	case gammaKind:
		return whole(d.drawGamma(s))
	case erlang:
		return whole(d.drawErlang(s))
	case weibull:
		return whole(float64(d.a * Exp(float64(Log(s.Exp())*d.b))))
	case pareto:
		return whole(float64(d.a * Exp(float64(s.Exp()*d.b))))
	case boundedPareto:
		return whole(float64(d.a * Exp(float64(-Log(1-float64(s.Float64()*d.c))*d.b))))
	default:
		return d.more.table.draw(s)
	}
}

// whole rounds x to the nearest whole number between 0 and Largest.
func whole(x float64) int64 {
	switch {
	case !(x > 0):
		return 0
	case x >= Largest:
		return Largest
	}
	return int64(x + 0.5)
}

// Mean is the expected value, in nanoseconds or bytes.
func (d *Dist) Mean() float64 {
	if d.more == nil {
		return float64(d.n)
	}
	return d.more.mean
}

// SecondMoment is the expected value of the square; NaN where there is none.
func (d *Dist) SecondMoment() float64 {
	if d.more == nil {
		return float64(float64(d.n) * float64(d.n))
	}
	return d.more.second
}

// IsZero says whether every draw is 0, as for something left out.
func (d *Dist) IsZero() bool { return d.kind == constant && d.n == 0 }

// Const returns the value that every draw has, if there is one.
func (d *Dist) Const() (int64, bool) { return d.n, d.kind == constant }

// String is the canonical text, which parses back to the same distribution.
func (d *Dist) String() string {
	if d.more == nil {
		return d.base.format(d.n)
	}
	return d.more.text
}

// Warnings says what a user should know about the distribution, in whole
// sentences; most have none.
func (d *Dist) Warnings() []string {
	if d.more == nil {
		return nil
	}
	warnings := d.more.warnings
	for i := range d.more.parts {
		warnings = append(warnings[:len(warnings):len(warnings)], d.more.parts[i].dist.Warnings()...)
	}
	return warnings
}

// fixed is the distribution of one value.
func fixed(v int64, b base) Dist { return Dist{kind: constant, base: b, n: min(max(v, 0), Largest)} }

func (d *Dist) warn(text string) { d.more.warnings = append(d.more.warnings, text) }

// wide is the coefficient of variation from which an average needs more draws
// than most runs make.
const wide = 30

// warnWide warns of a mean that few runs will see, unless that was said: the
// average of n draws has the relative standard error cv/sqrt(n).
func (d *Dist) warnWide() {
	m := d.more
	variation := m.second/float64(m.mean*m.mean) - 1
	if len(m.warnings) == 0 && variation > wide*wide {
		d.warn(fmt.Sprintf("%s is so wide that its average comes within 5%% of its mean only after %s draws", m.text, about(float64(1537*variation))))
	}
}

// about writes n with two digits: 52000, 1.3e+08.
func about(n float64) string {
	text := strconv.FormatFloat(n, 'g', 2, 64)
	if short, err := strconv.ParseFloat(text, 64); err == nil && short < 1e6 {
		return unit.FormatNumber(short)
	}
	return text
}
