package stats

import (
	"testing"
	"time"
)

func TestWarnings(t *testing.T) {
	cases := []struct{ got, want string }{
		{WarnShort(10*time.Second, time.Minute), "run too short: 1m0s measured after a warm-up of 10s; at least 1m40s (ten times as long) is the rule"},
		{WarnShort(10*time.Second, 100*time.Second), ""},
		{WarnShort(0, time.Second), ""},
		{WarnFew(3), "only 3 replications: intervals hold but are wide; use at least 10"},
		{WarnFew(1), ""},
		{WarnFew(10), ""},
		{WarnNoSteadyState("payments", true), "no steady state: requests were still piling up in payments at the end; latencies are of this window only"},
		{WarnNoSteadyState("payments", false), ""},
		{WarnUnfinished(50, 1000), "50 of 1000 requests were still in flight at the end: percentiles leave them out and may be too low"},
		{WarnUnfinished(1, 100_000), ""},
		{WarnUnfinished(0, 0), ""},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("said %q, want %q", c.got, c.want)
		}
	}
}
