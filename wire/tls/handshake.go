package tls

import "github.com/meshdyno/meshdyno/unit"

// Side is one end of a connection.
type Side uint8

// The sides.
const (
	Client Side = iota
	Server
)

// Kind is a way to begin a connection.
type Kind uint8

// The kinds.
const (
	Full         Kind = iota // with certificates
	Resumed                  // with a ticket, or a PSK (RFC 8446 2.2, RFC 5077)
	Early                    // TLS 1.3: resumed, and the first request in 0-RTT (2.3)
	EarlyRefused             // the server takes the PSK and not the early data: the request passes the wire twice
	Refused                  // the client offers a ticket that the server cannot open, as after its keys were changed: full
	Retried                  // TLS 1.3: full, the client having guessed the wrong group (4.1.4)
)

func (k Kind) resumes() bool { return k == Resumed || k == Early || k == EarlyRefused }
func (k Kind) offers() bool  { return k.resumes() || k == Refused }

// Message is one handshake message, or a ChangeCipherSpec.
type Message struct {
	Name   string
	Bytes  int  // of the message itself, its header included
	Sealed bool // encrypted
}

// Flight is what one side sends before it waits for the other.
type Flight struct {
	From     Side
	Messages []Message
	Records  int
	Bytes    int // on TCP, records included
}

// Handshake is how a connection begins, and what it takes.
type Handshake struct {
	Kind    Kind
	Flights []Flight
	// BeforeRequest is how many round trips pass, once TCP is connected, before
	// the client may send the first byte of its request; BeforeAnswer until the
	// first byte of an answer is there, the server taking no time.
	BeforeRequest, BeforeAnswer int
	// Bytes, Records and CPU are by side.
	Bytes, Records [2]int
	CPU            [2]unit.Duration
}

// Handshake is one of a kind. Kinds that only TLS 1.3 has are, in 1.2, the
// nearest that it has. It allocates; keep it.
func (s *Settings) Handshake(kind Kind) Handshake {
	if !s.tls13() {
		kind = in12(kind)
	}
	z := s.sizes(kind)
	h := Handshake{Kind: kind, CPU: z.cpu()}
	if s.tls13() {
		z.flights13(&h)
	} else {
		z.flights12(&h)
	}
	for _, f := range h.Flights {
		h.Bytes[f.From] += f.Bytes
		h.Records[f.From] += f.Records
	}
	return h
}

func in12(kind Kind) Kind {
	switch {
	case kind.resumes():
		return Resumed
	case kind == Retried:
		return Full
	}
	return kind
}

// flight adds a flight, cut into records: a message in the clear has its own,
// and so has ChangeCipherSpec (RFC 8446 5.1); sealed ones share them if the
// stack does so.
func (z *sizes) flight(h *Handshake, from Side, messages ...Message) {
	r := z.Records()
	f := Flight{From: from, Messages: messages}
	shared := 0
	for _, m := range messages {
		switch {
		case !m.Sealed:
			f.Records++
			f.Bytes += RecordHeader + m.Bytes
		case z.stack.packs:
			shared += m.Bytes
		default:
			f.Records += int(r.Count(int64(m.Bytes)))
			f.Bytes += int(r.Wire(int64(m.Bytes)))
		}
	}
	f.Records += int(r.Count(int64(shared)))
	f.Bytes += int(r.Wire(int64(shared)))
	h.Flights = append(h.Flights, f)
}

// changeCipherSpec is one byte; in TLS 1.3 it is there for middleboxes only
// (RFC 8446 D.4).
var changeCipherSpec = Message{"ChangeCipherSpec", 1, false}

func plain(name string, bytes int) Message  { return Message{name, bytes, false} }
func sealed(name string, bytes int) Message { return Message{name, bytes, true} }

// cpu is that of each side: the key exchange, what it signs, and what it
// verifies: the other's signature, and each certificate of its chain.
func (z *sizes) cpu() (cost [2]unit.Duration) {
	exchange := orElse(z.KeyExchange, z.group.cpu)
	cost = [2]unit.Duration{z.Overhead, z.Overhead}
	if z.tls13() || !z.kind.resumes() { // TLS 1.2 resumes without (RFC 5246 7.3)
		cost[Client] += exchange
		cost[Server] += exchange
	}
	if z.kind.resumes() {
		return cost
	}
	z.proves(&cost, Server, len(z.Certificates))
	if z.Mutual {
		count := len(z.ClientCertificates)
		if z.ClientCertificates == nil {
			count = len(z.Certificates)
		}
		z.proves(&cost, Client, count)
	}
	return cost
}

func (z *sizes) proves(cost *[2]unit.Duration, who Side, certificates int) {
	cost[who] += orElse(z.Sign, z.key.sign)
	cost[1-who] += unit.Duration(1+max(1, certificates)) * orElse(z.Verify, z.key.verify)
}
