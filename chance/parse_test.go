package chance

import (
	"errors"
	"strings"
	"testing"
)

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
		{"mix(90%: exp(1ms), 20%: exp(20ms))", 1, "must sum to 100%, these sum to 110%"},
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
