package chance

import (
	"math"
	"math/big"
	"testing"
)

// ulps is how many doubles lie between got and want.
func ulps(got, want float64) float64 {
	if got == want || got != got && want != want {
		return 0
	}
	return math.Abs(got-want) / (math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want))
}

// points visits many arguments, of all magnitudes from least to greatest.
func points(seed uint64, n int, least, greatest float64, visit func(x float64)) {
	s := New(seed, 0, "points", "test")
	for range n {
		visit(least + s.Float64()*(greatest-least))
	}
}

// library compares a function with package math's over many arguments.
func library(t *testing.T, name string, ours, theirs func(float64) float64, ranges [][2]float64, at func(float64) float64) {
	worst, where := 0.0, 0.0
	for i, r := range ranges {
		points(uint64(i), 200_000, r[0], r[1], func(x float64) {
			if x = at(x); ulps(ours(x), theirs(x)) > worst {
				worst, where = ulps(ours(x), theirs(x)), x
			}
		})
	}
	t.Logf("%s: the worst of %d00,000 is %.2f ulp, at %v", name, 2*len(ranges), worst, where)
	if worst > 2 {
		t.Errorf("%s is %v ulp from the library's at %v; 2 are allowed, one for either", name, worst, where)
	}
}

func TestLogAndExpAreTheLibrarys(t *testing.T) {
	same := func(x float64) float64 { return x }
	library(t, "log", Log, math.Log, [][2]float64{{0.001, 2}, {2, 1e9}, {0.99, 1.01}}, same)
	// Below 2^-1022 the library's own logarithm is wrong on amd64.
	library(t, "log of powers", Log, math.Log, [][2]float64{{-1021, 1023}}, math.Exp2)
	library(t, "exp", Exp, math.Exp, [][2]float64{{-1, 1}, {-708, 709}, {-745, -708}, {-1e-6, 1e-6}}, same)
}

// off is the distance of got from the exact value, in ulp.
func off(got float64, exact *big.Float) float64 {
	want, _ := exact.Float64()
	distance, _ := new(big.Float).Sub(exact, new(big.Float).SetFloat64(got)).Float64()
	return math.Abs(distance) / (math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want))
}

func precise(x float64) *big.Float { return new(big.Float).SetPrec(256).SetFloat64(x) }

// exactLog is log x to 70 digits: of 2^k m, k log 2 + 2 atanh((m-1)/(m+1)).
func exactLog(x float64) *big.Float {
	mantissa, exponent := math.Frexp(x)
	atanh := func(m *big.Float) *big.Float {
		z := new(big.Float).Quo(new(big.Float).Sub(m, precise(1)), new(big.Float).Add(m, precise(1)))
		square, power, sum := new(big.Float).Mul(z, z), z, precise(0)
		for n := 1.0; n < 200; n += 2 {
			sum = new(big.Float).Add(sum, new(big.Float).Quo(power, precise(n)))
			power = new(big.Float).Mul(power, square)
		}
		return sum.Mul(sum, precise(2))
	}
	log := new(big.Float).Mul(atanh(precise(2)), precise(float64(exponent)))
	return log.Add(log, atanh(precise(mantissa)))
}

// exactExp is e^x: the series at x/2^20, squared twenty times.
func exactExp(x *big.Float) *big.Float {
	small := new(big.Float).Quo(x, precise(1<<20))
	term, sum := precise(1), precise(1)
	for n := 1.0; n < 60; n++ {
		term = new(big.Float).Quo(new(big.Float).Mul(term, small), precise(n))
		sum = new(big.Float).Add(sum, term)
	}
	for range 20 {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestLogAndExpAreExactWithinOneUlp(t *testing.T) {
	log, exp := 0.0, 0.0
	points(5, 1000, 0.1, 3, func(x float64) { log = max(log, off(Log(x), exactLog(x))) })
	points(6, 1000, 0.98, 1.02, func(x float64) { log = max(log, off(Log(x), exactLog(x))) })
	points(7, 1000, -1074, 1023, func(e float64) { log = max(log, off(Log(math.Exp2(e)), exactLog(math.Exp2(e)))) })
	points(8, 1000, -708, 709, func(x float64) { exp = max(exp, off(Exp(x), exactExp(precise(x)))) })
	points(9, 1000, -1, 1, func(x float64) { exp = max(exp, off(Exp(x), exactExp(precise(x)))) })
	t.Logf("the worst logarithm is off by %.3f ulp, the worst exponential by %.3f", log, exp)
	if log > 1 || exp > 1 {
		t.Error("want at most 1 ulp")
	}
}

func TestExpAndLogUndoEachOther(t *testing.T) {
	points(6, 100_000, -300, 300, func(x float64) {
		// One ulp of e^x is 2^-52 of x.
		if back := Log(Exp(x)); math.Abs(back-x) > 0x1p-51+math.Abs(x)*0x1p-52 {
			t.Fatalf("Log(Exp(%v)) = %v", x, back)
		}
	})
}

func TestFunctionsAtTheirEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"log 0", Log(0), -inf}, {"log 1", Log(1), 0}, {"log -1", Log(-1), nan}, {"log inf", Log(inf), inf}, {"log nan", Log(nan), nan},
		{"log of the least", Log(math.SmallestNonzeroFloat64), -1074 * math.Ln2},
		{"log of the greatest", Log(math.MaxFloat64), math.Log(math.MaxFloat64)},
		{"exp 0", Exp(0), 1}, {"exp inf", Exp(inf), inf}, {"exp -inf", Exp(-inf), 0}, {"exp nan", Exp(nan), nan},
		{"exp 710", Exp(710), inf}, {"exp -746", Exp(-746), 0}, {"exp -745", Exp(-745), math.SmallestNonzeroFloat64},
		{"0^2", Pow(0, 2), 0}, {"0^0", Pow(0, 0), 1}, {"0^-1", Pow(0, -1), inf}, {"(-1)^2", Pow(-1, 2), nan}, {"1^inf", Pow(1, inf), 1},
		{"2^0.5", Pow(2, 0.5), math.Sqrt2}, {"inf^1", Pow(inf, 1), inf},
		{"gamma 0", Gamma(0), nan}, {"gamma 172", Gamma(172), inf}, {"gamma nan", Gamma(nan), nan},
	} {
		if ulps(c.got, c.want) > 1 {
			t.Errorf("%s = %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestPowIsAsGoodAsItSays(t *testing.T) {
	s := New(7, 0, "pow", "test")
	for range 2000 {
		x, y := s.Float64()*20, s.Float64()*40-20
		product := new(big.Float).Mul(precise(y), exactLog(x))
		want, _ := exactExp(product).Float64()
		if allowed := (2 + 3*math.Abs(y*math.Log(x))) * 0x1p-53; math.Abs(Pow(x, y)/want-1) > allowed {
			t.Fatalf("Pow(%v, %v) = %v, want %v within %v", x, y, Pow(x, y), want, allowed)
		}
	}
}

func TestGammaIsTheLibrarys(t *testing.T) {
	worst := 0.0
	points(8, 100_000, 1e-3, 171, func(x float64) { worst = max(worst, math.Abs(Gamma(x)/math.Gamma(x)-1)) })
	t.Logf("the worst of 100,000: %.1e", worst)
	if worst > 2e-13 {
		t.Errorf("Gamma is off by %v", worst)
	}
}

func TestGrowthAndLogRatioContinueThroughZero(t *testing.T) {
	points(9, 100_000, -1, 1, func(x float64) {
		if got, want := growth(x), math.Expm1(x)/x; math.Abs(got/want-1) > 1e-15 {
			t.Fatalf("growth(%v) = %v, want %v", x, got, want)
		}
		if got, want := logRatio(x*0.9), math.Log1p(x*0.9)/(x*0.9); math.Abs(got/want-1) > 3e-14 {
			t.Fatalf("logRatio(%v) = %v, want %v", x*0.9, got, want)
		}
	})
}

func TestNormalBelowIsTheLibrarys(t *testing.T) {
	points(10, 100_000, 0, 10, func(x float64) {
		if got, want := normalBelow(x), 1-0.5*math.Erfc(x/math.Sqrt2); math.Abs(got-want) > 5e-15 {
			t.Fatalf("normalBelow(%v) = %v, want %v", x, got, want)
		}
	})
}

// TestRoots takes the roots of 2 again, by five square roots in 200 bits.
func TestRoots(t *testing.T) {
	root := new(big.Float).SetPrec(200).SetInt64(2)
	for range 5 {
		root.Sqrt(root)
	}
	power := new(big.Float).SetPrec(200).SetInt64(1)
	for j, r := range roots {
		high, _ := power.Float64()
		low, _ := new(big.Float).Sub(power, new(big.Float).SetFloat64(high)).Float64()
		if r.high != high || r.low != low {
			t.Errorf("roots[%d] = {%x, %x}, want {%x, %x}", j, r.high, r.low, high, low)
		}
		power.Mul(power, root)
	}
}

// TestZigguratsCloseAtTheTop: only the right tail and area make the last layer
// as large as the others.
func TestZigguratsCloseAtTheTop(t *testing.T) {
	for name, z := range map[string]struct {
		layers *[layers]layer
		area   float64
	}{
		"exponential": {&expLayers, (expTail + 1) * math.Exp(-expTail)},
		"normal":      {&normalLayers, normalArea},
	} {
		for i := 1; i < layers; i++ {
			area := z.layers[i].width * mantissa * (z.layers[i].height - z.layers[i-1].height)
			if math.Abs(area/z.area-1) > 1e-9 {
				t.Errorf("%s layer %d has area %v, want %v", name, i, area, z.area)
			}
		}
	}
}
