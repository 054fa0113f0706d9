package tls_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/tls"
)

// TestRecords: RFC 8446 5.1 and 5.2 (5 + 1 + 16), RFC 5288 (5 + 8 + 16), RFC
// 7905 (5 + 16); a record holds 16 KiB at most.
func TestRecords(t *testing.T) {
	for _, c := range []struct {
		version, cipher string
		bytes, count    int64
		wire            int64
	}{
		{"1.3", "aes-128-gcm", 0, 0, 0},
		{"1.3", "aes-128-gcm", 1, 1, 1 + 22},
		{"1.3", "aes-256-gcm", 1024, 1, 1024 + 22},
		{"1.3", "chacha20-poly1305", 16384, 1, 16384 + 22},
		{"1.3", "aes-128-gcm", 16385, 2, 16385 + 2*22},
		{"1.2", "aes-128-gcm", 1024, 1, 1024 + 29},
		{"1.2", "chacha20-poly1305", 1024, 1, 1024 + 21},
		{"1.2", "aes-128-gcm", 1 << 20, 64, 1<<20 + 64*29},
	} {
		r := settings(func(s *tls.Settings) { s.Version, s.Cipher = c.version, c.cipher }).Records()
		if got, n := r.Wire(c.bytes), r.Count(c.bytes); got != c.wire || n != c.count {
			t.Errorf("%s %s, %d bytes: %d in %d records, want %d in %d", c.version, c.cipher, c.bytes, got, n, c.wire, c.count)
		}
	}
}

// TestRecordsCost: 1 MiB is 64 records of 330 ns, and 1,024 KiB of 228 ns.
func TestRecordsCost(t *testing.T) {
	r := settings(nil).Records()
	if got, want := r.CPU(1<<20), unit.Duration(64*330+1024*228); got != want {
		t.Errorf("1 MiB takes %s, want %s", got, want)
	}
	half := unit.Duration(500)
	r = settings(func(s *tls.Settings) { s.PerRecord, s.PerKiB = &half, &half }).Records()
	if got := r.CPU(512); got != 750 {
		t.Errorf("512 bytes take %s, want 750ns", got)
	}
}

func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*tls.Settings){
		"false_start is of TLS 1.2: in 1.3 the request always goes with Finished": func(s *tls.Settings) { s.FalseStart = true },
		"group x25519mlkem768 needs TLS 1.3":                                      func(s *tls.Settings) { s.Version, s.Group = "1.2", "x25519mlkem768" },
		"early_data needs TLS 1.3":                                                func(s *tls.Settings) { s.Version, s.EarlyData = "1.2", true },
		"a protocol of alpn has 1 to 255 characters (RFC 7301)":                   func(s *tls.Settings) { s.ALPN = []string{""} },
	} {
		if err := settings(change).Check(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := settings(nil).Check(); err != nil {
		t.Error(err)
	}
}

func BenchmarkRecords(b *testing.B) {
	r := settings(nil).Records()
	sum := int64(0)
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		sum += r.Wire(i&0xfffff) + int64(r.CPU(i&0xfffff))
	}
	if sum == 0 {
		b.Fatal("nothing")
	}
}

func BenchmarkHandshake(b *testing.B) {
	s := settings(func(s *tls.Settings) { s.Mutual = true })
	b.ReportAllocs()
	for b.Loop() {
		if h := s.Handshake(tls.Full); h.BeforeAnswer != 2 {
			b.Fatal("round trips")
		}
	}
}

// BenchmarkCryptoTLS is a whole handshake of Go's own, both sides: what the
// settings' CPU times are to be compared with.
func BenchmarkCryptoTLS(b *testing.B) {
	for _, key := range []string{"rsa-2048", "ecdsa-p256"} {
		b.Run(key, func(b *testing.B) {
			w := newTwins(b, "1.3", key, false)
			w.client.ClientSessionCache = nil
			for b.Loop() {
				w.meet(b)
			}
		})
	}
}
