package tcp

// ring is a queue whose elements are numbered 1, 2, 3... from the first ever
// pushed, and are reached by their number while they are in it. It grows to
// the most that were ever in it at once and then allocates no more.
type ring[T any] struct {
	slots      []T // a power of two of them
	first, end int64
}

func (r *ring[T]) reset() { r.first, r.end = 1, 1 }

func (r *ring[T]) empty() bool { return r.first == r.end }

// at is the element of a number from first to end-1.
func (r *ring[T]) at(n int64) *T { return &r.slots[n&int64(len(r.slots)-1)] }

// push makes room for one more and returns its place, in which an old element
// may stand.
func (r *ring[T]) push() (number int64, place *T) {
	if r.end-r.first == int64(len(r.slots)) {
		r.grow()
	}
	r.end++
	return r.end - 1, r.at(r.end - 1)
}

func (r *ring[T]) pop() { r.first++ }

func (r *ring[T]) grow() {
	old := *r
	r.slots = make([]T, max(8, 2*len(old.slots)))
	for n := r.first; n < r.end; n++ {
		*r.at(n) = *old.at(n)
	}
}
