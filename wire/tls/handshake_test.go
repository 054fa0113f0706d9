package tls_test

import (
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/tls"
)

func settings(change func(*tls.Settings)) *tls.Settings {
	s := &tls.Settings{}
	s.SetDefaults()
	if change != nil {
		change(s)
	}
	return s
}

// TestRoundTrips are those of RFC 8446 section 2, RFC 5246 7.3 and RFC 7918,
// counted after TCP's own: before the first byte of the request, and before the
// first of the answer.
func TestRoundTrips(t *testing.T) {
	for _, c := range []struct {
		name            string
		version         string
		kind            tls.Kind
		falseStart      bool
		request, answer int
	}{
		{"1.3", "1.3", tls.Full, false, 1, 2},
		{"1.3 resumed", "1.3", tls.Resumed, false, 1, 2},
		{"1.3 0-RTT", "1.3", tls.Early, false, 0, 1},
		{"1.3 0-RTT refused", "1.3", tls.EarlyRefused, false, 1, 2},
		{"1.3 ticket refused", "1.3", tls.Refused, false, 1, 2},
		{"1.2 ticket refused", "1.2", tls.Refused, false, 2, 3},
		{"1.3 wrong group", "1.3", tls.Retried, false, 2, 3},
		{"1.2", "1.2", tls.Full, false, 2, 3},
		{"1.2 resumed", "1.2", tls.Resumed, false, 1, 2},
		{"1.2 false start", "1.2", tls.Full, true, 1, 2},
		{"1.2 has no 0-RTT", "1.2", tls.Early, false, 1, 2},
	} {
		for _, mutual := range []bool{false, true} {
			s := settings(func(s *tls.Settings) { s.Version, s.FalseStart, s.Mutual = c.version, c.falseStart, mutual })
			h := s.Handshake(c.kind)
			if h.BeforeRequest != c.request || h.BeforeAnswer != c.answer {
				t.Errorf("%s, mutual %v: %d and %d round trips, want %d and %d", c.name, mutual, h.BeforeRequest, h.BeforeAnswer, c.request, c.answer)
			}
		}
	}
}

// message finds one of a handshake.
func message(h tls.Handshake, from tls.Side, name string) int {
	for _, f := range h.Flights {
		for _, m := range f.Messages {
			if f.From == from && m.Name == name {
				return m.Bytes
			}
		}
	}
	return -1
}

// TestArithmetic writes one handshake out: TLS 1.3, mutual, BoringSSL, a chain
// of a leaf of 900 bytes and an intermediate of 1,100, RSA with 2048 bits.
func TestArithmetic(t *testing.T) {
	h := settings(func(s *tls.Settings) {
		s.Mutual, s.ServerName = true, "payments"
		s.Certificates = []unit.Size{900, 1100}
		s.ClientCertificates = []unit.Size{850}
	}).Handshake(tls.Full)
	extensions := 17 + 4 + 5 + 10 + 6 + 4 + 9 + 24 + 42 + 6 + 9 // SNI, EMS, renegotiation, 2 groups, points, ticket, h2, 9 schemes, share, modes, 2 versions
	for _, c := range []struct {
		from tls.Side
		name string
		want int
	}{
		{tls.Client, "ClientHello", 4 + 2 + 32 + 33 + 2 + 2*9 + 2 + 2 + extensions},
		{tls.Server, "ServerHello", 4 + 2 + 32 + 33 + 2 + 1 + 2 + 6 + 40},
		{tls.Server, "EncryptedExtensions", 4 + 2 + 9},
		{tls.Server, "CertificateRequest", 4 + 1 + 2 + 24 + 4 + 2 + 2 + 26},
		{tls.Server, "Certificate", 4 + 1 + 3 + (3 + 900 + 2) + (3 + 1100 + 2)},
		{tls.Server, "CertificateVerify", 4 + 2 + 2 + 256},
		{tls.Server, "Finished", 4 + 32},
		{tls.Client, "Certificate", 4 + 1 + 3 + (3 + 850 + 2)},
		{tls.Client, "CertificateVerify", 4 + 2 + 2 + 256},
		{tls.Server, "NewSessionTicket", 4 + 4 + 4 + 1 + 1 + 2 + 208 + 2},
	} {
		if got := message(h, c.from, c.name); got != c.want {
			t.Errorf("%s of side %d: %d bytes, want %d", c.name, c.from, got, c.want)
		}
	}
	const around = 5 + 1 + 16
	client := 5 + 231 + 6 + around + 863 + 264 + 36
	server := 5 + 122 + 6 + around + 15 + 65 + 2018 + 264 + 36 + around + 2*226
	if h.Bytes != [2]int{client, server} || h.Records != [2]int{3, 4} {
		t.Errorf("%v bytes in %v records, want %v in [3 4]", h.Bytes, h.Records, [2]int{client, server})
	}
}

// TestOpenSSL holds sizes to what `openssl s_client -msg` showed of OpenSSL
// 3.0.19 with a key of Ed25519 and the names of this test.
func TestOpenSSL(t *testing.T) {
	openssl := func(version string) *tls.Settings {
		return settings(func(s *tls.Settings) {
			s.Stack, s.Version, s.ServerName, s.Key, s.Cipher = "openssl", version, "payments", "ed25519", "aes-256-gcm"
			s.Certificates = []unit.Size{318}
		})
	}
	h := openssl("1.3").Handshake(tls.Full)
	for name, want := range map[string]int{"ServerHello": 0x7a, "EncryptedExtensions": 0x0f, "Certificate": 0x14b,
		"CertificateVerify": 0x48, "Finished": 0x34, "NewSessionTicket": 0xe9} {
		if got := message(h, tls.Server, name); got != want {
			t.Errorf("TLS 1.3, %s: %d bytes, want %d", name, got, want)
		}
	}
	if got := message(h, tls.Client, "ClientHello"); got != 318 {
		t.Errorf("TLS 1.3, ClientHello: %d bytes, want 318", got)
	}
	h = openssl("1.2").Handshake(tls.Full)
	for name, want := range map[string]int{"ServerHello": 0x4a, "Certificate": 0x148, "ServerKeyExchange": 0x6c,
		"ServerHelloDone": 4, "NewSessionTicket": 0xba, "Finished": 0x10} {
		if got := message(h, tls.Server, name); got != want {
			t.Errorf("TLS 1.2, %s: %d bytes, want %d", name, got, want)
		}
	}
	if got := message(h, tls.Client, "ClientHello"); got != 0xd1 {
		t.Errorf("TLS 1.2, ClientHello: %d bytes, want %d", got, 0xd1)
	}
}

// TestOpenSSLEarly is what `openssl s_client -early_data` showed: tickets of 32
// bytes, for such a server remembers them. ChangeCipherSpec goes right behind the
// hello.
func TestOpenSSLEarly(t *testing.T) {
	ticket := unit.Size(32)
	s := settings(func(s *tls.Settings) {
		s.Stack, s.ServerName, s.Key, s.Cipher, s.Ticket, s.EarlyData = "openssl", "payments", "ed25519", "aes-256-gcm", &ticket, true
	})
	h := s.Handshake(tls.Early)
	var got []tls.Message
	for _, f := range h.Flights {
		got = append(got, f.Messages...)
	}
	want := []tls.Message{{Name: "ClientHello", Bytes: 0x1a1}, {Name: "ChangeCipherSpec", Bytes: 1},
		{Name: "ServerHello", Bytes: 0x80}, {Name: "ChangeCipherSpec", Bytes: 1}, {Name: "EncryptedExtensions", Bytes: 0x13, Sealed: true}, {Name: "Finished", Bytes: 0x34, Sealed: true},
		{Name: "EndOfEarlyData", Bytes: 4, Sealed: true}, {Name: "Finished", Bytes: 0x34, Sealed: true}, {Name: "NewSessionTicket", Bytes: 0x41, Sealed: true}}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestEarly: 0-RTT is the resumed handshake, its hello 4 bytes longer and
// EndOfEarlyData (4 bytes, sealed with Finished) after it; ChangeCipherSpec only
// moves. Refused, the hello is as long, and nothing else is.
func TestEarly(t *testing.T) {
	s := settings(nil)
	resumed, early, refused := s.Handshake(tls.Resumed), s.Handshake(tls.Early), s.Handshake(tls.EarlyRefused)
	if got := early.Bytes[tls.Client] - resumed.Bytes[tls.Client]; got != 4+4 {
		t.Errorf("0-RTT: %d bytes more, want 8", got)
	}
	if got := early.Bytes[tls.Server] - resumed.Bytes[tls.Server]; got != 4 {
		t.Errorf("0-RTT: the server sends %d bytes more, want 4: early_data in EncryptedExtensions", got)
	}
	if got := refused.Bytes[tls.Client] - resumed.Bytes[tls.Client]; got != 4 {
		t.Errorf("0-RTT refused: %d bytes more, want 4", got)
	}
	if got := refused.Bytes[tls.Server] - resumed.Bytes[tls.Server]; got != 0 {
		t.Errorf("0-RTT refused: the server sends %d bytes more, want none", got)
	}
}

// TestKeysCost: ECDSA against RSA, as everyone should know it: far cheaper for
// who signs, dearer for who verifies, and 766 bytes less.
func TestKeysCost(t *testing.T) {
	of := func(key string) tls.Handshake {
		return settings(func(s *tls.Settings) { s.Key = key }).Handshake(tls.Full)
	}
	rsa, ecdsa := of("rsa-2048"), of("ecdsa-p256")
	if got, want := rsa.CPU[tls.Server], (125+63+260)*unit.Microsecond; got != want {
		t.Errorf("RSA: the server works %s, want %s", got, want)
	}
	if got, want := rsa.CPU[tls.Client], (125+63+2*18)*unit.Microsecond; got != want {
		t.Errorf("RSA: the client works %s, want %s", got, want)
	}
	if got, want := ecdsa.CPU, [2]unit.Duration{(125 + 63 + 2*61) * unit.Microsecond, (125 + 63 + 21) * unit.Microsecond}; got != want {
		t.Errorf("ECDSA: %v, want %v", got, want)
	}
	if got, want := rsa.Bytes[tls.Server]-ecdsa.Bytes[tls.Server], 837-441+256-71; got != want {
		t.Errorf("RSA: %d bytes more, want %d", got, want)
	}
	resumed := settings(func(s *tls.Settings) { s.Mutual = true }).Handshake(tls.Resumed)
	if want := (125 + 63) * unit.Microsecond; resumed.CPU != [2]unit.Duration{want, want} {
		t.Errorf("resumed: %v, want %s each", resumed.CPU, want)
	}
	short := settings(func(s *tls.Settings) { s.Version = "1.2" }).Handshake(tls.Resumed)
	if want := 125 * unit.Microsecond; short.CPU != [2]unit.Duration{want, want} {
		t.Errorf("TLS 1.2 resumed: %v, want %s each: no key exchange", short.CPU, want)
	}
}

// TestSums adds up every handshake that the settings can ask for.
func TestSums(t *testing.T) {
	for _, stack := range []string{"boringssl", "go", "openssl"} {
		for _, version := range []string{"1.2", "1.3"} {
			for mutual := range 2 {
				for kind := tls.Full; kind <= tls.Retried; kind++ {
					s := settings(func(s *tls.Settings) { s.Stack, s.Version, s.Mutual = stack, version, mutual == 1 })
					checkSums(t, s, s.Handshake(kind))
				}
			}
		}
	}
}

func checkSums(t *testing.T, s *tls.Settings, h tls.Handshake) {
	t.Helper()
	var bytes, records [2]int
	seal := int(s.Records().Seal)
	for i, f := range h.Flights {
		if i > 0 && f.From == h.Flights[i-1].From {
			t.Errorf("%s %s kind %d: flight %d follows one of the same side", s.Stack, s.Version, h.Kind, i)
		}
		inside, sealed := 0, 0
		for _, m := range f.Messages {
			inside += m.Bytes
			if m.Sealed {
				sealed++
			}
		}
		sealedRecords := sealed
		if s.Stack == "boringssl" {
			sealedRecords = min(1, sealed)
		}
		if want := inside + f.Records*tls.RecordHeader + sealedRecords*seal; f.Bytes != want {
			t.Errorf("%s %s kind %d: flight %d has %d bytes, want %d", s.Stack, s.Version, h.Kind, i, f.Bytes, want)
		}
		bytes[f.From] += f.Bytes
		records[f.From] += f.Records
	}
	if bytes != h.Bytes || records != h.Records {
		t.Errorf("%s %s kind %d: %v bytes and %v records, want %v and %v", s.Stack, s.Version, h.Kind, h.Bytes, h.Records, bytes, records)
	}
	if !slices.ContainsFunc(h.Flights, func(f tls.Flight) bool { return f.From == tls.Client }) || h.CPU[0] <= 0 || h.CPU[1] <= 0 {
		t.Errorf("%s %s kind %d: something is missing", s.Stack, s.Version, h.Kind)
	}
}
