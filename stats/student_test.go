package stats

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestStudentQuantileAgainstTheTables(t *testing.T) {
	tables := map[int]float64{1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 19: 2.093, 29: 2.045, 120: 1.980}
	for df, want := range tables {
		if got := StudentQuantile(0.975, df); math.Abs(got-want) > 5e-4 {
			t.Errorf("t(97.5 %%, %d) = %v, tables say %v", df, got, want)
		}
	}
}

func TestStudentQuantileAgainstGonum(t *testing.T) {
	for _, p := range []float64{0.6, 0.9, 0.975, 0.995, 0.9995} {
		for df := 1; df <= 1000; df += 1 + df/5 {
			want := distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile(p)
			if got := StudentQuantile(p, df); math.Abs(got-want) > 1e-8*want {
				t.Errorf("t(%v, %d) = %v, gonum says %v", p, df, got, want)
			}
		}
	}
	if far, normal := StudentQuantile(0.975, 1_000_000), 1.959964; far < normal || far > 1.002*normal {
		t.Errorf("for very many degrees %v, normal %v", far, normal)
	}
}
