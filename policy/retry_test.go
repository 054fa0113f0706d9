package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestWhatIsTriedAgain is the table of Envoy's x-envoy-retry-on: what
// retry_state_impl.cc does with a status (wouldRetryFromHeaders) and with a
// stream that was reset (wouldRetryFromReset), of which a try's timeout is one.
// A status is matched only where an answer came: codes do not see resets.
func TestWhatIsTriedAgain(t *testing.T) {
	table := []struct {
		on    string
		again string // the outcomes worth another try
	}{
		{"5xx", "error dependency refused expired reset connect_failure timeout"},
		{"gateway-error", "refused expired reset connect_failure timeout"},
		{"reset", "reset connect_failure timeout"},
		{"connect-failure", "connect_failure"},
		{"refused-stream", ""},
		{"retriable-status-codes", ""},
		{"retriable-status-codes 500", "error dependency"},
		{"retriable-status-codes 503", "refused expired"},
		{"retriable-status-codes 504", ""},
		{"retriable-status-codes 200", ""},
		{"connect-failure,retriable-status-codes 500,503", "error dependency refused expired connect_failure"},
	}
	for _, row := range table {
		on, codes, _ := strings.Cut(row.on, " ")
		r := rule(t, fmt.Sprintf("retry: {retry_on: [%s], retriable_status_codes: [%s]}", on, codes))
		for o := mesh.OK; o < mesh.Outcomes; o++ {
			if o == mesh.Overflow || o == mesh.Unavailable {
				continue // the proxy's own answers, which no attempt ends in
			}
			want := slices.Contains(strings.Fields(row.again), o.String())
			up := policy.NewUpstream(&policy.Plan{Balancer: &policy.RoundRobin{}, Retry: r.Retry}, make([]policy.Endpoint, 1), dice(1))
			var c policy.Call
			c.Begin(0, up, nil)
			c.Next()
			c.Done(0, 1, o)
			if got := !c.Over(); got != want {
				t.Errorf("%s: %s tried again is %v, want %v", row.on, o, got, want)
			}
		}
	}
}

// TestPauses draws many and holds them to the range and to the flatness of
// Envoy's code: random() % min(base * 2^(n-1), max), in milliseconds
// (backoff_strategy.cc; PARITY D1: the documents promise other ranges).
func TestPauses(t *testing.T) {
	for _, c := range []struct {
		backOff string
		most    []time.Duration // of retry 1, 2, ...; the least is always 0
		grain   time.Duration
	}{
		{"{}", ms(24, 49, 99, 199, 249, 249), time.Millisecond},
		{"{base_interval: 100ms}", ms(99, 199, 399, 799, 999, 999), time.Millisecond},
		{"{base_interval: 25ms, max_interval: 50ms}", ms(24, 49, 49), time.Millisecond},
		{"{base_interval: 25ms, max_interval: 60ms}", ms(24, 49, 59, 59), time.Millisecond},
		{"{base_interval: 25ms, max_interval: 10ms}", ms(9, 9), time.Millisecond},
		{"{base_interval: 1ms}", ms(0, 1, 3, 7, 9), time.Millisecond},
		{"{base_interval: 100ns}", []time.Duration{99, 199, 399, 799, 999}, time.Nanosecond},
		{"{base_interval: 0s}", ms(0, 0), time.Millisecond},
	} {
		up := upstream(t, 1, "retry: {retry_on: [5xx], back_off: "+c.backOff+"}")
		for i, most := range c.most {
			flat(t, fmt.Sprintf("%s, retry %d", c.backOff, i+1), int(most/c.grain), func() int {
				p := up.Pause(i + 1)
				if p%c.grain != 0 {
					t.Fatalf("%s: a pause of %v", c.backOff, p)
				}
				return int(p / c.grain)
			})
		}
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
	for _, text := range []string{
		"{base_interval: 1200000h}", // ten times it is beyond int64
		"{base_interval: 10h, max_interval: 1200000h}",
		"{base_interval: 1ns, max_interval: 1200000h}",
	} {
		up := upstream(t, 1, "retry: {retry_on: [5xx], num_retries: 1000, back_off: "+text+"}")
		for _, n := range []int{1, 2, 20, 21, 62, 63, 64, 65, 1000} {
			longest := time.Duration(0)
			for range 100 {
				p := up.Pause(n)
				if p < 0 {
					t.Fatalf("%s, retry %d: a pause of %v", text, n, p)
				}
				longest = max(longest, p)
			}
			if n >= 63 && longest < 1000*time.Hour {
				t.Errorf("%s, retry %d: the longest of a hundred pauses is %v", text, n, longest)
			}
		}
	}
}

// TestTriesInAll counts the attempts of a call that always fails.
func TestTriesInAll(t *testing.T) {
	for _, retries := range []int{0, 1, 2, 1000} {
		up := upstream(t, 3, fmt.Sprintf("retry: {retry_on: [5xx], num_retries: %d}", retries))
		var c policy.Call
		now, tries := mesh.Time(0), 0
		c.Begin(now, up, nil)
		for {
			a := c.Next()
			if a.Kind == policy.Answer {
				break
			}
			if tries++; int(a.Attempt) != tries {
				t.Fatalf("attempt %d is called %d", tries, a.Attempt)
			}
			c.Done(now, a.Attempt, mesh.Error)
			if at := c.WakeAt(); at != mesh.Never {
				now = at
				c.Wake(now)
			}
		}
		if tries != retries+1 {
			t.Errorf("num_retries %d: %d tries", retries, tries)
		}
	}
}

func ms(n ...int) []time.Duration {
	all := make([]time.Duration, len(n))
	for i, n := range n {
		all[i] = time.Duration(n) * time.Millisecond
	}
	return all
}
