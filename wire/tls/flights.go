package tls

// flights13 are those of RFC 8446, figures 1, 2 and 4.
func (z *sizes) flights13(h *Handshake) {
	z.hello13(h)
	z.answer13(h)
	z.finish13(h)
	h.BeforeRequest = 1
	switch z.kind {
	case Early:
		h.BeforeRequest = 0
	case Retried:
		h.BeforeRequest = 2
	}
	h.BeforeAnswer = h.BeforeRequest + 1
}

// hello13 has the early data behind it, which is no part of the handshake.
func (z *sizes) hello13(h *Handshake) {
	if z.kind == Retried {
		z.flight(h, Client, plain("ClientHello", z.clientHello(false)))
		z.flight(h, Server, plain("HelloRetryRequest", z.helloRetryRequest()), changeCipherSpec)
		z.flight(h, Client, changeCipherSpec, plain("ClientHello", z.clientHello(true)))
		return
	}
	hello := []Message{plain("ClientHello", z.clientHello(true))}
	if z.early() {
		hello = append(hello, changeCipherSpec)
	}
	z.flight(h, Client, hello...)
}

func (z *sizes) early() bool { return z.kind == Early || z.kind == EarlyRefused }

func (z *sizes) answer13(h *Handshake) {
	m := []Message{plain("ServerHello", z.serverHello13())}
	if z.kind != Retried {
		m = append(m, changeCipherSpec)
	}
	m = append(m, sealed("EncryptedExtensions", z.encryptedExtensions()))
	if !z.kind.resumes() {
		if z.Mutual {
			m = append(m, sealed("CertificateRequest", z.certificateRequest13()))
		}
		m = append(m, sealed("Certificate", z.certificate13(Server)), sealed("CertificateVerify", z.certificateVerify()))
	}
	m = append(m, sealed("Finished", z.finished13()))
	if z.ticketsEarly() {
		m = append(m, z.tickets()...)
	}
	z.flight(h, Server, m...)
}

// finish13 is what the client sends before its request, or after the early one,
// and the tickets that the server sends before its answer.
func (z *sizes) finish13(h *Handshake) {
	var m []Message
	if z.kind == Early {
		m = append(m, sealed("EndOfEarlyData", header))
	}
	if z.kind != Retried && !z.early() {
		m = append(m, changeCipherSpec)
	}
	if z.Mutual && !z.kind.resumes() {
		m = append(m, sealed("Certificate", z.certificate13(Client)), sealed("CertificateVerify", z.certificateVerify()))
	}
	z.flight(h, Client, append(m, sealed("Finished", z.finished13()))...)
	if tickets := z.tickets(); len(tickets) > 0 && !z.ticketsEarly() {
		z.flight(h, Server, tickets...)
	}
}

func (z *sizes) finished13() int { return header + z.cipher.hash }

func (z *sizes) ticketsEarly() bool {
	return z.stack.ticketEarly && (z.kind.resumes() || !z.Mutual)
}

func (z *sizes) tickets() (m []Message) {
	count := z.stack.tickets[0]
	if z.kind.resumes() {
		count = z.stack.tickets[1]
	}
	for range count {
		m = append(m, sealed("NewSessionTicket", z.ticket13()))
	}
	return m
}

// finished12 is RFC 5246 7.4.9.
const finished12 = header + 12

// flights12 are those of RFC 5246, figures 1 and 2, with tickets (RFC 5077,
// figures 1 and 2).
func (z *sizes) flights12(h *Handshake) {
	z.flight(h, Client, plain("ClientHello", z.clientHello(true)))
	if z.kind.resumes() {
		z.resume12(h)
	} else {
		z.full12(h)
	}
	h.BeforeAnswer = h.BeforeRequest + 1
}

func (z *sizes) resume12(h *Handshake) {
	m := []Message{plain("ServerHello", z.serverHello12())}
	if z.stack.renews {
		m = append(m, plain("NewSessionTicket", z.ticket12()))
	}
	z.flight(h, Server, append(m, changeCipherSpec, sealed("Finished", finished12))...)
	z.flight(h, Client, changeCipherSpec, sealed("Finished", finished12))
	h.BeforeRequest = 1
}

func (z *sizes) full12(h *Handshake) {
	server := []Message{plain("ServerHello", z.serverHello12()), plain("Certificate", z.certificate12(Server)),
		plain("ServerKeyExchange", z.serverKeyExchange())}
	var client []Message
	if z.Mutual {
		server = append(server, plain("CertificateRequest", z.certificateRequest12()))
		client = append(client, plain("Certificate", z.certificate12(Client)))
	}
	client = append(client, plain("ClientKeyExchange", z.clientKeyExchange()))
	if z.Mutual {
		client = append(client, plain("CertificateVerify", z.certificateVerify()))
	}
	z.flight(h, Server, append(server, plain("ServerHelloDone", header))...)
	z.flight(h, Client, append(client, changeCipherSpec, sealed("Finished", finished12))...)
	z.flight(h, Server, plain("NewSessionTicket", z.ticket12()), changeCipherSpec, sealed("Finished", finished12))
	if h.BeforeRequest = 2; z.FalseStart {
		h.BeforeRequest = 1
	}
}
