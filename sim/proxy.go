package sim

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// hop is what one passage through a proxy costs.
type hop struct {
	workers           int
	request, response chance.Dist
	perKiB            int64
	connection        int64
	tls               handshake
}

// handshake is what the first message on a fresh connection pays for TLS.
type handshake struct {
	roundTrips int64
}

// newHop reads the settings. TLS 1.3 costs one round trip before the first
// byte of a request (RFC 8446, section 2), mutual or not.
func newHop(m *mesh.Mesh) hop {
	cost := m.Hop.Resolved()
	h := hop{workers: cost.Workers, request: cost.Request.Dist, response: cost.Response.Dist,
		perKiB: int64(cost.PerKiB), connection: int64(cost.Connection)}
	if m.TLS != "none" && m.TLS != "" {
		h.tls.roundTrips = 1
	}
	return h
}

// station is a proxy at work: a pool of worker threads that serve messages in
// the order of their coming. The time of a message's service is known when it
// comes, so its departure is too: the worker that is free first takes it
// (Kiefer and Wolfowitz 1955), and no waiting line need be kept.
type station struct {
	free []mesh.Time // when each worker has done all it was given
	busy int64       // worker time given out, ns
}

// departs gives a message to the station and returns when it leaves.
func (s *station) departs(now mesh.Time, cost int64) mesh.Time {
	depart, _ := s.serve(now, cost)
	return depart
}

// serve does so, and tells which worker has it.
func (s *station) serve(now mesh.Time, cost int64) (depart mesh.Time, worker int) {
	first, least := 0, s.free[0]
	for i, free := range s.free[1:] {
		if free < least {
			first, least = i+1, free // who it is cannot be foreseen: two moves, and no jump
		}
	}
	depart = max(least, now) + mesh.Time(cost)
	s.free[first] = depart
	s.busy += cost
	return depart, first
}

// ahead is the worker time given out that lies beyond now.
func (s *station) ahead(now mesh.Time) (sum int64) {
	for _, free := range s.free {
		sum += int64(max(0, free-now))
	}
	return sum
}

// carry is the CPU time of one message.
func (h *hop) carry(fixed *chance.Dist, bytes int64, key uint64, p purpose) int64 {
	return draw(fixed, key, p) + h.perKiB*bytes>>10
}
