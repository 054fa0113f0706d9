package sim

// slab keeps values of one type in pages that never move, with a free list, so
// that a run in steady state allocates nothing. A value is named by a ref:
// index in the low half, generation in the high half. A ref whose value was
// given back is stale, and get then says nil.
type slab[T any] struct {
	pages []*[pageSize]slot[T]
	free  []uint32
	made  uint32
}

const (
	pageBits = 10 // so that pages fill the pages of the runtime, of 8 KiB, exactly
	pageSize = 1 << pageBits
)

type slot[T any] struct {
	generation uint32 // odd while taken
	value      T
}

// take hands out a slot. Its value is what the last owner left.
func (s *slab[T]) take() (ref uint64, v *T) {
	var i uint32
	if n := len(s.free); n > 0 {
		i, s.free = s.free[n-1], s.free[:n-1]
	} else {
		i = s.grow()
	}
	p := s.slot(i)
	p.generation++
	return uint64(p.generation)<<32 | uint64(i), &p.value
}

func (s *slab[T]) grow() uint32 {
	if s.made%pageSize == 0 {
		s.pages = append(s.pages, new([pageSize]slot[T]))
	}
	s.made++
	return s.made - 1
}

// get finds the value of a ref; nil when it was given back.
func (s *slab[T]) get(ref uint64) *T {
	p := s.slot(uint32(ref))
	if p.generation != uint32(ref>>32) {
		return nil
	}
	return &p.value
}

// put gives a value back; every ref to it is stale from now on.
func (s *slab[T]) put(ref uint64) {
	s.slot(uint32(ref)).generation++
	s.free = append(s.free, uint32(ref))
}

// taken counts the values handed out.
func (s *slab[T]) taken() int { return int(s.made) - len(s.free) }

// each visits all values handed out, in the order of their slots.
func (s *slab[T]) each(visit func(ref uint64, v *T)) {
	for i := range s.made {
		if p := s.slot(i); p.generation&1 == 1 {
			visit(uint64(p.generation)<<32|uint64(i), &p.value)
		}
	}
}

func (s *slab[T]) slot(i uint32) *slot[T] { return &s.pages[i>>pageBits][i&(pageSize-1)] }
