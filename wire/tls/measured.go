package tls

import "github.com/meshdyno/meshdyno/unit"

// The CPU times are those of `openssl speed`, OpenSSL 3.0.19, on one core of an
// AMD EPYC with AES and AVX-512, in 2026; ML-KEM's are of Go 1.26 on the same.

// usualOverhead: Go 1.26 took 466 us of CPU for both sides of a TLS 1.3 handshake
// with a key of P-256, the chain not verified. Two key exchanges, a signature and
// its verification are 208 us of them.
const usualOverhead = 125 * unit.Microsecond

// key is a kind of certificate.
type key struct {
	name         string
	signature    int // bytes; of ECDSA, whose length varies by two, the most frequent
	certificate  int // bytes of a workload's: a SPIFFE name, signed with a key of its kind
	sign, verify unit.Duration
}

var keys = []key{
	{"rsa-2048", 256, 837, 260 * unit.Microsecond, 18 * unit.Microsecond},
	{"rsa-3072", 384, 1093, 1847 * unit.Microsecond, 36 * unit.Microsecond},
	{"rsa-4096", 512, 1349, 5068 * unit.Microsecond, 63 * unit.Microsecond},
	{"ecdsa-p256", 71, 441, 21 * unit.Microsecond, 61 * unit.Microsecond},
	{"ecdsa-p384", 103, 504, 786 * unit.Microsecond, 644 * unit.Microsecond},
	{"ed25519", 64, 378, 37 * unit.Microsecond, 104 * unit.Microsecond},
}

// group is a way to agree upon a key.
type group struct {
	name           string
	client, server int           // bytes of each side's share
	also           int           // bytes of the share that the client sends beside it, if the server knows no other
	cpu            unit.Duration // of one side: make a pair, and derive
}

var groups = []group{
	{"x25519", 32, 32, 0, 63 * unit.Microsecond},
	{"p256", 65, 65, 0, 60 * unit.Microsecond},
	{"p384", 97, 97, 0, 1640 * unit.Microsecond},
	{"x25519mlkem768", 1184 + 32, 1088 + 32, 32, 163 * unit.Microsecond}, // FIPS 203, table 3
}

// cipher seals records.
type cipher struct {
	name              string
	hash              int // bytes of Finished in TLS 1.3
	nonce             int // bytes of it in each record of TLS 1.2
	perRecord, perKiB unit.Duration
}

const tag = 16 // of all of them

var ciphers = []cipher{
	{"aes-128-gcm", 32, 8, 330, 228}, // the nonce: RFC 5288 3
	{"aes-256-gcm", 48, 8, 330, 257},
	{"chacha20-poly1305", 32, 0, 330, 275}, // RFC 7905 2
}

// The settings hold one of the words of their enum; without one, the first row
// stands.

func (s *Settings) key() key {
	for _, k := range keys {
		if k.name == s.Key {
			return k
		}
	}
	return keys[0]
}

func (s *Settings) group() group {
	for _, g := range groups {
		if g.name == s.Group {
			return g
		}
	}
	return groups[0]
}

func (s *Settings) cipher() cipher {
	for _, c := range ciphers {
		if c.name == s.Cipher {
			return c
		}
	}
	return ciphers[0]
}
