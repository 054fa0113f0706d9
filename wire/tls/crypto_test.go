package tls_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	cryptotls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/tls"
)

// side is one end of a connection in memory that never makes a writer wait, and
// counts the records that are written.
type side struct {
	net.Conn // nothing of it is used
	out      *queue
	in       *queue
}

type queue struct {
	mu      sync.Mutex
	filled  sync.Cond
	bytes   []byte
	parsed  []byte
	records []int // bytes of each, header included
	ended   bool
}

func pair() (client, server *side) {
	a, b := &queue{}, &queue{}
	a.filled.L, b.filled.L = &a.mu, &b.mu
	return &side{out: a, in: b}, &side{out: b, in: a}
}

func (s *side) Write(p []byte) (int, error) {
	q := s.out
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes = append(q.bytes, p...)
	q.parsed = append(q.parsed, p...)
	for len(q.parsed) >= 5 {
		n := 5 + int(binary.BigEndian.Uint16(q.parsed[3:]))
		if len(q.parsed) < n {
			break
		}
		q.records, q.parsed = append(q.records, n), q.parsed[n:]
	}
	q.filled.Signal()
	return len(p), nil
}

func (s *side) Read(p []byte) (int, error) {
	q := s.in
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.bytes) == 0 && !q.ended {
		q.filled.Wait()
	}
	if len(q.bytes) == 0 {
		return 0, net.ErrClosed
	}
	n := copy(p, q.bytes)
	q.bytes = q.bytes[n:]
	return n, nil
}

func (s *side) Close() error {
	s.out.mu.Lock()
	s.out.ended = true
	s.out.filled.Broadcast()
	s.out.mu.Unlock()
	return nil
}

// sent is the bytes and the number of records, and forgets them.
func (s *side) sent() (bytes, records int) {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	for _, n := range s.out.records {
		bytes += n
	}
	records, s.out.records = len(s.out.records), nil
	return bytes, records
}

// workload makes a certificate as a mesh does: a SPIFFE name, hours to live,
// and an authority whose key is of the same kind.
func workload(t testing.TB, kind string) (cryptotls.Certificate, *x509.CertPool) {
	t.Helper()
	authority, own := signer(t, kind), signer(t, kind)
	serial := new(big.Int).SetBytes([]byte("\x7f0123456789abcd"))
	from, until := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	root := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{Organization: []string{"cluster.local"}},
		NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, root, root, authority.Public(), authority)
	fatal(t, err)
	root, err = x509.ParseCertificate(der)
	fatal(t, err)
	name := &url.URL{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/default/sa/payments"}
	leaf := &x509.Certificate{SerialNumber: serial, NotBefore: from, NotAfter: until, BasicConstraintsValid: true, URIs: []*url.URL{name},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err = x509.CreateCertificate(rand.Reader, leaf, root, own.Public(), authority)
	fatal(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return cryptotls.Certificate{Certificate: [][]byte{der}, PrivateKey: own}, pool
}

func signer(t testing.TB, kind string) (key crypto.Signer) {
	t.Helper()
	var err error
	switch kind {
	case "rsa-2048":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ecdsa-p256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ecdsa-p384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	default:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	fatal(t, err)
	return key
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// twins are settings, and the same for crypto/tls.
type twins struct {
	ours           tls.Settings
	client, server *cryptotls.Config
}

func newTwins(t testing.TB, version, kind string, mutual bool) *twins {
	t.Helper()
	w := &twins{}
	w.ours.SetDefaults()
	w.ours.Stack, w.ours.Version, w.ours.Key, w.ours.Mutual, w.ours.ServerName, w.ours.Groups = "go", version, kind, mutual, "payments", 1
	newest := uint16(cryptotls.VersionTLS13)
	if version == "1.2" {
		newest = cryptotls.VersionTLS12
	}
	certificate, pool := workload(t, kind)
	w.ours.Certificates = []unit.Size{unit.Size(len(certificate.Certificate[0]))}
	w.client = &cryptotls.Config{ServerName: "payments", InsecureSkipVerify: true, MaxVersion: newest, NextProtos: []string{"h2"},
		CurvePreferences: []cryptotls.CurveID{cryptotls.X25519}, ClientSessionCache: cryptotls.NewLRUClientSessionCache(1), DynamicRecordSizingDisabled: true}
	w.server = &cryptotls.Config{Certificates: []cryptotls.Certificate{certificate}, NextProtos: []string{"h2"}, DynamicRecordSizingDisabled: true}
	if mutual {
		w.client.Certificates, w.server.ClientAuth, w.server.ClientCAs = w.server.Certificates, cryptotls.RequireAndVerifyClientCert, pool
	}
	return w
}

// meet lets both shake hands and gives what each sent; then the client has read
// the tickets too.
func (w *twins) meet(t testing.TB) (client, server *side, c *cryptotls.Conn) {
	t.Helper()
	client, server = pair()
	c = cryptotls.Client(client, w.client)
	s := cryptotls.Server(server, w.server)
	done := make(chan error, 1)
	go func() { done <- s.Handshake() }()
	fatal(t, c.Handshake())
	fatal(t, <-done)
	return client, server, c
}

// readTickets lets the client read what came after the handshake.
func readTickets(t testing.TB, server *side, c *cryptotls.Conn) {
	t.Helper()
	_ = server.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Fatal("something to read")
	}
}

// TestAgainstCryptoTLS shakes hands with Go's own TLS and compares what both
// sides wrote, to the byte, and the records. Signatures of ECDSA vary: two bytes
// each way for every one of a side. With mutual, its tickets hold certificates,
// so their size is taken from what was seen, and the rest compared.
func TestAgainstCryptoTLS(t *testing.T) {
	for _, version := range []string{"1.2", "1.3"} {
		for _, key := range []string{"ed25519", "rsa-2048", "ecdsa-p256"} {
			for mutual := range 2 {
				w := newTwins(t, version, key, mutual == 1)
				slack := 0
				if key == "ecdsa-p256" {
					slack = 2
				}
				for _, kind := range []tls.Kind{tls.Full, tls.Resumed} {
					w.compare(t, kind, slack)
				}
			}
		}
	}
}

func (w *twins) compare(t *testing.T, kind tls.Kind, slack int) {
	t.Helper()
	client, server, c := w.meet(t)
	if resumed := c.ConnectionState().DidResume; resumed != (kind == tls.Resumed) {
		t.Fatalf("%s %s: resumed %v", w.ours.Version, w.ours.Key, resumed)
	}
	var bytes, records [2]int
	bytes[tls.Client], records[tls.Client] = client.sent()
	bytes[tls.Server], records[tls.Server] = server.sent()
	readTickets(t, server, c)
	h := w.ours.Handshake(kind)
	if w.ours.Mutual && kind == tls.Full {
		size := unit.Size(message(h, tls.Server, "NewSessionTicket"))
		own := map[string]unit.Size{"1.2": 123, "1.3": 105}[w.ours.Version]
		seen := unit.Size(bytes[tls.Server]-h.Bytes[tls.Server]) + own
		t.Logf("%s %s: a ticket of %d bytes, in a message of %d without", w.ours.Version, w.ours.Key, seen, size-own)
		w.ours.Ticket = &seen
		h = w.ours.Handshake(kind)
		slack += 2
	}
	for _, side := range []tls.Side{tls.Client, tls.Server} {
		if off := bytes[side] - h.Bytes[side]; off > slack || off < -slack || records[side] != h.Records[side] {
			t.Errorf("%s %s mutual %v kind %d, side %d: %d bytes in %d records, want %d in %d", w.ours.Version, w.ours.Key, w.ours.Mutual, kind, side,
				h.Bytes[side], h.Records[side], bytes[side], records[side])
		}
	}
}

// TestTicketRefused: the server got new keys for its tickets, and the client's is of no
// use: both do all the work, and the hello carried a ticket in vain.
func TestTicketRefused(t *testing.T) {
	for _, version := range []string{"1.2", "1.3"} {
		w := newTwins(t, version, "ed25519", false)
		w.server.SetSessionTicketKeys([][32]byte{{1}})
		w.compare(t, tls.Full, 0)
		w.server.SetSessionTicketKeys([][32]byte{{2}})
		w.compare(t, tls.Refused, 0)
	}
}

// TestGroups: a wrong guess costs a HelloRetryRequest; a key exchange that
// withstands quantum computers costs its bytes.
func TestGroups(t *testing.T) {
	w := newTwins(t, "1.3", "ed25519", false)
	w.client.CurvePreferences = []cryptotls.CurveID{cryptotls.X25519, cryptotls.CurveP256}
	w.server.CurvePreferences = []cryptotls.CurveID{cryptotls.CurveP256}
	w.ours.Group, w.ours.Groups = "p256", 2
	w.compare(t, tls.Retried, 0)

	w = newTwins(t, "1.3", "ed25519", false)
	w.client.CurvePreferences = nil
	w.ours.Group, w.ours.Groups = "x25519mlkem768", 0
	w.compare(t, tls.Full, 0)
}

// TestRecordsAgainstCryptoTLS writes messages of many lengths and compares the
// bytes on the wire.
func TestRecordsAgainstCryptoTLS(t *testing.T) {
	for _, version := range []string{"1.2", "1.3"} {
		w := newTwins(t, version, "ed25519", false)
		client, _, c := w.meet(t)
		client.sent()
		r := w.ours.Records()
		for _, n := range []int{1, 100, 1024, 16383, 16384, 16385, 32768, 100_000} {
			_, err := c.Write(make([]byte, n))
			fatal(t, err)
			bytes, records := client.sent()
			if int64(bytes) != r.Wire(int64(n)) || int64(records) != r.Count(int64(n)) {
				t.Errorf("TLS %s, %d bytes: %d in %d records, want %d in %d", version, n, r.Wire(int64(n)), r.Count(int64(n)), bytes, records)
			}
		}
	}
}

// TestCertificates holds the usual sizes to certificates made here.
func TestCertificates(t *testing.T) {
	for _, key := range []string{"rsa-2048", "ecdsa-p256", "ecdsa-p384", "ed25519"} {
		certificate, _ := workload(t, key)
		h := settings(func(s *tls.Settings) { s.Key = key }).Handshake(tls.Full)
		got, want := message(h, tls.Server, "Certificate")-13, len(certificate.Certificate[0])
		if got < want-6 || got > want+6 {
			t.Errorf("%s: %d bytes, want about %d", key, got, want)
		}
	}
}
