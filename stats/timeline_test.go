package stats

import (
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

const second = mesh.Time(1e9)

func TestCountsPerInterval(t *testing.T) {
	c := NewCounts(10*second, second)
	c.Add(9*second, 100)   // during the warm-up
	c.Add(10*second, 1)    // the first moment of the first interval
	c.Add(11*second-1, 2)  // its last
	c.Add(13*second, 4)    // a silent interval lies between
	c.Add(13*second+5, 1)  //
	c.Add(14*second+15, 1) // in the half interval at the end
	got := c.Rates(14*second + second/2)
	if want := []float64{3, 0, 0, 5, 2}; !slices.Equal(got, want) {
		t.Errorf("rates %v, want %v", got, want)
	}
	if got := c.Rates(12 * second); !slices.Equal(got, []float64{3, 0}) {
		t.Errorf("rates of the first two seconds %v, want [3 0]", got)
	}
}

func TestALevelThatNeverChangesFillsEveryInterval(t *testing.T) {
	l := NewLevels(10*second, second)
	l.Set(2*second, 7)
	if got := l.Means(13 * second); !slices.Equal(got, []float64{7, 7, 7}) {
		t.Errorf("means %v, want [7 7 7]", got)
	}
	if got := l.Means(12 * second); !slices.Equal(got, []float64{7, 7}) {
		t.Errorf("asked again for less: %v, want [7 7]", got)
	}
}

func TestQuantilesPerIntervalMergeAcrossReplications(t *testing.T) {
	a, b := NewLatencies(0, second, 3), NewLatencies(0, second, 3)
	a.Record(0, 1e6)
	a.Record(1, 3e6)
	b.Record(2, 2e6)
	b.Record(2*second, 9e6)
	a.Merge(b)
	if got := a.Quantiles(4*second, 0.5); !slices.Equal(got, []float64{2, 0, 9, 0}) {
		t.Errorf("medians %v ms, want [2 0 9 0]", got)
	}
}

func TestAverageOfReplications(t *testing.T) {
	got := Average([]float64{1, 2}, []float64{3, 6})
	if !slices.Equal(got, []float64{2, 4}) {
		t.Errorf("average %v, want [2 4]", got)
	}
	if Average() != nil {
		t.Error("an average of nothing")
	}
}
