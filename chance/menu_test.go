package chance

import (
	"math"
	"slices"
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
