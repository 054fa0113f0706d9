package hold

import (
	"math/rand/v2"
	"time"
)

// Waits are exponential with a mean of a second, in whole ns. They are drawn
// beforehand: the queue is measured, not the generator.
type Waits struct {
	Drawn []time.Duration
	used  int
}

// NewWaits draws 65,536 of them.
func NewWaits(seed uint64) *Waits {
	random := rand.New(rand.NewPCG(seed, 0))
	w := &Waits{Drawn: make([]time.Duration, 1<<16)}
	for i := range w.Drawn {
		w.Drawn[i] = time.Duration(random.ExpFloat64()*1e9 + 0.5)
	}
	return w
}

// Next returns one after the other, over and over.
func (w *Waits) Next() int64 {
	if w.used == len(w.Drawn) {
		w.used = 0
	}
	w.used++
	return int64(w.Drawn[w.used-1])
}
