package policy

import (
	"errors"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// StatefulSession keeps a caller with the host that it was sent to before, for
// as long as that is in: the answer carries the host's address in a cookie or in
// a header, the next request brings it back, and its first attempt goes there
// past the balancer. A retry goes where the balancer says. Envoy's
// stateful_session filter (stateful_session.cc, cookie.cc, header.h), gRPC's A55,
// and with refresh the lb_cookie of AWS ALB.
type StatefulSession struct {
	Cookie  *SessionCookie `yaml:"cookie" doc:"the host is kept in a cookie"`
	Header  string         `yaml:"header" pattern:"^[0-9A-Za-z][0-9A-Za-z_.-]*$" doc:"the host is kept in a header of this name"`
	Strict  bool           `yaml:"strict" doc:"503 when the host is gone or out, where the balancer would choose another"`
	Refresh bool           `yaml:"refresh" doc:"every answer gives the cookie or header anew, so that its ttl begins again, as ALB does; Envoy gives it when the host is another one"`
}

// Check holds s to one carrier.
func (s *StatefulSession) Check() error {
	if (s.Cookie == nil) == (s.Header == "") {
		return errors.New("stateful_session is exactly one of cookie, header")
	}
	return nil
}

// SessionCookie is the cookie of a session.
type SessionCookie struct {
	Name string         `yaml:"name" required:"true" pattern:"^[!-:<>-~]+$" doc:"its name"`
	Path string         `yaml:"path" pattern:"^/[!-~]*$" doc:"requests for other paths have no session; every path when left out"`
	TTL  *unit.Duration `yaml:"ttl" doc:"for how long it holds, in whole seconds; as long as the caller stays when left out"`
}

// Short names the key that a bare text sets: `cookie: session`.
func (*SessionCookie) Short() string { return "name" }

// Carrier is the name of the request header that brings a session back.
func (s *StatefulSession) Carrier() string {
	if s.Cookie != nil {
		return "cookie"
	}
	return s.Header
}

// TTL is for how long a caller keeps what it was given; 0 is for ever.
func (s *StatefulSession) TTL() time.Duration {
	if s.Cookie == nil || s.Cookie.TTL == nil {
		return 0
	}
	return s.Cookie.TTL.Std().Truncate(time.Second)
}

// Check holds c to a time that can be told in seconds.
func (c *SessionCookie) Check() error {
	if c.TTL != nil && c.TTL.Std() < time.Second {
		return errors.New("ttl is in whole seconds, 1s or more; leave it out for as long as the caller stays")
	}
	return nil
}

// covers says whether requests for a path have sessions. A path that ends in a
// slash is one of what lies below it, any other is one of itself too (cookie.cc).
func (c *SessionCookie) covers(path string) bool {
	own := c.Path
	if own == "" || own == "/" {
		return true
	}
	if len(path) < len(own) || path[:len(own)] != own {
		return false
	}
	return own[len(own)-1] == '/' || len(path) == len(own) || path[len(own)] == '/' || path[len(own)] == '?' || path[len(own)] == '#'
}

// What a request says of its session, where it does not name a host.
const (
	noSession   int32 = -1 // nothing
	lostSession int32 = -2 // the address of no host here
	sessionless int32 = -3 // it is for a path without sessions
)

// affinity is what an upstream needs to keep sessions.
type affinity struct {
	settings  *StatefulSession
	plain     bool // addresses are not wrapped, as gRPC has it
	status    hostStatuses
	endpoints []Endpoint
	byAddress []int32 // hosts in the order of their addresses
	buffer    []byte
	address   []byte
}

// hostStatuses is a set of conditions that a host may be in.
type hostStatuses uint8

const (
	hostHealthy hostStatuses = 1 << iota
	hostDegraded
	hostUnhealthy
)

func (h *Host) status() hostStatuses {
	switch {
	case h.healthy():
		return hostHealthy
	case h.degraded():
		return hostDegraded
	}
	return hostUnhealthy
}

// newAffinity is what a plan with sessions needs; nil without.
func newAffinity(plan *Plan, endpoints []Endpoint) *affinity {
	if plan.Session == nil {
		return nil
	}
	a := &affinity{settings: plan.Session, plain: plan.Dialect == "grpc", endpoints: endpoints, status: hostHealthy | hostDegraded}
	if c := plan.CommonLB; c != nil && len(c.OverrideHostStatus) > 0 {
		a.status = 0
		for _, name := range c.OverrideHostStatus {
			a.status |= map[string]hostStatuses{"healthy": hostHealthy, "degraded": hostDegraded, "unhealthy": hostUnhealthy}[name]
		}
	}
	return a
}

// session is the host that a request was sent to before.
func (u *Upstream) session(now mesh.Time, q Request) int32 {
	switch a := u.affinity; {
	case a == nil || q == nil:
		return noSession
	case a.settings.Cookie != nil && !a.settings.Cookie.covers(q.Path()):
		return sessionless
	default:
		return a.read(now, q)
	}
}

// StatefulSession is how the upstream keeps sessions; nil when it keeps none.
func (u *Upstream) StatefulSession() *StatefulSession { return u.plan.Session }

// kept is the host of a session if its first attempt may go there; -1 for any
// other. Whether nobody else may be asked says strict (host_utility.cc,
// selectOverrideHost).
func (u *Upstream) kept(ask *Ask) (host int, strict bool) {
	if ask.Attempt > 1 || ask.Session == noSession || ask.Session == sessionless {
		return -1, false
	}
	if ask.Session >= 0 {
		if h := &u.set.Hosts[ask.Session]; h.member() && !h.Shut && h.status()&u.affinity.status != 0 {
			return int(ask.Session), true
		}
	}
	return -1, u.affinity.settings.Strict
}

// Session says which host the answer gives the caller to come back with, and
// whether it gives one: when the host asked last is not the one that the request
// came with. It holds until the call begins anew.
func (c *Call) Session() (host int32, given bool) {
	a := c.route.up.affinity
	if a == nil || c.session == sessionless || c.try.host < 0 {
		return -1, false
	}
	return c.try.host, a.settings.Refresh || c.session != c.try.host
}
