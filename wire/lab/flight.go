package lab

import (
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/link"
)

// flight holds the packets on their way to one side, in the order in which they
// arrive. Most come in that order, so that a ring is the best calendar.
type flight struct {
	ring        []link.Passage // a power of two
	first, size int
}

func (f *flight) at(i int) *link.Passage { return &f.ring[(f.first+i)&(len(f.ring)-1)] }

func (f *flight) add(p *link.Passage) {
	if f.size == len(f.ring) {
		f.grow()
	}
	i := f.size
	f.size++
	for ; i > 0 && f.at(i-1).At > p.At; i-- {
		*f.at(i) = *f.at(i - 1)
	}
	*f.at(i) = *p
}

// take is the next to arrive.
func (f *flight) take() link.Passage {
	p := *f.at(0)
	f.first, f.size = f.first+1, f.size-1
	return p
}

func (f *flight) next() mesh.Time {
	if f.size == 0 {
		return mesh.Never
	}
	return f.at(0).At
}

func (f *flight) grow() {
	larger := make([]link.Passage, max(16, 2*len(f.ring)))
	for i := range f.size {
		larger[i] = *f.at(i)
	}
	f.ring, f.first = larger, 0
}
