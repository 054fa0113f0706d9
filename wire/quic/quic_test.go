package quic_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/quic"
	"github.com/meshdyno/meshdyno/wire/tls"
)

func settings() (*quic.Settings, *tls.Settings) {
	q, t := &quic.Settings{}, &tls.Settings{}
	q.SetDefaults()
	t.SetDefaults()
	t.Stack, t.Key = "boringssl", "ecdsa-p256"
	return q, t
}

// TestRoundTrips: RFC 9000 7 and RFC 9001 4; TCP with TLS 1.3 takes one more.
func TestRoundTrips(t *testing.T) {
	for _, c := range []struct {
		name            string
		kind            tls.Kind
		retry           bool
		key             string
		chain           []unit.Size
		request, answer int
	}{
		{"1-RTT", tls.Full, false, "ecdsa-p256", nil, 1, 2},
		{"0-RTT", tls.Early, false, "ecdsa-p256", nil, 0, 1},
		{"0-RTT refused", tls.EarlyRefused, false, "ecdsa-p256", nil, 1, 2},
		{"retry", tls.Full, true, "ecdsa-p256", nil, 2, 3},
		{"0-RTT after retry", tls.Early, true, "ecdsa-p256", nil, 1, 2},
		{"a chain above three times 1,200 bytes", tls.Full, false, "rsa-4096", []unit.Size{1800, 1800}, 2, 3},
		{"the same after retry: the address is known", tls.Full, true, "rsa-4096", []unit.Size{1800, 1800}, 2, 3},
	} {
		q, s := settings()
		s.Key, s.Certificates = c.key, c.chain
		if h := q.Open(s, c.kind, c.retry); h.BeforeRequest != c.request || h.BeforeAnswer != c.answer {
			t.Errorf("%s: %d and %d round trips, want %d and %d", c.name, h.BeforeRequest, h.BeforeAnswer, c.request, c.answer)
		}
	}
}

// TestOpening: the client's hello fits the 1,200 bytes that its datagram is
// filled up to, and so do the server's messages, 40 bytes of long header and 6 of
// CRYPTO frames around them; Finished and tickets follow alone.
func TestOpening(t *testing.T) {
	q, s := settings()
	h := q.Open(s, tls.Full, false)
	finished := (1 + 4 + 9 + 9 + 2 + 2 + 16) + 3 + 36
	tickets := 27 + (1 + 1 + 2) + 2*226
	if want := [2]int{1200 + finished, 1200 + tickets}; h.Bytes != want || h.Datagrams != [2]int{2, 2} {
		t.Errorf("%v bytes in %v datagrams, want %v in [2 2]", h.Bytes, h.Datagrams, want)
	}
}

// TestVarints are those of RFC 9000 16, table 4, at their edges.
func TestVarints(t *testing.T) {
	for n, want := range map[int64]int{0: 1, 63: 1, 64: 2, 16383: 2, 16384: 4, 1<<30 - 1: 4, 1 << 30: 8} {
		if got := quic.VarintBytes(n); got != want {
			t.Errorf("%d: %d bytes, want %d", n, got, want)
		}
	}
}

// TestStream: 1 KiB is one packet: 27 of header and tag, 1 + 1 + 2 of a frame
// without an offset. 10,000 bytes are nine.
func TestStream(t *testing.T) {
	q, _ := settings()
	if packets, n := q.Stream(0, 1024); packets != 1 || n != 1024+27+4 {
		t.Errorf("1 KiB: %d bytes in %d packets, want 1055 in 1", n, packets)
	}
	first, later := int64(1200-27-4), int64(1200-27-6)
	rest := 10_000 - first - 7*later
	if packets, n := q.Stream(0, 10_000); packets != 9 || n != 8*1200+27+6+rest {
		t.Errorf("10 kB: %d bytes in %d packets, want %d in 9", n, packets, 8*1200+27+6+rest)
	}
}

func TestHeldUp(t *testing.T) {
	for _, c := range []struct{ streams, packets, lost, tcp, quic int64 }{
		{10, 100, 0, 10, 1}, {10, 100, 95, 5, 1}, {10, 100, 99, 1, 1}, {1, 5, 2, 1, 1}, {10, 100, 100, 0, 0},
	} {
		if tcp, one := quic.HeldUp(c.streams, c.packets, c.lost); tcp != c.tcp || one != c.quic {
			t.Errorf("%+v: %d and %d", c, tcp, one)
		}
	}
}

func BenchmarkStream(b *testing.B) {
	q, _ := settings()
	b.ReportAllocs()
	for b.Loop() {
		if packets, _ := q.Stream(4, 10_000); packets != 9 {
			b.Fatal(packets)
		}
	}
}
