package sim

import (
	"github.com/meshdyno/meshdyno/mesh"
)

// line is a waiting line: visits linked by their refs.
type line struct {
	oldest, newest uint64
	waiting        int32
}

// ranks is how many priorities there are.
const ranks = 10

func newRanks(q *mesh.Queue) *[ranks]line {
	if q.Order != "priority" {
		return nil
	}
	return new([ranks]line)
}

// enqueue lets a visit wait.
func (r *Run) enqueue(ref uint64, v *visit, p *replica) {
	s := &r.services[p.service]
	v.state = waiting
	r.join(r.lineOf(p, v), ref, v)
	if p.ranks != nil {
		p.line.waiting++
	}
	if !v.probe() {
		r.tally.waits(r, p)
	}
	if d := &s.Queue.Timeout.Dist; !d.IsZero() {
		r.at(r.now.Add(nanoseconds(draw(d, v.key, forPatience))), expiry, ref)
	}
}

// lineOf is the line that a visit waits in.
func (r *Run) lineOf(p *replica, v *visit) *line {
	switch {
	case p.ranks == nil:
		return &p.line
	case v.probe():
		return &p.ranks[0]
	}
	return &p.ranks[r.model.Traffic[v.class].Priority]
}

// join puts a visit at the new end of a line.
func (r *Run) join(l *line, ref uint64, v *visit) {
	v.older, v.newer = l.newest, 0
	if l.newest == 0 {
		l.oldest = ref
	} else {
		r.visits.get(l.newest).newer = ref
	}
	l.newest = ref
	l.waiting++
}

// part takes a visit out of a line, wherever it stands.
func (r *Run) part(l *line, v *visit) {
	if v.older == 0 {
		l.oldest = v.newer
	} else {
		r.visits.get(v.older).newer = v.newer
	}
	if v.newer == 0 {
		l.newest = v.older
	} else {
		r.visits.get(v.newer).older = v.older
	}
	l.waiting--
}

// unqueue ends a visit's waiting.
func (r *Run) unqueue(v *visit, p *replica) {
	r.part(r.lineOf(p, v), v)
	if p.ranks != nil {
		p.line.waiting--
	}
	if !v.probe() {
		r.tally.waitsNoMore(r, p)
	}
}

// dequeue takes the next visit that will be served; nil when no one waits.
func (r *Run) dequeue(p *replica) (uint64, *visit) {
	for {
		ref := r.head(p)
		if ref == 0 {
			return 0, nil
		}
		v := r.visits.get(ref)
		r.unqueue(v, p)
		if p.codel == nil || !p.codel.drops(r.now, r.now-v.came, p.line.waiting == 0, &r.services[p.service].Queue) {
			return ref, v
		}
		r.finish(ref, v, mesh.Expired)
	}
}

// head is who is next, by the order of the queue.
func (r *Run) head(p *replica) uint64 {
	if p.ranks != nil {
		for i := range p.ranks {
			if ref := p.ranks[i].oldest; ref != 0 {
				return ref
			}
		}
		return 0
	}
	if r.services[p.service].Queue.Order == "lifo" {
		return p.line.newest
	}
	return p.line.oldest
}

// expire ends a wait that was too long.
func (r *Run) expire(ref uint64, v *visit) {
	if v.state != waiting {
		return
	}
	r.unqueue(v, &r.replicas[v.replica])
	r.finish(ref, v, mesh.Expired)
}
