package chance

import (
	"math"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for text, canon := range map[string]string{
		"":                  "",
		"gold":              "gold",
		"Mozilla/5.0 (X11)": "Mozilla/5.0 (X11)",
		"hash(x)":           "hash(x)",
		"zipf":              "zipf",
		"uniform(100)":      "uniform(100)",
		"uniform( 100 )":    "uniform(100)",
		"zipf(1000,s=1.10)": "zipf(1000, s=1.1)",
		"zipf(1, s=0)":      "zipf(1, s=0)",
	} {
		v, err := ParseText(text)
		if err != nil || v.String() != canon {
			t.Errorf("%q is written %q, %v; want %q", text, v.String(), err, canon)
		}
		_, literal := v.Literal()
		if want := !strings.Contains(text, "0"); literal != want && text != "Mozilla/5.0 (X11)" {
			t.Errorf("%q is a literal: %v", text, literal)
		}
	}
}

func TestBadTexts(t *testing.T) {
	for text, says := range map[string]string{
		"zpif(1000, s=1)":         "did you mean zipf?",
		"unifrom(10)":             "did you mean uniform?",
		"uniform()":               "how many keys",
		"uniform(0)":              "a whole number from 1",
		"uniform(1.5)":            "a whole number from 1",
		"uniform(9999999999999)":  "a whole number from 1",
		"zipf(1000)":              "zipf(1000, s=1.1)",
		"zipf(1000, 1.1)":         "zipf(1000, s=1.1)",
		"zipf(1000, s=-1)":        "must not be negative",
		"zipf(1000, s=101)":       "at most 100",
		"a\r\nSet-Cookie: b":      "no control characters",
		strings.Repeat("a", 9000): "at most 8192",
	} {
		if _, err := ParseText(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: got %v, want %s", text, err, says)
		}
	}
}

func text(t testing.TB, s string) Text {
	t.Helper()
	v, err := ParseText(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestALiteralDrawsNothing(t *testing.T) {
	v, s := text(t, "gold"), New(1, 0, "", "")
	before := s
	if key := v.Draw(&s); key != Name("gold") || s != before {
		t.Errorf("drew %d, moved the stream: %v", key, s != before)
	}
}

// TestZipfHasItsFrequencies counts each of the first keys and holds them to
// k^-s over the sum of all.
func TestZipfHasItsFrequencies(t *testing.T) {
	const n = 1_000_000
	for _, c := range []struct {
		keys int
		s    float64
	}{{1000, 1.1}, {1000, 1}, {100, 0.5}, {10, 0}, {1, 1.1}, {2, 1}, {3, 2}, {1000, 1.0000001}, {50, 3}} {
		z, s := newZipf(uint64(c.keys), c.s), New(1, c.keys, "zipf", "test")
		counts := make([]int, c.keys+1)
		for range n {
			counts[z.draw(&s)]++
		}
		total := 0.0
		for k := 1; k <= c.keys; k++ {
			total += math.Pow(float64(k), -c.s)
		}
		chi, free := 0.0, -1.0
		for k := 1; k <= c.keys; k++ {
			expected := n * math.Pow(float64(k), -c.s) / total
			if expected < 10 {
				continue // too rare for the statistic
			}
			chi += (float64(counts[k]) - expected) * (float64(counts[k]) - expected) / expected
			free++
		}
		if z := (chi - free) / math.Sqrt(2*max(free, 1)); z > 4.5 {
			t.Errorf("zipf(%d, s=%v): chi-square is %.1f deviations above its mean", c.keys, c.s, z)
		}
	}
}

// TestZipfOfManyKeysStaysInRange: at the ends of what may be written.
func TestZipfOfManyKeysStaysInRange(t *testing.T) {
	for _, c := range []struct {
		keys uint64
		s    float64
	}{{mostKeys, 0}, {mostKeys, 0.99}, {mostKeys, 1}, {mostKeys, 1.5}, {mostKeys, 100}, {2, 100}, {5, 1e-9}} {
		z, s := newZipf(c.keys, c.s), New(2, 0, "zipf", "range")
		ones := 0
		for range 10_000 {
			k := z.draw(&s)
			if k < 1 || k > c.keys {
				t.Fatalf("zipf(%d, s=%v) drew %d", c.keys, c.s, k)
			}
			if k == 1 {
				ones++
			}
		}
		if c.s == 100 && ones != 10_000 {
			t.Errorf("zipf(%d, s=100) drew 1 only %d times of 10,000", c.keys, ones)
		}
	}
}

func BenchmarkZipf(b *testing.B) {
	v, s := text(b, "zipf(1000, s=1.1)"), New(1, 0, "", "")
	for range b.N {
		sink += v.Draw(&s)
	}
}
