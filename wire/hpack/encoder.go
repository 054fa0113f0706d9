package hpack

import "math"

// Encoder is one side's encoder, as far as sizes go: it keeps the dynamic table.
type Encoder struct {
	entries []Field // a ring; the newest is at head
	head    int
	count   int
	size    int // of the entries, as the table counts
	limit   int
	lowest  int  // limit set since the last block
	resized bool // the next block must say so
}

// DefaultTable is SETTINGS_HEADER_TABLE_SIZE as long as nobody sets it (RFC 9113
// 6.5.2), and Envoy's hpack_table_size.
const DefaultTable = 4096

// NewEncoder makes an encoder whose table holds limit bytes.
func NewEncoder(limit int) *Encoder {
	return &Encoder{limit: limit, lowest: math.MaxInt, entries: make([]Field, limit/perEntry+1)}
}

// Resize changes the limit; the next block begins by saying so (RFC 7541 4.2).
func (e *Encoder) Resize(limit int) {
	e.lowest = min(e.lowest, limit)
	e.limit, e.resized = limit, true
	e.shrink(limit)
	if most := limit/perEntry + 1; most > len(e.entries) {
		e.grow(most)
	}
}

func (e *Encoder) grow(most int) {
	wider := make([]Field, most)
	for i := range e.count {
		wider[most-1-i] = *e.entry(e.count - 1 - i)
	}
	e.entries, e.head = wider, (most-e.count)%most
}

// Block is the length of the header block of fields. The table learns them.
func (e *Encoder) Block(fields []Field) int {
	n := e.sayLimit()
	for i := range fields {
		n += e.field(&fields[i])
	}
	return n
}

// sayLimit is the length of the dynamic table size updates (RFC 7541 6.3): the
// lowest limit since the last block, and the present one.
func (e *Encoder) sayLimit() int {
	if !e.resized {
		return 0
	}
	n := IntBytes(5, e.limit)
	if e.lowest < e.limit {
		n += IntBytes(5, e.lowest)
	}
	e.resized, e.lowest = false, math.MaxInt
	return n
}

func (e *Encoder) field(f *Field) int {
	index, exact := e.find(f)
	if exact {
		return IntBytes(7, index) // 6.1
	}
	prefix := uint(4) // 6.2.2, 6.2.3
	if !f.Never && f.Size() <= e.limit {
		prefix = 6 // 6.2.1
		e.add(f)
	}
	if index == 0 {
		return 1 + TextBytes(f.Name) + TextBytes(f.Value)
	}
	return IntBytes(prefix, index) + TextBytes(f.Value)
}

// find is the index of f, or else one that has its name, or 0.
func (e *Encoder) find(f *Field) (index int, exact bool) {
	index = firstStatic[f.Name]
	for i := index; i > 0 && i <= len(static) && static[i-1].Name == f.Name; i++ {
		if static[i-1].Value == f.Value && !f.Never {
			return i, true
		}
	}
	for i := range e.count {
		entry := e.entry(i)
		switch {
		case entry.Name != f.Name:
		case entry.Value == f.Value && !f.Never:
			return len(static) + 1 + i, true
		case index == 0:
			index = len(static) + 1 + i
		}
	}
	return index, false
}

// entry is the i-th newest.
func (e *Encoder) entry(i int) *Field { return &e.entries[(e.head+i)%len(e.entries)] }

func (e *Encoder) add(f *Field) {
	e.shrink(e.limit - f.Size())
	e.head = (e.head + len(e.entries) - 1) % len(e.entries)
	e.entries[e.head] = *f
	e.count++
	e.size += f.Size()
}

// shrink drops the oldest until the rest takes no more than room (RFC 7541 4.3).
func (e *Encoder) shrink(room int) {
	for e.count > 0 && e.size > room {
		e.count--
		e.size -= e.entry(e.count).Size()
	}
}
