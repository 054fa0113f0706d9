package capture

import "net/netip"

// Service is what answers at one address and port.
type Service struct {
	At          netip.AddrPort
	Protocol    Protocol
	TLS         bool // sizes are those of the records
	Connections int
	Requests    int
	Request     Sample             // bytes
	Response    Sample             // bytes
	Answer      Sample             // nanoseconds from the end of a request to the beginning of its response
	Gaps        Sample             // nanoseconds between requests
	Callers     map[netip.Addr]int // requests of each; of at most 4096
	First, Last int64              // request
}

// Protocol is what the bytes of a connection look like.
type Protocol string

// The protocols that are told apart.
const (
	TCP   Protocol = "tcp"
	HTTP1 Protocol = "http1"
	HTTP2 Protocol = "http2"
	GRPC  Protocol = "grpc"
)

const mostCallers = 4096

// arrival counts a request that begins.
func (s *Service) arrival(at int64, caller netip.Addr) {
	if s.Requests > 0 {
		s.Gaps.Add(float64(max(at-s.Last, 0)))
	} else {
		s.First = at
	}
	s.Last = max(s.Last, at)
	s.Requests++
	if _, known := s.Callers[caller]; known || len(s.Callers) < mostCallers {
		s.Callers[caller]++
	}
}
