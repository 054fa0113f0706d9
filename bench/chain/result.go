package chain

import "math/bits"

// Result is what one run of the chain found, in any tool: the peers print it
// as a line of JSON.
type Result struct {
	Requests int     `json:"requests"`
	Events   int     `json:"events"`
	Seconds  float64 `json:"seconds"` // CPU time
	MeanMs   float64 `json:"mean_ms"`
	P99Ms    float64 `json:"p99_ms"`
}

// recorder is a histogram with 11 significant bits, as HdrHistogram has with
// three digits.
type recorder struct {
	counts [54 << subBits]uint32
	n      int
	sum    int64
}

const subBits = 11

func (r *recorder) record(ns int64) {
	shift := bits.Len64(uint64(ns)|1<<subBits) - 1 - subBits
	r.counts[shift<<subBits+int(ns>>shift)]++
	r.n++
	r.sum += ns
}

// quantile returns the lower end of the cell in which the quantile lies.
func (r *recorder) quantile(p float64) int64 {
	below := int(p * float64(r.n))
	for i, n := range r.counts {
		if below -= int(n); below < 0 {
			shift := max(0, i>>subBits-1)
			return int64(i-shift<<subBits) << shift
		}
	}
	return 0
}

func (r *recorder) result(events int) Result {
	return Result{
		Requests: r.n, Events: events,
		MeanMs: float64(r.sum) / float64(r.n) / 1e6,
		P99Ms:  float64(r.quantile(0.99)) / 1e6,
	}
}
