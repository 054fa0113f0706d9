package flow

// ring is a queue whose elements are numbered from 0 and are reached by their
// number while they are in it. It grows to the most that were ever in it.
type ring[T any] struct {
	slots      []T // a power of two of them
	first, end int64
}

func (r *ring[T]) reset() { r.first, r.end = 0, 0 }

func (r *ring[T]) empty() bool { return r.first == r.end }

func (r *ring[T]) at(n int64) *T { return &r.slots[n&int64(len(r.slots)-1)] }

// push makes room for one more and returns its place.
func (r *ring[T]) push() *T {
	if r.end-r.first == int64(len(r.slots)) {
		r.grow()
	}
	r.end++
	return r.at(r.end - 1)
}

func (r *ring[T]) grow() {
	old := *r
	r.slots = make([]T, max(16, 2*len(old.slots)))
	for n := r.first; n < r.end; n++ {
		*r.at(n) = *old.at(n)
	}
}
