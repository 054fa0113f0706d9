package chance

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// file is a reader of one file that has this text.
func file(text string) func(string) ([]byte, error) {
	return func(string) ([]byte, error) { return []byte(text), nil }
}

func TestEmpiricalDrawsWhatTheFileHolds(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		share        map[int64]float64
		mean, second float64
	}{
		"values":       {"1ms\n2ms\n2ms\n\n4ms\n", map[int64]float64{1e6: 0.25, 2e6: 0.5, 4e6: 0.25}, 2.25e6, 6.25e12},
		"with header":  {"\ufeffvalue\r\n4ms\r\n1ms\r\n", map[int64]float64{1e6: 0.5, 4e6: 0.5}, 2.5e6, 8.5e12},
		"with weights": {"value, weight\n1ms, 9\n10ms, 0.5\n10ms, 0.5\n", map[int64]float64{1e6: 0.9, 10e6: 0.1}, 1.9e6, 10.9e12},
		"weight zero":  {"value,weight\n1ms,0\n2ms,1\n3ms,0\n", map[int64]float64{1e6: 0, 2e6: 1, 3e6: 0}, 2e6, 4e12},
		"one value":    {"7us", map[int64]float64{7000: 1}, 7000, 49e6},
	} {
		d := must(t, "empirical(latency.csv)")
		if err := d.SetFile(file(c.text)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if math.Abs(d.Mean()/c.mean-1) > 1e-12 || math.Abs(d.SecondMoment()/c.second-1) > 1e-12 {
			t.Errorf("%s: moments are %v, %v, want %v, %v", name, d.Mean(), d.SecondMoment(), c.mean, c.second)
		}
		s, seen := New(1, 0, name, "empirical"), map[int64]int{}
		const n = 100_000
		for range n {
			seen[d.Draw(&s)]++
		}
		for v, k := range seen {
			p := c.share[v]
			if z := (float64(k)/n - p) / math.Sqrt(p*(1-p)/n); p == 0 || p < 1 && math.Abs(z) > 4 {
				t.Errorf("%s: drew %d in %d of %d, want a share of %v", name, v, k, n, p)
			}
		}
	}
}

func TestEmpiricalInAMix(t *testing.T) {
	d := must(t, "mix(50%: 1ms, 50%: mix(100%: empirical(slow.csv)))")
	before := d
	if name := d.NeedsFile(); name != "slow.csv" {
		t.Fatalf("it needs %q, want slow.csv", name)
	}
	if !math.IsNaN(d.Mean()) {
		t.Errorf("its mean is %v before the file is read, want NaN", d.Mean())
	}
	if err := d.SetFile(file("3ms")); err != nil {
		t.Fatal(err)
	}
	if d.NeedsFile() != "" || d.Mean() != 2e6 || d.SecondMoment() != 5e12 {
		t.Errorf("after reading it needs %q and has mean %v", d.NeedsFile(), d.Mean())
	}
	if before.NeedsFile() == "" {
		t.Error("reading changed a copy made before")
	}
	if d.String() != before.String() {
		t.Errorf("it is written %s now, was %s", d.String(), before.String())
	}
	s := New(1, 0, "", "")
	if n := testing.AllocsPerRun(1000, func() { sink += uint64(d.Draw(&s)) }); n != 0 {
		t.Errorf("a draw allocates %v times", n)
	}
}

func TestAnUnreadFileDrawsZero(t *testing.T) {
	d, s := must(t, "empirical(latency.csv)"), New(1, 0, "", "")
	if v := d.Draw(&s); v != 0 {
		t.Errorf("drew %d", v)
	}
}

func TestBadEmpiricalFiles(t *testing.T) {
	for text, says := range map[string]string{
		"":                         "f.csv:1: no values",
		"value\n":                  "f.csv:1: no values",
		"value,weight\n1ms,0\n":    "f.csv:1: no values",
		"1ms\n5\n":                 "f.csv:2: \"5\": a duration needs a unit",
		"1ms\n\n-5ms\n":            "f.csv:3: \"-5ms\": must not be negative",
		"1ms,2\n":                  "f.csv:1: two columns need the header value,weight",
		"value,weight\n1ms\n":      "f.csv:2: the weight is missing",
		"value,weight\n1ms,x\n":    "f.csv:2: weight: \"x\": must begin with a number",
		"value,weight\n1ms,-1\n":   "f.csv:2: weight: \"-1\": must not be negative",
		"value,weight\n1ms,1,2\n":  "f.csv:2: weight",
		"latency\n1ms\n":           "f.csv:1: \"latency\": must begin with a number",
		"1ms\nvalue\n":             "f.csv:2: \"value\"",
		strings.Repeat("\x00", 99): "f.csv:1:",
	} {
		d := must(t, "empirical(f.csv)")
		if err := d.SetFile(file(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.20q: got %v, want %s", text, err, says)
		}
		if d.NeedsFile() == "" {
			t.Errorf("%.20q was taken all the same", text)
		}
	}
	gone := errors.New("no such file")
	d := must(t, "empirical(f.csv)")
	if err := d.SetFile(func(string) ([]byte, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Errorf("got %v, want the reader's own error", err)
	}
}
