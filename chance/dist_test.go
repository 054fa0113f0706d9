package chance

import (
	"math"
	"strings"
	"testing"
)

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

func TestWarnings(t *testing.T) {
	for text, says := range map[string]string{
		"normal(2ms, 1ms)":                             "lifts its mean to 2.055",
		"weibull(5ms, shape=0.15)":                     "5% of its mean only after",
		"mix(99.999%: 1us, 0.001%: 1s)":                "5% of its mean only after",
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
