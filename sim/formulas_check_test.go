package sim

import (
	"math"
	"testing"
)

// The formulas against each other and against published values: an oracle that
// is wrong proves nothing.
func TestFormulasAgree(t *testing.T) {
	lost, wait := impatient(3, 350, 100, func(x float64) float64 { return math.Exp(-50 * x) }, 0.5)
	law := birthDeath(400, func(int) float64 { return 350 }, func(k int) float64 { return 100*float64(min(k, 3)) + 50*float64(max(k-3, 0)) })
	queue := 0.0
	for k, p := range law {
		queue += float64(max(k-3, 0)) * p
	}
	patient, _ := impatient(1, 90, 100, func(float64) float64 { return 1 }, 4)
	_, calm := impatient(1, 50, 100, func(float64) float64 { return 1 }, 1)
	throughput, inside := meanValues(20, 1, 0.05)
	machines := lawMachines(20, 1, 1, 20)
	for name, pair := range map[string][2]float64{
		"Erlang B of 10 servers and 7 erlang (tables)": {erlangB(10, 7), 0.0787},
		"Erlang C of 2 servers is 2 rho^2/(1+rho)":     {erlangC(2, 1.2), 2 * .36 / 1.6},
		"M/M/1 as M/G/1":      {waitMG1(70, .01, .0002), waitMMc(1, 70, 100)},
		"M/M/1/K loss":        {lawMMcK(1, 5, 80, 100)[5], math.Pow(.8, 5) * .2 / (1 - math.Pow(.8, 6))},
		"M/M/c/c is Erlang B": {lawMMcK(6, 6, 500, 100)[6], erlangB(6, 5)},
		"exponential patience as a birth-death chain":  {wait, queue / 350},
		"those who leave are theta x those who wait":   {lost, 50 * queue / 350},
		"endless patience loses no one":                {1 + patient, 1},
		"endless patience waits as M/M/1":              {calm, waitMMc(1, 50, 100)},
		"mean values as a finite source":               {inside[0], meanOf(machines)},
		"throughput of a finite source":                {throughput, 20 * (1 - machines[0])},
		"GI/M/1 of exponential gaps is M/M/1":          {sigmaGM1(100, gapsErlang(1, 70)), .7},
		"D/M/1 at load 1/2 (Kleinrock)":                {sigmaGM1(100, gapsConstant(50)), 0.2032},
		"hyperexponential of equal rates":              {sigmaGM1(100, gapsHyper(.3, 60, 60)), .6},
		"d=2 at load 0.9 (Mitzenmacher 2001, table 1)": {staySupermarket(2, .9), 2.6141},
		"d=3 at load 0.9 (Mitzenmacher 2001, table 1)": {staySupermarket(3, .9), 2.0279},
		"priority of one class is none":                {waitCobham(70*.0002/2, .7)[0], waitMG1(70, .01, .0002)},
		"conservation law of Kleinrock":                {.3*waitCobham(.006, .3, .4)[0] + .4*waitCobham(.006, .3, .4)[1], .7 * .006 / .3},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-3*math.Abs(pair[1]) {
			t.Errorf("%s: %v is not %v", name, pair[0], pair[1])
		}
	}
}
