package sim

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
)

// source is where the requests of one class come from: a pacer, or users who
// think between requests.
type source struct {
	pacer loadgen.Pacer
	key   uint64          // of the requests of an open class
	count uint64          // arrivals so far
	users []chance.Stream // a closed class: what each user draws

	sessions []session // what callers keep; nil: nothing
}

// startSources schedules the first request of every class.
func (r *Run) startSources() {
	r.sources = make([]source, len(r.classes))
	for i := range r.sources {
		t, s := &r.model.Traffic[i], &r.sources[i]
		name := r.classes[i].key
		r.startSessions(i)
		if t.Users > 0 {
			r.startUsers(int32(i), t.Users, chance.Key(r.seed, 0, name, "users"))
			continue
		}
		s.key = chance.Key(r.seed, 0, name, "requests")
		s.pacer = t.Arrivals.Pacer.New(loadgen.Profile(t.Rate), chance.New(r.seed, 0, name, "arrivals"))
		r.scheduleArrival(int32(i))
	}
}

func (r *Run) startUsers(class int32, n int, key uint64) {
	s := &r.sources[class]
	s.users = make([]chance.Stream, n)
	for u := range s.users {
		s.users[u] = chance.Keyed(chance.Mix(key, uint64(u)))
		r.rest(class, uint64(u))
	}
}

func (r *Run) scheduleArrival(class int32) {
	if at := r.sources[class].pacer.Next(); at < r.until {
		r.at(at, arrival, uint64(class))
	}
}

// arrive brings a request of an open class, and schedules the next.
func (r *Run) arrive(class int32) {
	s := &r.sources[class]
	s.count++
	r.scheduleArrival(class)
	r.request(class, s.count, chance.Mix(s.key, s.count))
}

// rest lets a user think before the next request.
func (r *Run) rest(class int32, user uint64) {
	think := r.model.Traffic[class].Think.Draw(&r.sources[class].users[user])
	r.at(r.now.Add(nanoseconds(think)), thought, uint64(class)<<32|user)
}

// think ends a user's pause.
func (r *Run) think(class, user int32) {
	r.request(class, uint64(user), r.sources[class].users[user].Uint64())
}

// request sends one request of a class into the mesh. All that it meets by
// chance on its way derives from its key.
func (r *Run) request(class int32, waiter, key uint64) {
	c, t := &r.classes[class], &r.model.Traffic[class]
	client := int32(0)
	if t.Clients > 1 {
		client = int32(chance.Mix(key, uint64(forClient)) % uint64(t.Clients))
	}
	ref, root := r.call(c.edge, c.endpoint, c.first+client)
	root.key, root.origin, root.bytes = key, key, draw(&t.Request.Dist, key, forSize)
	root.waiter, root.class, root.root = waiter, class, true
	r.ask(ref, root)
}

// served is the end of a request from outside. A user of a closed loop rests.
func (r *Run) served(class int32, waiter uint64) {
	if r.sources[class].users != nil {
		r.rest(class, waiter)
	}
}

// draw takes one value for one purpose from the stream of a key.
func draw(d *chance.Dist, key uint64, p purpose) int64 {
	if c, ok := d.Const(); ok {
		return c
	}
	dice := chance.Keyed(chance.Mix(key, uint64(p)))
	return d.Draw(&dice)
}
