package main

import (
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/bench/chain"
)

func TestMedianOfOddAndEven(t *testing.T) {
	if a, b := median([]float64{9, 1, 5}), median([]float64{4, 1, 3, 2}); a != 5 || b != 2.5 {
		t.Errorf("medians %v and %v, want 5 and 2.5", a, b)
	}
	if r := medianRatio([]float64{2, 20, 200}, []float64{1, 2, 100}); r != 2 {
		t.Errorf("median ratio %v, want 2: by round, not of the medians", r)
	}
}

func TestThousandsHaveCommas(t *testing.T) {
	for x, want := range map[float64]string{7: "7", 999: "999", 1000: "1,000", 1234567.4: "1,234,567"} {
		if got := thousands(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
	}
}

// A model that waits 10 % longer is not the same; one that is off by the noise
// of its few requests is.
func TestOnlyTheSameModelAgrees(t *testing.T) {
	for _, c := range []struct {
		requests int
		off      float64
		want     bool
	}{{1_000_000, 1.10, false}, {1_000_000, 1.005, true}, {20_000, 1.05, true}, {20_000, 1.5, false}} {
		var r chainRow
		r.add(chain.Result{Requests: c.requests, Events: 22, Seconds: 1, MeanMs: chain.MeanMs * c.off, P99Ms: chain.P99Ms * c.off})
		if got := r.agrees(); got != c.want {
			t.Errorf("%d requests off by %v agree: %v", c.requests, math.Abs(c.off-1), got)
		}
	}
}
