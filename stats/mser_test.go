package stats

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
)

// An AR(1) process around 10 that starts at 60 and forgets by 2 % a step: the
// offset has fallen to the noise (standard deviation 5) after 115 steps. In 10,000
// steps a rest of it weighs little, so a cut somewhat earlier is as good.
func TestMSER5FindsTheEndOfATransient(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		var b Batches
		x := 50.0
		for i := range 10_000 {
			b.Record(mesh.Time(i), 10+x)
			x = 0.98*x + r.NormFloat64()
		}
		got := b.MSER5()
		if !got.OK || got.Cut < 40 || got.Cut > 2000 {
			t.Errorf("cut at step %d (%s), want it between 40 and 2000", got.Cut, got.Note)
		}
		if int(got.Cut) != 5*got.Batches-1 {
			t.Errorf("%d batches of 5 end at step %d, cut says %d", got.Batches, 5*got.Batches-1, got.Cut)
		}
	}
}

func TestMSER5CutsNothingWhereNothingIsWrong(t *testing.T) {
	flat := make([]float64, 100)
	if cut, ok := MSER5(flat); cut != 0 || !ok {
		t.Errorf("a flat series is cut at %d, %v", cut, ok)
	}
	if got := new(Batches).MSER5(); got.OK || !strings.HasPrefix(got.Note, "run too short") {
		t.Errorf("an empty run gives %+v", got)
	}
}

func TestMSER5RefusesARunThatNeverSettles(t *testing.T) {
	rising := make([]float64, 200)
	for i := range rising {
		rising[i] = float64(i)
	}
	if cut, ok := MSER5(rising); ok {
		t.Errorf("a line was cut at %d", cut)
	}
	var b Batches
	for i := range 1000 {
		b.Record(mesh.Time(i), float64(i))
	}
	if got := b.MSER5(); got.OK || got.Cut != 0 || !strings.Contains(got.Note, "more than half") {
		t.Errorf("a line gives %+v", got)
	}
}

// The cut of a pilot, used on other runs, takes the bias of an empty start away.
func TestMSER5OnAnEmptyQueue(t *testing.T) {
	simulates(t)
	const load, requests, pilots = 0.9, 20_000, 25
	r := rand.New(rand.NewPCG(4, 4))
	refused, kept := 0, 0.0
	for range pilots {
		var pilot Batches
		q := newLindley(r, load, false)
		for range requests {
			pilot.Record(q.next())
		}
		seen := pilot.MSER5()
		if !seen.OK {
			refused++
			continue
		}
		kept += keptMean(r, load, requests, seen.Cut) / pilots
	}
	kept *= pilots / float64(pilots-refused)
	t.Logf("refused %d of %d, mean after the cut %.3f ms, truth 10 ms", refused, pilots, kept)
	if refused > pilots/4 || math.Abs(kept-10) > 0.7 {
		t.Errorf("refused %d of %d, mean %.3f ms, want about 10", refused, pilots, kept)
	}
}

// keptMean is the mean over 20 runs from empty of what comes after the cut.
func keptMean(r *rand.Rand, load float64, requests int, cut mesh.Time) float64 {
	sum, n := 0.0, 0.0
	for range 20 {
		q := newLindley(r, load, false)
		for range requests {
			if now, ms := q.next(); now > cut {
				sum, n = sum+ms, n+1
			}
		}
	}
	return sum / n
}

func TestBatchesJoinInBoundedMemory(t *testing.T) {
	var b Batches
	const n = 1_000_000
	for i := range n {
		b.Record(mesh.Time(i), float64(i))
	}
	means, size := b.Means()
	if len(means) < batchCap/2 || len(means) >= batchCap || size != 320 {
		t.Fatalf("%d batches of %d", len(means), size)
	}
	for i, m := range means {
		if want := float64(i*size) + float64(size-1)/2; m != want || b.ends[i] != mesh.Time((i+1)*size-1) {
			t.Fatalf("batch %d: mean %v until %d, want %v", i, m, b.ends[i], want)
		}
	}
}

func TestJoinedBatchesGiveTheSameCut(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	q := newLindley(r, 0.8, false)
	var b Batches
	var fine []float64
	var sum float64
	for i := range 100_000 {
		now, ms := q.next()
		ms += max(0, 50-float64(i)/200) // falls in a line until request 10,000
		b.Record(now, ms)
		if sum += ms; i%5 == 4 {
			fine, sum = append(fine, sum/5), 0
		}
	}
	cut, ok := MSER5(fine)
	got := b.MSER5()
	if !ok || !got.OK {
		t.Fatalf("refused: %v %v", ok, got)
	}
	_, size := b.Means()
	if coarse := got.Batches * size; math.Abs(float64(coarse-5*cut)) > 1000 {
		t.Errorf("joined batches cut %d requests, batches of 5 cut %d", coarse, 5*cut)
	}
}
