package stats

import "sort"

// ecdf is an empirical distribution function: the buckets in use in rising order,
// each with its lowest and highest value and the number of samples up to and
// with it.
type ecdf struct {
	low, high []int64
	upTo      []uint64
}

func (l *Latency) ecdf() *ecdf {
	l.count()
	e := &ecdf{}
	for _, v := range l.sorted() {
		e.add(v, v, 1)
	}
	if l.packed != nil || l.dense != nil {
		for _, bar := range l.Histogram().Distribution() {
			e.add(bar.From, bar.To, uint64(bar.Count))
		}
	}
	return e
}

func (e *ecdf) add(low, high int64, n uint64) {
	last := len(e.low) - 1
	switch {
	case n == 0:
	case last >= 0 && e.low[last] == low:
		e.upTo[last] += n
	default:
		e.low, e.high = append(e.low, low), append(e.high, high)
		e.upTo = append(e.upTo, e.total()+n)
	}
}

func (e *ecdf) total() uint64 {
	if len(e.upTo) == 0 {
		return 0
	}
	return e.upTo[len(e.upTo)-1]
}

// below counts the samples at or below v, whose own bucket counts in full.
func (e *ecdf) below(v int64) uint64 {
	i := sort.Search(len(e.low), func(i int) bool { return e.low[i] > v })
	if i == 0 {
		return 0
	}
	return e.upTo[i-1]
}

// at is the index of the bucket that holds the sample of this rank, from 1.
func (e *ecdf) at(rank uint64) int {
	return sort.Search(len(e.upTo), func(i int) bool { return e.upTo[i] >= rank })
}
