package stats

import (
	"math"
	"testing"
)

// The same samples give the same bits on every processor. The samples come from
// integers alone, so that nothing but this package is on trial.
func TestGoldenBits(t *testing.T) {
	runs := goldenRuns()
	ci := LatencyCI(runs)
	all := runs[0]
	for _, r := range runs[1:] {
		all.Merge(r)
	}
	share, _ := ProportionCI([]uint64{990, 985, 999}, []uint64{1000, 1001, 1002})
	golden := []struct {
		what      string
		got, want uint64
	}{
		{"mean", math.Float64bits(all.Mean()), 0x41b0516002b605bc},
		{"stddev", math.Float64bits(all.Stddev()), 0x41acd794de0173d0},
		{"mean, low", math.Float64bits(ci.Mean[0]), 0x4070e6ebb3e667c3},
		{"mean, high", math.Float64bits(ci.Mean[1]), 0x407151ab720ba655},
		{"p90, low", math.Float64bits(ci.P90[0]), 0x4083b5bf6a0dbad4},
		{"p90, high", math.Float64bits(ci.P90[1]), 0x40848344c2f837b5},
		{"share, low", math.Float64bits(share[0]), 0x3fee9d6f4d7f05f5},
		{"share, high", math.Float64bits(share[1]), 0x3fefeed172280d91},
		{"t, 9", math.Float64bits(StudentQuantile(0.975, 9)), 0x400218e5dac50b20},
		{"t, 14", math.Float64bits(StudentQuantile(0.995, 14)), 0x4007d092ec6ba9e9},
	}
	for _, g := range golden {
		if g.got != g.want {
			t.Errorf("%s: bits %#x, want %#x", g.what, g.got, g.want)
		}
	}
}

func goldenRuns() []*Latency {
	x := uint64(1)
	runs := []*Latency{NewLatency(3), NewLatency(3), NewLatency(3), NewLatency(3)}
	for i := range 40_000 {
		x = x*6364136223846793005 + 1442695040888963407 // Knuth's MMIX generator
		ns := int64(x>>44) * int64(x>>50&1023)
		runs[i%4].Record(ns)
	}
	return runs
}
