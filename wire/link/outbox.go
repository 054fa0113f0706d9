package link

import "github.com/meshdyno/meshdyno/mesh"

// Outbox holds passages until the driver takes them.
type Outbox struct {
	passages []Passage
	taken    int
}

func (o *Outbox) put(at mesh.Time, p *Packet, fate Fate) {
	o.passages = append(o.passages, Passage{Packet: *p, At: at, Fate: fate})
}

// twin repeats the last one.
func (o *Outbox) twin() {
	p := o.passages[len(o.passages)-1]
	p.Twin = true
	o.passages = append(o.passages, p)
}

func (o *Outbox) take(p *Passage) bool {
	if o.taken == len(o.passages) {
		o.passages, o.taken = o.passages[:0], 0
		return false
	}
	*p = o.passages[o.taken]
	o.taken++
	return true
}
