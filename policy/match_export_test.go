package policy

// Matching makes a match ready and asks it about requests.
type Matching struct {
	m *matcher
	q asked
}

// NewMatching compiles a match.
func NewMatching(m *Match) *Matching { return &Matching{m: m.compile()} }

// Meets says whether a request with this draw meets the match.
func (m *Matching) Meets(q Request, draw uint64) bool {
	m.q.Request, m.q.draw = q, draw
	return m.q.meets(m.m)
}
