package sim

import (
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// session is what a caller from outside keeps from one request to the next: the
// replica that the proxy told it to come back for, and when it did.
type session struct {
	host  int32 // none: -1
	given mesh.Time
}

// bySession sets apart the draw of a caller.
var bySession = chance.Name("session")

// startSessions gives a class its callers' memories, if they have any use.
func (r *Run) startSessions(class int) {
	t := &r.model.Traffic[class]
	n := max(t.Users, t.Sessions)
	if n == 0 || r.edges[r.classes[class].edge].policy.Session == nil {
		return
	}
	r.sources[class].sessions = make([]session, n)
	for i := range r.sources[class].sessions {
		r.sources[class].sessions[i].host = none
	}
}

// session is that of the caller of a request from outside; nil when it keeps none.
func (r *Run) session(c *call) *session {
	if !c.root {
		return nil
	}
	s := r.sources[c.class].sessions
	switch {
	case len(s) == 0:
		return nil
	case r.sources[c.class].users != nil:
		return &s[c.waiter]
	}
	return &s[chance.Mix(c.key, bySession)%uint64(len(s))]
}

// remember keeps what an answer gave its caller.
func (r *Run) remember(c *call) {
	if s := r.session(c); s != nil {
		if host, given := c.policy.Session(); given {
			*s = session{host, r.now}
		}
	}
}

// appendSession appends the header by which a caller brings its session back. It
// drops one whose time is over.
func (q *reading) appendSession(dst []byte, name string) ([]byte, bool) {
	s := q.run.session(q.call)
	if s == nil || s.host == none {
		return dst, false
	}
	kept := q.run.edges[q.call.edge].policy.Session
	if ttl := kept.TTL(); !strings.EqualFold(kept.Carrier(), name) || ttl > 0 && q.run.now >= s.given.Add(ttl) {
		return dst, false
	}
	return q.run.upstream(q.call).AppendSession(s.given, kept.AppendSessionRequest(dst, nil), s.host), true
}
