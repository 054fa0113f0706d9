package tls

// stack is what an implementation sends that the RFCs leave to it. Counts that
// differ by version are those of TLS 1.2, then 1.3.
type stack struct {
	name        string
	suites      [2]int // offered
	groups      [2]int
	schemes     int    // of signatures, that either side accepts
	certSchemes int    // in signature_algorithms_cert (RFC 8446 4.2.3); 0: not sent
	versions    [2]int // in supported_versions; 0: not sent
	sundry      int    // bytes of the hello's other extensions, see each row
	points      int    // bytes of ec_point_formats
	sessionID   bool   // a session id in the hello of TLS 1.2, without a session
	tls12Reply  int    // bytes of extensions of its ServerHello in TLS 1.2, less ALPN's
	namesBack   bool   // says that it took the server name (RFC 6066 3)
	requestMore int    // bytes of CertificateRequest's further extensions
	packs       bool   // sealed handshake messages share records
	tickets     [2]int // of TLS 1.3: after a full handshake, after a resumed one
	renews      bool   // TLS 1.2: a new ticket with each resumption
	ticketEarly bool   // TLS 1.3: tickets come with the server's Finished, if no certificate is awaited
	nonce       int    // bytes in a ticket of TLS 1.3
	ticket      [2]int // bytes
}

// stacks: boringssl as Envoy sets it up, from the sources of both (ssl/
// extensions.cc, s3_both.cc, tls13_server.cc; Envoy source/common/tls/
// context_config_impl.cc), its tickets taken to be as large as OpenSSL's; go
// 1.26 and openssl 3.0.19 as seen on the wire.
var stacks = []stack{
	{name: "boringssl", suites: [2]int{6, 9}, groups: [2]int{2, 2}, schemes: 9, versions: [2]int{0, 2},
		sundry: 4 + 5, // extended_master_secret, renegotiation_info
		points: 6, tls12Reply: 4 + 5 + 6 + 4, packs: true, tickets: [2]int{2, 2}, nonce: 1, ticket: [2]int{176, 208}},
	{name: "go", suites: [2]int{10, 13}, groups: [2]int{5, 7}, schemes: 10, certSchemes: 12, versions: [2]int{1, 2}, sessionID: true,
		sundry: 4 + 5 + 4 + 9, // and signed_certificate_timestamp, status_request
		points: 6, tls12Reply: 4 + 5 + 6 + 4, namesBack: true, tickets: [2]int{1, 1}, renews: true, ticketEarly: true,
		requestMore: 32, ticket: [2]int{123, 105}},
	{name: "openssl", suites: [2]int{28, 31}, groups: [2]int{5, 10}, schemes: 20, versions: [2]int{0, 4},
		sundry: 4 + 4, // encrypt_then_mac, extended_master_secret
		points: 8, tls12Reply: 4 + 5 + 8 + 4, tickets: [2]int{2, 1}, nonce: 8, ticket: [2]int{176, 208}},
}

func (s *Settings) stack() *stack {
	for i := range stacks {
		if stacks[i].name == s.Stack {
			return &stacks[i]
		}
	}
	return &stacks[0]
}

// at chooses by version.
func (s *Settings) at(counts [2]int) int {
	if s.tls13() {
		return counts[1]
	}
	return counts[0]
}

func (s *Settings) tls13() bool { return s.Version != "1.2" }
