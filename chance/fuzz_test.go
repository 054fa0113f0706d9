package chance

import (
	"math"
	"testing"
)

// FuzzDuration: no text panics; what is accepted is written as a text that means
// the same, has a mean that is no lie, and draws numbers that are in range.
func FuzzDuration(f *testing.F) {
	for _, c := range menu {
		f.Add(c.text)
	}
	for _, text := range []string{"5ms", "0", "empirical(a b.csv)", "mix(90%: exp(1ms), 10%: empirical(x.csv))",
		"lognormal(5ms, p99=40)", "pareto(min=1ms, alpha=0.01, max=146h)", "weibull(1h, shape=0.1)", "gamma(1ns, cv=100)", "exp(\xff)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		again, err := ParseDuration(d.String())
		if err != nil || again.String() != d.String() {
			t.Fatalf("%q is written %q, which is read as %q, %v", text, d, again, err)
		}
		if d.NeedsFile() == "" && (!(d.Mean() >= 0) || math.IsInf(d.Mean(), 0)) {
			t.Fatalf("the mean of %q is %v", text, d.Mean())
		}
		s, r := New(1, 0, "fuzz", "a"), New(1, 0, "fuzz", "a")
		for range 20 {
			v := d.Draw(&s)
			if v < 0 || v > Largest {
				t.Fatalf("%q drew %d", text, v)
			}
			if w := again.Draw(&r); v != w {
				t.Fatalf("%q drew %d, and %d as %q", text, v, w, again)
			}
		}
	})
}

// FuzzText is the same for header values.
func FuzzText(f *testing.F) {
	for _, text := range []string{"gold", "zipf(1000, s=1.1)", "uniform(100)", "zpif(1)", "a\nb"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseText(text)
		if err != nil {
			return
		}
		again, err := ParseText(v.String())
		if err != nil || again.String() != v.String() {
			t.Fatalf("%q is written %q, which is read as %q, %v", text, v, again, err)
		}
		s, r := New(1, 0, "fuzz", "a"), New(1, 0, "fuzz", "a")
		for range 5 {
			k := v.Draw(&s)
			if _, literal := v.Literal(); !literal && (k < 1 || k > v.n) {
				t.Fatalf("%q drew %d", text, k)
			}
			if again.Draw(&r) != k {
				t.Fatalf("%q draws otherwise as %q", text, again)
			}
		}
	})
}
