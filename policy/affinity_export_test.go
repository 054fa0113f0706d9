package policy

import "github.com/meshdyno/meshdyno/mesh"

// SessionOf is the host that a request names: -1 none, -2 one that is not here,
// -3 when it has no sessions.
func (u *Upstream) SessionOf(now mesh.Time, q Request) int { return int(u.session(now, q)) }

// Limp makes a host degraded.
func (h *Host) Limp() { h.Health |= degradedCheck }
