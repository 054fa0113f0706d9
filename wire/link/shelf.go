package link

import "github.com/meshdyno/meshdyno/mesh"

// shelf keeps the packets of the lines of one queue.
type shelf struct {
	items []item
	free  int32 // the first unused item; 0 for none, as item 0 is not used
}

type item struct {
	Packet
	entered mesh.Time
	next    int32 // in its line, or among the unused
}

// line is first in, first out.
type line struct {
	head, tail int32 // 0 when it is empty
	bytes      int64
}

func (s *shelf) push(now mesh.Time, l *line, p Packet) {
	n := s.place()
	s.items[n] = item{Packet: p, entered: now}
	if l.head == 0 {
		l.head = n
	} else {
		s.items[l.tail].next = n
	}
	l.tail = n
	l.bytes += int64(p.Bytes)
}

// pop takes the first of a line that is not empty.
func (s *shelf) pop(l *line) (p Packet, entered mesh.Time) {
	n := l.head
	i := &s.items[n]
	l.head = i.next
	l.bytes -= int64(i.Bytes)
	i.next, s.free = s.free, n
	return i.Packet, i.entered
}

// place is an unused item.
func (s *shelf) place() int32 {
	if s.free != 0 {
		n := s.free
		s.free = s.items[n].next
		return n
	}
	if len(s.items) == 0 {
		s.items = append(s.items, item{})
	}
	s.items = append(s.items, item{})
	return int32(len(s.items) - 1)
}
