package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// none is the place of nothing.
const none int32 = -1

// slab keeps values by their places, and gives places out again.
type slab[T any] struct {
	items []T
	free  []int32
}

// take gives a place out. Its value is what the last owner left. Values may
// move when it does.
func (s *slab[T]) take() (i int32) {
	if n := len(s.free); n > 0 {
		i, s.free = s.free[n-1], s.free[:n-1]
		return i
	}
	var blank T
	s.items = append(grown(s.items), blank)
	return int32(len(s.items) - 1)
}

// grown makes room for more, in little steps once there are many: there may be very
// many.
func grown[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	return append(make([]T, 0, len(s)+min(len(s), max(256, len(s)/16))+16), s...)
}

func (s *slab[T]) put(i int32) { s.free = append(s.free, i) }

func (s *slab[T]) at(i int32) *T { return &s.items[i] }

// links are what chains are made of: by place, who comes before and after. A
// place is in one chain at a time.
type links []struct{ before, after int32 }

// reach makes room for a place.
func (l *links) reach(i int32) {
	for int(i) >= len(*l) {
		*l = append(grown(*l), struct{ before, after int32 }{none, none})
	}
}

// chain is places in an order.
type chain struct{ first, last int32 }

var empty = chain{none, none}

// push puts a place before all others.
func (c *chain) push(l links, i int32) {
	l[i].before, l[i].after = none, c.first
	if c.first == none {
		c.last = i
	} else {
		l[c.first].before = i
	}
	c.first = i
}

// add puts a place behind all others.
func (c *chain) add(l links, i int32) {
	l[i].before, l[i].after = c.last, none
	if c.last == none {
		c.first = i
	} else {
		l[c.last].after = i
	}
	c.last = i
}

// remove takes a place out, wherever it stands.
func (c *chain) remove(l links, i int32) {
	before, after := l[i].before, l[i].after
	if before == none {
		c.first = after
	} else {
		l[before].after = after
	}
	if after == none {
		c.last = before
	} else {
		l[after].before = before
	}
}

// timers are those of one kind, one for each place at most. All run equally
// long, so that the one set first rings first.
type timers struct {
	after time.Duration // 0: there are none of this kind
	order chain
	links links
	at    []mesh.Time // by place; mesh.Never while not set
}

// newTimers makes those that ring so long after they are set; none for nil.
func newTimers(after *unit.Duration) timers {
	t := timers{order: empty}
	if after != nil {
		t.after = after.Std()
	}
	return t
}

// set starts a timer anew.
func (t *timers) set(now mesh.Time, i int32) {
	if t.after == 0 {
		return
	}
	t.cancel(i)
	t.links.reach(i)
	for int(i) >= len(t.at) {
		t.at = append(t.at, mesh.Never)
	}
	t.at[i] = now.Add(t.after)
	t.order.add(t.links, i)
}

// cancel stops a timer, if it is set.
func (t *timers) cancel(i int32) {
	if t.after != 0 && int(i) < len(t.at) && t.at[i] != mesh.Never {
		t.order.remove(t.links, i)
		t.at[i] = mesh.Never
	}
}

// next is when the first one rings.
func (t *timers) next() mesh.Time {
	if t.order.first == none {
		return mesh.Never
	}
	return t.at[t.order.first]
}

// due takes the first one out if it rings; none if it does not.
func (t *timers) due(now mesh.Time) int32 {
	i := t.order.first
	if i == none || t.at[i] > now {
		return none
	}
	t.cancel(i)
	return i
}
