package link

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// FqCodel serves flows in turn, each with a CoDel of its own, and new ones first
// (RFC 8290).
type FqCodel struct {
	Codel
	Flows   int       `yaml:"flows" min:"1" max:"65536" doc:"lines; flows that fall into one share it"`
	Quantum unit.Size `yaml:"quantum" min:"1B" doc:"bytes that a flow may send in its turn"`
}

// fqCodelDefaults are those of RFC 8290, section 5.2.
func fqCodelDefaults() *FqCodel {
	s := &FqCodel{Codel: *codelDefaults(), Flows: 1024, Quantum: 1514}
	s.Limit = 10240
	return s
}

// New makes the state of one link.
func (s *FqCodel) New(*Settings) (Gate, Queue) {
	return nil, &fqCodel{settings: s, flows: make([]flow, s.Flows+1)}
}

// fqCodel numbers its flows from 1.
type fqCodel struct {
	settings *FqCodel
	shelf    shelf
	flows    []flow
	fresh    turns // new_flows
	old      turns // old_flows
	count    int
	since    mesh.Time
}

type flow struct {
	line
	law    codel
	credit int64
	after  int32 // the flow behind it in its list
	listed bool
}

// turns is a list of flows, first come, first served.
type turns struct{ head, tail int32 }

func (q *fqCodel) Empty() bool { return q.count == 0 }

func (q *fqCodel) Since() mesh.Time { return q.since }

// Enter is section 4.1.
func (q *fqCodel) Enter(now mesh.Time, p Packet, out *Outbox) {
	n := int32(chance.Mix(uint64(p.Flow), 0)%uint64(q.settings.Flows)) + 1
	f := &q.flows[n]
	if q.count == 0 {
		q.since = now
	}
	q.shelf.push(now, &f.line, p)
	q.count++
	if !f.listed {
		f.listed, f.credit = true, int64(q.settings.Quantum)
		q.append(&q.fresh, n)
	}
	if q.count > q.settings.Limit {
		q.relieve(now, out)
	}
}

// batch is how many packets are dropped at once when there is no room, so that
// the fattest flow is not looked for each time (4.1).
const batch = 64

// relieve drops from the head of the fattest flow, at most half of it.
func (q *fqCodel) relieve(now mesh.Time, out *Outbox) {
	fattest := 1
	for i := range q.flows {
		if q.flows[i].bytes > q.flows[fattest].bytes {
			fattest = i
		}
	}
	f := &q.flows[fattest]
	for half, n := f.bytes/2, 0; n == 0 || n < batch && f.bytes > half; n++ {
		p, _ := q.shelf.pop(&f.line)
		out.put(now, &p, Full)
		q.count--
	}
}

// Leave is section 4.2.
func (q *fqCodel) Leave(now mesh.Time, out *Outbox) (Packet, bool) {
	for {
		list := &q.fresh
		if list.head == 0 {
			list = &q.old
		}
		if list.head == 0 {
			return Packet{}, false
		}
		n := list.head
		f := &q.flows[n]
		if f.credit <= 0 {
			f.credit += int64(q.settings.Quantum)
			q.behead(list)
			q.append(&q.old, n)
			continue
		}
		if p, ok := f.law.take(now, &q.shelf, &f.line, &q.count, &q.settings.Codel, out); ok {
			f.credit -= int64(p.Bytes)
			return p, true
		}
		q.behead(list)
		if list == &q.fresh && q.old.head != 0 { // so that it does not starve the others
			q.append(&q.old, n)
		} else {
			f.listed = false
		}
	}
}

func (q *fqCodel) append(list *turns, n int32) {
	q.flows[n].after = 0
	if list.head == 0 {
		list.head = n
	} else {
		q.flows[list.tail].after = n
	}
	list.tail = n
}

func (q *fqCodel) behead(list *turns) { list.head = q.flows[list.head].after }
