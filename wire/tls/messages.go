package tls

import "github.com/meshdyno/meshdyno/unit"

// The sizes of handshake messages, header included (RFC 8446 4: type, and
// length in three bytes), and of extensions, type and length included (4.2).
const (
	header    = 4
	extension = 4
	random    = 32
	sessionID = 32
)

// sizes computes the messages of one handshake.
type sizes struct {
	*Settings
	stack  *stack
	key    key
	group  group
	cipher cipher
	ticket int
	kind   Kind
}

func (s *Settings) sizes(kind Kind) sizes {
	z := sizes{s, s.stack(), s.key(), s.group(), s.cipher(), 0, kind}
	z.ticket = int(orElse(s.Ticket, unit.Size(s.at(z.stack.ticket))))
	return z
}

// clientHello is that of RFC 8446 4.1.2: version, random, session id, suites,
// one compression method, extensions.
func (z *sizes) clientHello(share bool) int {
	n := header + 2 + random + 1 + 2 + 2*z.at(z.stack.suites) + 2 + 2
	if z.tls13() || z.stack.sessionID || z.kind.offers() {
		n += sessionID // middlebox compatibility (D.4); with a ticket (RFC 5077 3.4)
	}
	return n + z.helloExtensions(share)
}

func (z *sizes) helloExtensions(share bool) int {
	offered := z.Groups
	if offered == 0 {
		offered = z.at(z.stack.groups)
	}
	n := z.stack.sundry + z.stack.points + z.serverName() + z.alpn(z.ALPN)
	n += extension + 2 + 2*offered         // supported_groups (4.2.7)
	n += extension + 2 + 2*z.stack.schemes // signature_algorithms (4.2.3)
	n += extension                         // session_ticket (RFC 5077 3.2)
	if z.stack.certSchemes > 0 {
		n += extension + 2 + 2*z.stack.certSchemes
	}
	if versions := z.at(z.stack.versions); versions > 0 {
		n += extension + 1 + 2*versions // 4.2.1
	}
	if z.tls13() {
		return n + z.keyShare(share) + extension + 1 + 1 + z.preShared() // psk_key_exchange_modes (4.2.9)
	}
	if z.kind.offers() {
		n += z.ticket
	}
	return n
}

// serverName is RFC 6066 3: a list of one name.
func (z *sizes) serverName() int {
	if z.ServerName == "" {
		return 0
	}
	return extension + 2 + 1 + 2 + len(z.ServerName)
}

// alpn is RFC 7301 3.1.
func (z *sizes) alpn(protocols []string) int {
	if len(protocols) == 0 {
		return 0
	}
	n := extension + 2
	for _, p := range protocols {
		n += 1 + len(p)
	}
	return n
}

// keyShare is RFC 8446 4.2.8; without share, the client's guess was wrong and
// it sent one of x25519 instead.
func (z *sizes) keyShare(share bool) int {
	if !share {
		return extension + 2 + 4 + 32
	}
	n := extension + 2 + 4 + z.group.client
	if z.group.also > 0 && z.kind != Retried {
		n += 4 + z.group.also
	}
	return n
}

// preShared are pre_shared_key with one ticket and its binder (4.2.11), and
// early_data (4.2.10).
func (z *sizes) preShared() int {
	if !z.kind.offers() {
		return 0
	}
	n := extension + 2 + 2 + z.ticket + 4 + 2 + 1 + z.cipher.hash
	if z.kind == Early || z.kind == EarlyRefused {
		n += extension
	}
	return n
}

// serverHello13 is RFC 8446 4.1.3.
func (z *sizes) serverHello13() int {
	n := header + 2 + random + 1 + sessionID + 2 + 1 + 2 + (extension + 2) + (extension + 4 + z.group.server)
	if z.kind.resumes() {
		n += extension + 2
	}
	return n
}

// helloRetryRequest names the group that the server wants (4.1.4).
func (z *sizes) helloRetryRequest() int {
	return header + 2 + random + 1 + sessionID + 2 + 1 + 2 + (extension + 2) + (extension + 2)
}

func (z *sizes) encryptedExtensions() int {
	n := header + 2 + z.alpn(z.chosen())
	if z.stack.namesBack && z.ServerName != "" && !z.kind.resumes() {
		n += extension
	}
	if z.kind == Early {
		n += extension
	}
	return n
}

func (z *sizes) chosen() []string { return z.ALPN[:min(1, len(z.ALPN))] }

func (z *sizes) authorities() int {
	if z.Authorities == nil {
		return 2 + 26
	}
	n := 0
	for _, a := range z.Authorities {
		n += 2 + int(a)
	}
	return n
}

// certificateRequest13 is RFC 8446 4.3.2, with certificate_authorities (4.2.4).
func (z *sizes) certificateRequest13() int {
	return header + 1 + 2 + extension + 2 + 2*z.stack.schemes + z.stack.requestMore + extension + 2 + z.authorities()
}

// certificateRequest12 is RFC 5246 7.4.4, with two types of certificates.
func (z *sizes) certificateRequest12() int {
	return header + 1 + 2 + 2 + 2*z.stack.schemes + 2 + z.authorities()
}

// chain is the list of certificates that a side sends, each with so many bytes
// around it: in TLS 1.2 its length, in 1.3 its extensions as well.
func (z *sizes) chain(from Side, around int) int {
	list := z.Certificates
	if from == Client && z.ClientCertificates != nil {
		list = z.ClientCertificates
	}
	if len(list) == 0 {
		return around + z.key.certificate
	}
	n := 0
	for _, c := range list {
		n += around + int(c)
	}
	return n
}

func (z *sizes) certificate13(from Side) int { return header + 1 + 3 + z.chain(from, 3+2) } // RFC 8446 4.4.2
func (z *sizes) certificate12(from Side) int { return header + 3 + z.chain(from, 3) }       // RFC 5246 7.4.2
func (z *sizes) certificateVerify() int      { return header + 2 + 2 + z.key.signature }    // RFC 8446 4.4.3, 5246 7.4.8
func (z *sizes) ticket12() int               { return header + 4 + 2 + z.ticket }           // RFC 5077 3.3

// ticket13 is RFC 8446 4.6.1; one that allows early data says how much (4.2.10).
func (z *sizes) ticket13() int {
	n := header + 4 + 4 + 1 + z.stack.nonce + 2 + z.ticket + 2
	if z.EarlyData {
		n += extension + 4
	}
	return n
}

// serverHello12 is RFC 5246 7.4.1.3; a resumed session repeats the client's id.
func (z *sizes) serverHello12() int {
	n := header + 2 + random + 1 + 2 + 1 + 2 + z.stack.tls12Reply + z.alpn(z.chosen())
	if z.kind.resumes() {
		return n + sessionID
	}
	if z.stack.namesBack && z.ServerName != "" {
		n += extension
	}
	return n
}

// serverKeyExchange is RFC 8422 5.4: a named curve, a point, a signature.
func (z *sizes) serverKeyExchange() int {
	return header + 1 + 2 + 1 + z.group.server + 2 + 2 + z.key.signature
}

func (z *sizes) clientKeyExchange() int { return header + 1 + z.group.client } // RFC 8422 5.7
