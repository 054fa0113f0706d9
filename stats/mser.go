package stats

import (
	"fmt"

	"github.com/meshdyno/meshdyno/mesh"
)

// A Transient is where the warm-up was seen to end.
type Transient struct {
	Cut     mesh.Time // keep what is later than this; 0 keeps everything
	Batches int       // batches cut away
	Of      int       // batches looked at
	OK      bool      // false: the run is too short to tell, and Cut means nothing
	Note    string    // what was done or why not, for the reader
}

// The last few truncation points leave so few batches that their spread can be
// small by chance; Hoad, Robinson and Davies 2008 leave them out.
const mserTail = 5

// MSER5 finds the end of the initial transient: the truncation that minimises
// the marginal standard error of what is left,
//
//	MSER(d) = 1/(n-d)^2 * sum over i > d of (Y[i] - mean of the rest)^2
//
// over batch means Y (White 1997, Simulation 69(6); White, Cobb and Spratt 2000;
// judged fit for automation by Hoad, Robinson and Davies 2008). Where the minimum
// lies in the last half the run is too short to show its steady state, and the
// answer is a refusal.
func MSER5(means []float64) (cut int, ok bool) {
	n := len(means)
	if n < 4*mserTail {
		return 0, false
	}
	best := -1.0
	var count, mean, squares float64 // Welford, from the end towards the start
	for d := n - 1; d >= 0; d-- {
		count++
		delta := means[d] - mean
		mean += delta / count
		squares += float64(delta * (means[d] - mean))
		score := squares / float64(count*count)
		if n-d >= mserTail && (best < 0 || score <= best) {
			best, cut = score, d
		}
	}
	return cut, cut <= n/2
}

// MSER5 applies MSER5 to the batches recorded so far.
func (b *Batches) MSER5() Transient {
	means, size := b.Means()
	cut, ok := MSER5(means)
	t := Transient{Batches: cut, Of: len(means), OK: ok}
	if ok && cut > 0 {
		t.Cut = b.ends[cut-1]
	}
	t.Note = t.note(size)
	return t
}

func (t Transient) note(size int) string {
	seen := fmt.Sprintf("MSER-5 over %d batches of %d requests", t.Of, size)
	switch {
	case t.Of < 4*mserTail:
		return fmt.Sprintf("run too short: %s, at least %d are needed", seen, 4*mserTail)
	case !t.OK:
		return fmt.Sprintf("run too short: %s would cut %d of them, more than half", seen, t.Batches)
	}
	return fmt.Sprintf("%s cut the first %d, up to %.3f s", seen, t.Batches, t.Cut.Seconds())
}
