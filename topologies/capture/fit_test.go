package capture_test

import (
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/topologies/capture"
)

// TestFit: samples of each shape are told apart, with their moments and a
// goodness that says yes; a mix of two is told to suit nothing.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		text string
		want capture.Shape
		good bool
	}{
		{"10ms", capture.Constant, true},
		{"normal(10ms, 100us)", capture.Constant, true},
		{"exp(10ms)", capture.Exponential, true},
		{"normal(10ms, 2ms)", capture.Normal, true},
		{"lognormal(10ms, cv=0.8)", capture.Lognormal, true},
		{"lognormal(10ms, cv=1.2)", capture.Lognormal, true},
		{"uniform(1ms, 10ms)", "", false},
		{"mix(50%: normal(1ms, 10us), 50%: normal(100ms, 1ms))", "", false},
	} {
		dist, err := chance.ParseDuration(c.text)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{2000, 50_000} {
			dice := chance.Keyed(3)
			var s capture.Sample
			sum := 0.0
			for range n {
				x := float64(dist.Draw(&dice))
				sum += x
				s.Add(x)
			}
			f := s.Fit()
			t.Logf("%s, %d: %+v", c.text, n, f)
			if c.want != "" && f.Shape != c.want || f.Good() != c.good || f.N != n || math.Abs(f.Mean-sum/float64(n)) > 1 {
				t.Errorf("%s: %+v", c.text, f)
			}
		}
	}
	if f := new(capture.Sample).Fit(); f.Shape != capture.Nothing || f.N != 0 {
		t.Errorf("nothing: %+v", f)
	}
}

// TestMerge: two samples merged are as one.
func TestMerge(t *testing.T) {
	var a, b, both capture.Sample
	dice := chance.Keyed(4)
	for i := range 30_000 {
		x := dice.Exp()
		both.Add(x)
		if i%3 == 0 {
			a.Add(x)
		} else {
			b.Add(x)
		}
	}
	a.Merge(&b)
	if a.N != both.N || math.Abs(a.Mean()-both.Mean()) > 1e-9 || math.Abs(a.CV()-both.CV()) > 1e-9 || a.Min != both.Min || a.Max != both.Max {
		t.Errorf("%v %v, together %v %v", a.Mean(), a.CV(), both.Mean(), both.CV())
	}
	if f := a.Fit(); f.Shape != capture.Exponential || !f.Good() {
		t.Errorf("%+v", f)
	}
}
