package policy_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/policy"
)

// TestEnvoysPauses: the draws of Envoy's retry_state_impl_test.cc, which hands
// its strategy a random number and looks at the timer (Backoff,
// CustomBackOffInterval, CustomBackOffIntervalDefaultMax), and of
// backoff_strategy_test.cc: the pause is that number modulo the span.
func TestEnvoysPauses(t *testing.T) {
	for _, c := range []struct {
		name, backOff string
		random, want  []int
	}{
		{"Backoff", "{}", []int{190, 190, 190, 190}, []int{15, 40, 90, 190}},
		{"CustomBackOffInterval", "{base_interval: 100ms, max_interval: 1200ms}", []int{149, 350, 751, 2399, 2399}, []int{49, 150, 351, 799, 1199}},
		{"CustomBackOffIntervalDefaultMax", "{base_interval: 100ms}", []int{149, 350, 751, 2999, 2999}, []int{49, 150, 351, 599, 999}},
		{"JitteredBackOffBasicFlow", "{base_interval: 25ms, max_interval: 30ms}", []int{27, 27}, []int{2, 27}},
		{"JitteredBackOffWithMaxInterval", "{base_interval: 5ms, max_interval: 100ms}", []int{9999, 9999, 9999, 9999, 9999, 9999, 9999}, []int{4, 9, 19, 39, 79, 99, 99}},
		{"a limit that is odd is reached at once", "{base_interval: 100ms, max_interval: 401ms}", []int{400, 400, 400}, []int{0, 0, 400}},
	} {
		b := backOff(t, c.backOff)
		for i, random := range c.random {
			if got := random % b.EnvoySpan(i+1); got != c.want[i] {
				t.Errorf("%s, retry %d: %d ms, want %d", c.name, i+1, got, c.want[i])
			}
		}
	}
}

// TestPauses draws many and holds them to their range and to flatness within it.
func TestPauses(t *testing.T) {
	for _, c := range []struct {
		backOff     string
		least, most []time.Duration // of retry 1, 2, ...
		grain       time.Duration
	}{
		// Whole milliseconds below the span (PARITY D1: the documents promise other ranges).
		{"{}", ms(0, 0, 0, 0, 0, 0), ms(24, 49, 99, 199, 249, 249), time.Millisecond},
		{"{base_interval: 100ms}", ms(0, 0, 0, 0, 0, 0), ms(99, 199, 399, 799, 999, 999), time.Millisecond},
		{"{base_interval: 25ms, max_interval: 60ms}", ms(0, 0, 0, 0), ms(24, 49, 59, 59), time.Millisecond},
		{"{base_interval: 1ms}", ms(0, 0, 0, 0, 0), ms(0, 1, 3, 7, 9), time.Millisecond},
		{"{base_interval: 100us}", ms(0, 0), ms(0, 0), time.Millisecond}, // counts as 1ms, and so does ten times it
		{"{base_interval: 0s}", ms(0, 0), ms(0, 0), time.Millisecond},
		// gRPC: a fifth either way, after the cap.
		{"{kind: grpc, base_interval: 100ms, max_interval: 350ms}", ms(80, 160, 280, 280), ms(120, 240, 420, 420), time.Millisecond},
		{"{kind: grpc, base_interval: 100ms, multiplier: 1.5}", ms(80, 120, 180, 270), ms(120, 180, 270, 405), time.Millisecond},
		{"{kind: grpc, base_interval: 100ms, multiplier: 1}", ms(80, 80, 80), ms(120, 120, 120), time.Millisecond},
		// AWS: the first span is twice the base already.
		{"{kind: aws_full, base_interval: 100ms, max_interval: 700ms}", ms(0, 0, 0, 0), ms(200, 400, 700, 700), time.Millisecond},
		{"{kind: aws_equal, base_interval: 100ms, max_interval: 700ms}", ms(100, 200, 350, 350), ms(200, 400, 700, 700), time.Millisecond},
		{"{kind: aws_decorrelated, base_interval: 100ms}", ms(100), ms(300), time.Millisecond},
		{"{kind: exponential, base_interval: 100ms, max_interval: 350ms}", ms(100, 200, 350, 350), ms(100, 200, 350, 350), time.Millisecond},
	} {
		up := upstream(t, 1, "retry: {retry_on: [5xx], back_off: "+c.backOff+"}")
		for i, most := range c.most {
			least := c.least[i]
			buckets := int((most-least)/c.grain) + 1
			if c.backOff[1] == 'k' && most > least {
				buckets = 20 // drawn to the nanosecond: twenty equal parts
			}
			flat(t, fmt.Sprintf("%s, retry %d", c.backOff, i+1), buckets-1, func() int {
				p := up.Pause(i + 1)
				if p < least || p > most {
					t.Fatalf("%s, retry %d: a pause of %v", c.backOff, i+1, p)
				}
				if buckets != 20 {
					return int((p - least) / c.grain)
				}
				return min(int(20*float64(p-least)/float64(most-least)), 19)
			})
		}
	}
}

// TestDecorrelatedPausesFollowEachOther: each is drawn between the base and three
// times the one before, and capped.
func TestDecorrelatedPausesFollowEachOther(t *testing.T) {
	b, d := backOff(t, "{kind: aws_decorrelated, base_interval: 10ms, max_interval: 1s}"), dice(1)
	before, capped := time.Duration(0), 0
	for n := 1; n < 1000; n++ {
		p := b.Draw(n, before, &d)
		if most := min(3*max(before, 10*time.Millisecond), time.Second); p < 10*time.Millisecond || p > most {
			t.Fatalf("pause %d after %v is %v", n, before, p)
		}
		if p == time.Second {
			capped++
		}
		before = p
	}
	if capped < 100 {
		t.Errorf("%d of 1000 pauses are the longest", capped)
	}
}

// flat draws whole numbers and holds them to [0, most], each equally often: the
// chi-square statistic stays within five standard deviations of its mean.
func flat(t *testing.T, name string, most int, draw func() int) {
	t.Helper()
	const each = 200
	seen := make([]float64, most+1)
	for range each * (most + 1) {
		n := draw()
		if n < 0 || n > most {
			t.Fatalf("%s: drew %d, want 0 to %d", name, n, most)
		}
		seen[n]++
	}
	chi := 0.0
	for _, n := range seen {
		chi += (n - each) * (n - each) / each
	}
	// The mean is `most`, the variance 2*most.
	if off := chi - float64(most); off*off > 25*2*float64(max(most, 1)) {
		t.Errorf("%s: chi-square is %.1f with %d degrees of freedom", name, chi, most)
	}
}

// TestPausesAtTheEdge: the doubling neither overflows nor turns negative.
func TestPausesAtTheEdge(t *testing.T) {
	for _, kind := range strict.Words(policy.BackOff{}, "kind") {
		for _, text := range []string{
			"base_interval: 1200000h", // ten times it is beyond int64
			"base_interval: 10h, max_interval: 1200000h",
			"base_interval: 1ns, max_interval: 1200000h",
		} {
			b, d := backOff(t, "{kind: "+kind+", "+text+"}"), dice(1)
			before := time.Duration(0)
			for _, n := range []int{1, 2, 20, 21, 62, 63, 64, 65, 1000} {
				longest := time.Duration(0)
				for range 100 {
					if before = b.Draw(n, before, &d); before < 0 {
						t.Fatalf("%s %s, retry %d: a pause of %v", kind, text, n, before)
					}
					longest = max(longest, before)
				}
				if n >= 63 && longest < 1000*time.Hour {
					t.Errorf("%s %s, retry %d: the longest of a hundred pauses is %v", kind, text, n, longest)
				}
			}
			if b.Draw(1, math.MaxInt64, &d) < 0 {
				t.Errorf("%s %s: after the longest pause of all, a negative one", kind, text)
			}
		}
	}
}

func backOff(t *testing.T, text string) policy.BackOff {
	t.Helper()
	return rule(t, "retry: {retry_on: [5xx], back_off: "+text+"}").Retry.BackOff
}

func ms(n ...int) []time.Duration {
	all := make([]time.Duration, len(n))
	for i, n := range n {
		all[i] = time.Duration(n) * time.Millisecond
	}
	return all
}
