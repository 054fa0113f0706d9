package chance

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

const draws = 1_000_000

// menu is every kind of distribution with its closed forms, in milliseconds:
// the distribution function, and the fourth moment's existence.
var menu = []struct {
	text   string
	below  func(x float64) float64
	heavy  bool // has no fourth moment, or none that a million draws show
	heavy2 bool // has no second moment, or none that a million draws show
}{
	{text: "exp(5ms)", below: func(x float64) float64 { return 1 - math.Exp(-x/5) }},
	{text: "normal(5ms, 1ms)", below: func(x float64) float64 { return bellBelow(x - 5) }},
	{text: "normal(2ms, 2ms)", below: cutBell(2, 2)},
	{text: "normal(0ms, 2ms)", below: cutBell(0, 2)},
	{text: "uniform(1ms, 9ms)", below: func(x float64) float64 { return (x - 1) / 8 }},
	{text: "lognormal(5ms, p99=20ms)", below: lognormalBelow(5, 2.3263478740408408-math.Sqrt(2.3263478740408408*2.3263478740408408-2*math.Log(4)))},
	{text: "lognormal(5ms, cv=0.5)", below: lognormalBelow(5, math.Sqrt(math.Log(1.25)))},
	{text: "lognormal(5ms, cv=2)", below: lognormalBelow(5, math.Sqrt(math.Log(5))), heavy: true},
	{text: "gamma(5ms, cv=0.5)", below: erlangBelow(5, 4)},
	{text: "gamma(5ms, cv=1)", below: erlangBelow(5, 1)},
	{text: "gamma(5ms, cv=1.4142135623730951)", below: func(x float64) float64 { return math.Erf(math.Sqrt(x / 10)) }},
	{text: "weibull(5ms, shape=0.7)", below: weibullBelow(5, 0.7)},
	{text: "weibull(5ms, shape=3)", below: weibullBelow(5, 3)},
	{text: "pareto(min=1ms, alpha=1.5)", below: paretoBelow(1, 1.5), heavy: true, heavy2: true},
	{text: "pareto(min=1ms, alpha=2.5)", below: paretoBelow(1, 2.5), heavy: true},
	{text: "pareto(min=1ms, alpha=6)", below: paretoBelow(1, 6)},
	{text: "pareto(min=1ms, alpha=1.5, max=100ms)", below: boundedParetoBelow(1, 1.5, 100)},
	{text: "pareto(min=1ms, alpha=1, max=100ms)", below: boundedParetoBelow(1, 1, 100)},
	{text: "pareto(min=1ms, alpha=2, max=100ms)", below: boundedParetoBelow(1, 2, 100)},
	{text: "erlang(5ms, k=4)", below: erlangBelow(5, 4)},
	{text: "erlang(5ms, k=40)", below: erlangBelow(5, 40)},
	{text: "mix(90%: exp(1ms), 10%: exp(20ms))", below: func(x float64) float64 { return 1 - 0.9*math.Exp(-x) - 0.1*math.Exp(-x/20) }},
	{text: "mix(50%: exp(1ms), 50%: mix(50%: uniform(0ms, 8ms), 50%: exp(3ms)))", below: func(x float64) float64 {
		return 0.5*(1-math.Exp(-x)) + 0.25*min(x/8, 1) + 0.25*(1-math.Exp(-x/3))
	}},
}

func bellBelow(z float64) float64 { return 1 - 0.5*math.Erfc(z/math.Sqrt2) }

func cutBell(mean, sd float64) func(float64) float64 {
	return func(x float64) float64 {
		zero := bellBelow(-mean / sd)
		return (bellBelow((x-mean)/sd) - zero) / (1 - zero)
	}
}

func lognormalBelow(mean, sigma float64) func(float64) float64 {
	return func(x float64) float64 { return bellBelow((math.Log(x/mean) + sigma*sigma/2) / sigma) }
}

func erlangBelow(mean float64, k int) func(float64) float64 {
	return func(x float64) float64 {
		x *= float64(k) / mean
		term, sum := 1.0, 0.0
		for i := range k {
			sum += term
			term *= x / float64(i+1)
		}
		return 1 - sum*math.Exp(-x)
	}
}

func weibullBelow(mean, shape float64) func(float64) float64 {
	scale := mean / math.Gamma(1+1/shape)
	return func(x float64) float64 { return -math.Expm1(-math.Pow(x/scale, shape)) }
}

func paretoBelow(least, alpha float64) func(float64) float64 {
	return func(x float64) float64 { return 1 - math.Pow(least/x, alpha) }
}

func boundedParetoBelow(least, alpha, most float64) func(float64) float64 {
	return func(x float64) float64 {
		return (1 - math.Pow(least/x, alpha)) / (1 - math.Pow(least/most, alpha))
	}
}

func must(t testing.TB, text string) Dist {
	t.Helper()
	d, err := ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d.Dist
}

// TestEveryKindHasItsMomentsAndQuantiles draws a million of each and holds them
// to the closed forms within four standard errors.
func TestEveryKindHasItsMomentsAndQuantiles(t *testing.T) {
	for _, c := range menu {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			d := must(t, c.text)
			s := New(2, 0, c.text, "menu")
			values := make([]float64, draws)
			for i := range values {
				values[i] = float64(d.Draw(&s)) / 1e6
			}
			if !c.heavy2 {
				deviation := math.Sqrt(d.SecondMoment()-d.Mean()*d.Mean()) / 1e6
				within(t, "mean", values, d.Mean()/1e6, deviation)
			}
			if !c.heavy {
				squares := make([]float64, draws)
				for i, v := range values {
					squares[i] = v * v
				}
				within(t, "second moment", squares, d.SecondMoment()/1e12, spread(squares))
			}
			slices.Sort(values)
			for _, p := range []float64{0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999} {
				x := values[int(p*draws)]
				if z := (c.below(x) - p) / math.Sqrt(p*(1-p)/draws); math.Abs(z) > 4 {
					t.Errorf("the quantile %v is %v ms; below it should lie %v, %.1f standard errors away", p, x, c.below(x), z)
				}
			}
		})
	}
}

func within(t *testing.T, what string, values []float64, want, deviation float64) {
	t.Helper()
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	got := sum / float64(len(values))
	if z := (got - want) / (deviation / math.Sqrt(float64(len(values)))); math.Abs(z) > 4 || math.IsNaN(z) {
		t.Errorf("%s is %v, the formula says %v: %.1f standard errors away", what, got, want, z)
	}
}

func spread(values []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, v := range values {
		sum, squares = sum+v, squares+v*v
	}
	n := float64(len(values))
	return math.Sqrt(squares/n - sum/n*(sum/n))
}

// TestEveryKindDrawsAlikeFromACopy: a stream and a distribution are values.
func TestEveryKindDrawsAlikeFromACopy(t *testing.T) {
	for _, c := range menu {
		d, s := must(t, c.text), New(3, 1, "copy", c.text)
		e, r := d, s
		for i := range 1000 {
			if x, y := d.Draw(&s), e.Draw(&r); x != y {
				t.Fatalf("%s: draw %d is %d, of the copies %d", c.text, i, x, y)
			}
		}
	}
}

func TestNoDrawAllocates(t *testing.T) {
	for _, c := range menu {
		d, s := must(t, c.text), New(4, 0, c.text, "alloc")
		if n := testing.AllocsPerRun(1000, func() { sink += uint64(d.Draw(&s)) }); n != 0 {
			t.Errorf("%s allocates %v times a draw", c.text, n)
		}
	}
}

func TestADistStaysSmall(t *testing.T) {
	if size := sizeOfDist; size > 64 {
		t.Errorf("a Dist has %d bytes, want 64 at most: steps hold many", size)
	}
}

func TestTheZeroDistIsTheConstantZero(t *testing.T) {
	var d Duration
	var z Size
	var s Stream
	if !d.IsZero() || d.Draw(&s) != 0 || d.Mean() != 0 || d.SecondMoment() != 0 || d.String() != "0s" || z.String() != "0B" {
		t.Errorf("the zero duration is %v, the zero size %v", d, z)
	}
	if v, constant := d.Const(); v != 0 || !constant || d.NeedsFile() != "" || d.Warnings() != nil {
		t.Errorf("Const is %v, %v", v, constant)
	}
}

func TestConstantsDrawNothingFromTheStream(t *testing.T) {
	d, s := must(t, "1h30m"), New(5, 0, "", "")
	before := s
	if v := d.Draw(&s); v != 5400e9 || s != before {
		t.Errorf("drew %d, moved the stream: %v", v, s != before)
	}
}

// TestDrawsStayInRange: what overflows an int64 is clamped before it is one.
func TestDrawsStayInRange(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want int64
	}{
		{math.NaN(), 0}, {math.Inf(-1), 0}, {-1, 0}, {0.4, 0}, {0.5, 1}, {1.5, 2}, {2.5, 3},
		{math.Inf(1), Largest}, {1e300, Largest}, {Largest, Largest}, {1 << 61, 1 << 61},
	} {
		if got := whole(c.x); got != c.want {
			t.Errorf("%v becomes %d, want %d", c.x, got, c.want)
		}
	}
}

func TestCanonicalText(t *testing.T) {
	for text, want := range map[string]string{
		"1000us":                                      "1ms",
		"exp( 5ms )":                                  "exp(5ms)",
		"normal(5ms,1ms)":                             "normal(5ms, 1ms)",
		"lognormal( 5ms , p99 = 40ms )":               "lognormal(5ms, p99=40ms)",
		"lognormal(5ms,cv=2.0)":                       "lognormal(5ms, cv=2)",
		"pareto(alpha=1.5, min=1ms)":                  "pareto(min=1ms, alpha=1.5)",
		"pareto(max=1000ms,alpha=1.50,min=1ms)":       "pareto(min=1ms, alpha=1.5, max=1s)",
		"erlang(5ms,k=4)":                             "erlang(5ms, k=4)",
		"mix(0.9:exp(1ms) ,10% : 20ms )":              "mix(90%: exp(1ms), 10%: 20ms)",
		"mix(50%: mix(50%: 1ms, 50%: 2ms), 50%: 3ms)": "mix(50%: mix(50%: 1ms, 50%: 2ms), 50%: 3ms)",
		"empirical( my latencies, 2026.csv )":         "empirical(my latencies, 2026.csv)",
	} {
		d := must(t, text)
		if d.String() != want {
			t.Errorf("%s is written %s, want %s", text, d.String(), want)
		}
		if again := must(t, want); again.String() != want {
			t.Errorf("%s is written %s", want, again.String())
		}
	}
}

func TestSizesAreDrawnInBytes(t *testing.T) {
	d, err := ParseSize("uniform(1KiB, 9KiB)")
	s := New(6, 0, "size", "test")
	if v := d.Draw(&s); err != nil || v < 1024 || v > 9216 || d.Mean() != 5*1024 || d.String() != "uniform(1KiB, 9KiB)" {
		t.Errorf("%v drew %d, %v", d, v, err)
	}
	if _, err := ParseSize("exp(5ms)"); err == nil || !strings.Contains(err.Error(), "of a size") {
		t.Errorf("a duration where a size stands: got %v", err)
	}
}

func TestBadDistributions(t *testing.T) {
	for _, c := range []struct {
		text   string
		column int
		says   string
	}{
		{"", 1, "it is empty"},
		{"5", 1, "a duration needs a unit: write 5ms or 5s"},
		{"5 msec", 1, "did you mean ms?"},
		{"-5ms", 1, "must not be negative"},
		{"lognorml(5ms, cv=1)", 1, "unknown distribution \"lognorml\" (have a constant, exp, normal, uniform, lognormal, gamma, weibull, pareto, erlang, mix, empirical); did you mean lognormal?"},
		{"exponential(5ms)", 1, "did you mean exp?"},
		{"hyperexp(5ms)", 1, "did you mean mix?"},
		{"Exp(5ms)", 1, "did you mean exp?"},
		{"zzz(5ms)", 1, "unknown distribution"},
		{"exp", 1, "exp needs its parentheses: exp(5ms)"},
		{"exp 5ms", 1, "exp needs its parentheses: exp(5ms)"},
		{"exp()", 5, "mean of exp: \"\": it is empty"},
		{"exp(5)", 5, "a duration needs a unit"},
		{"exp(0)", 5, "the mean must be above 0"},
		{"exp(5ms", 8, "exp lacks its closing parenthesis"},
		{"exp(5ms))", 9, "nothing may follow the distribution, got \")\""},
		{"exp(5ms) ", 9, "nothing may follow"},
		{"exp(5ms, 6ms)", 10, "exp is written exp(5ms)"},
		{"exp(mean=5ms)", 5, "exp has no \"mean\": exp(5ms)"},
		{"exp(exp(5ms))", 8, "exp takes plain values"},
		{"normal(5ms)", 1, "normal needs its standard deviation: normal(5ms, 1ms)"},
		{"normal(5ms, 0)", 13, "write just 5ms for a constant"},
		{"uniform(9ms, 1ms)", 14, "1ms is not above 9ms"},
		{"uniform(1ms, 1ms)", 14, "1ms is not above 1ms"},
		{"lognormal(5ms)", 11, "needs its mean and one of p99 and cv"},
		{"lognormal(5ms, p99=40ms, cv=2)", 11, "needs its mean and one of p99 and cv"},
		{"lognormal(5ms, p99=75ms)", 16, "it is at most 14.97 times the mean"},
		{"lognormal(5ms, p99=5ms)", 16, "p99 must be above the mean 5ms"},
		{"lognormal(5ms, p95=9ms)", 16, "lognormal has no \"p95\""},
		{"lognormal(5ms, p99=40)", 16, "a duration needs a unit"},
		{"lognormal(5ms, cv=0)", 16, "cv must be above 0"},
		{"lognormal(5ms, cv=99999999999999999999999)", 16, "has a mean that no run ever sees"},
		{"lognormal(5ms, cv=2, cv=3)", 22, "cv is given twice"},
		{"gamma(5ms)", 1, "gamma needs its cv"},
		{"gamma(5ms, cv=0)", 12, "cv must lie between 0.0001 and 100"},
		{"gamma(5ms, vc=1)", 12, "did you mean cv?"},
		{"gamma(5ms, cv=1e3)", 12, "without an exponent"},
		{"weibull(5ms, shape=0)", 14, "shape must lie between 0.1 and 100"},
		{"pareto(min=1ms, alpha=1)", 17, "its mean does not exist"},
		{"pareto(min=1ms, alpha=0.5)", 17, "its mean does not exist"},
		{"pareto(min=1ms, alpha=2, max=1ms)", 26, "max must be above min, 1ms"},
		{"pareto(min=0s, alpha=2)", 8, "the min must be above 0"},
		{"pareto(1ms, alpha=2)", 8, "pareto is written pareto(min=1ms, alpha=1.5)"},
		{"pareto(alpha=2)", 1, "pareto needs its min"},
		{"erlang(5ms, k=2.5)", 13, "k is a whole number"},
		{"erlang(5ms, k=0)", 13, "k must lie between 1 and 1000000"},
		{"mix()", 5, "weight of a part of mix"},
		{"mix(90%: exp(1ms), 9.9%: exp(20ms))", 1, "must sum to 100%, these sum to 99.9%"},
		{"mix(0%: 1ms)", 1, "must sum to 100%"},
		{"mix(exp(1ms))", 5, "weight of a part of mix"},
		{"mix(100% exp(1ms))", 5, "a ratio is written 0.1% or 0.001"},
		{"mix(50%: 1ms 50%: 2ms)", 10, "no space between"},
		{"mix(50%: exp(1ms) 50%: 2ms)", 19, "lacks a comma or its closing parenthesis"},
		{"mix(50%: exp(1ms), 50%: wibull(1ms, shape=1))", 25, "did you mean weibull?"},
		{"mix(50%: exp(1ms), 50%: exp(-1ms))", 29, "must not be negative"},
		{strings.Repeat("mix(100%: ", 9) + "1ms" + strings.Repeat(")", 9), 81, "at most 8 deep"},
		{strings.Repeat("mix(", 3000), 1, "longer than 10000 characters"},
		{"empirical()", 11, "empirical needs a file"},
		{"empirical(a.csv", 16, "lacks its closing parenthesis"},
		{"empirical(a\x00.csv)", 11, "no control characters"},
		{"exp(\u00e9ms, 1ms)", 5, "must begin with a number"},
	} {
		_, err := ParseDuration(c.text)
		var at *Error
		if !errors.As(err, &at) {
			t.Errorf("%.60q: got %v, want an *Error", c.text, err)
			continue
		}
		if at.Column != c.column || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q: got column %d: %v\nwant column %d: ...%s...", c.text, at.Column, at.Message, c.column, c.says)
		}
	}
}

func TestWarnings(t *testing.T) {
	for text, says := range map[string]string{
		"normal(2ms, 1ms)":                             "lifts its mean to 2.055",
		"lognormal(5ms, cv=5000)":                      "rarer than one in 52000",
		"pareto(min=1ms, alpha=1.5)":                   "has no variance",
		"mix(50%: 1ms, 50%: pareto(min=1ms, alpha=2))": "has no variance",
	} {
		d := must(t, text)
		if w := d.Warnings(); len(w) != 1 || !strings.Contains(w[0], says) {
			t.Errorf("%s warns %q, want one with %q", text, w, says)
		}
	}
	for _, text := range []string{"5ms", "exp(5ms)", "normal(5ms, 1ms)", "lognormal(5ms, p99=40ms)", "pareto(min=1ms, alpha=2.1)", "pareto(min=1ms, alpha=1, max=1s)"} {
		if d := must(t, text); len(d.Warnings()) != 0 {
			t.Errorf("%s warns %q", text, d.Warnings())
		}
	}
}

func TestLognormalHasTheP99ItIsGiven(t *testing.T) {
	for _, p99 := range []float64{6, 10, 40, 74} {
		d := must(t, "lognormal(5ms, p99="+ms(p99)+")")
		if got := math.Exp(d.a+2.3263478740408408*d.b) / 1e6; math.Abs(got/p99-1) > 1e-12 {
			t.Errorf("p99 is %v ms, want %v", got, p99)
		}
		if got := math.Exp(d.a+d.b*d.b/2) / 1e6; math.Abs(got/5-1) > 1e-12 {
			t.Errorf("mean is %v ms, want 5", got)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, c := range menu {
		b.Run(c.text, func(b *testing.B) {
			d, s := must(b, c.text), New(1, 0, c.text, "benchmark")
			b.ReportAllocs()
			for range b.N {
				sink += uint64(d.Draw(&s))
			}
		})
	}
}
