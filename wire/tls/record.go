package tls

import "github.com/meshdyno/meshdyno/unit"

const (
	// RecordHeader is type, version and length (RFC 8446 5.1, RFC 5246 6.2.1).
	RecordHeader = 5
	// largestFragment is most bytes in a record (RFC 8446 5.1).
	largestFragment = 16 * 1024
)

// Records is what records cost. It is a value, and its methods do not allocate.
type Records struct {
	// Seal is what a record adds beside its header: the tag, and in TLS 1.3 the
	// true content type (RFC 8446 5.2), in 1.2 with AES-GCM half of the nonce.
	Seal int64
	// Fragment is most bytes in one record.
	Fragment          int64
	perRecord, perKiB int64
}

// Records are those of the settings.
func (s *Settings) Records() Records {
	c := s.cipher()
	r := Records{Seal: tag + int64(c.nonce), Fragment: int64(s.MaxFragment),
		perRecord: int64(orElse(s.PerRecord, c.perRecord)), perKiB: int64(orElse(s.PerKiB, c.perKiB))}
	if s.tls13() {
		r.Seal = tag + 1
	}
	if r.Fragment == 0 {
		r.Fragment = largestFragment
	}
	return r
}

// Count is how many records a write of n bytes makes.
func (r *Records) Count(n int64) int64 { return (n + r.Fragment - 1) / r.Fragment }

// Wire is how many bytes of TCP they are.
func (r *Records) Wire(n int64) int64 { return n + r.Count(n)*(RecordHeader+r.Seal) }

// CPU is the time to seal them, or to open them.
func (r *Records) CPU(n int64) unit.Duration {
	return unit.Duration(r.Count(n)*r.perRecord + (n*r.perKiB+512)/1024)
}
