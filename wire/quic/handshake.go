package quic

import "github.com/meshdyno/meshdyno/wire/tls"

// Handshake is what it takes to open a connection. TLS 1.3 runs inside, in
// CRYPTO frames instead of records, without ChangeCipherSpec (RFC 9001 4, 8.4).
type Handshake struct {
	// BeforeRequest is how many round trips pass before the client may send its
	// request, BeforeAnswer before the first byte of the answer is there. TCP's
	// round trip does not come on top.
	BeforeRequest, BeforeAnswer int
	// Datagrams and Bytes (UDP's content) are by tls.Side, acknowledgements of
	// the handshake and HANDSHAKE_DONE left out.
	Datagrams, Bytes [2]int
}

// transportParameters is what an extension of them takes on either side (RFC
// 9000 18): its head, and about a dozen of them.
const transportParameters = 4 + 60

// Open is a handshake of a kind; retry says that the server first has the client
// prove its address (RFC 9000 8.1.2).
func (s *Settings) Open(t *tls.Settings, kind tls.Kind, retry bool) Handshake {
	inner := t.Handshake(kind)
	h := Handshake{BeforeRequest: inner.BeforeRequest, BeforeAnswer: inner.BeforeAnswer}
	token := 0
	if retry {
		h.add(tls.Client, smallest)
		h.add(tls.Server, s.retry())
		h.BeforeRequest++
		h.BeforeAnswer++
		token = s.Token
	}
	validated := retry
	for _, f := range inner.Flights {
		sent := s.flight(f, token)
		if f.From == tls.Server && !validated && s.exceeds(&h, sent) {
			h.BeforeRequest++
			h.BeforeAnswer++
		}
		for _, n := range sent {
			h.add(f.From, n)
		}
		validated = validated || f.From == tls.Server
	}
	return h
}

func (h *Handshake) add(from tls.Side, bytes int) {
	h.Datagrams[from]++
	h.Bytes[from] += bytes
}

// retry is a packet of that type: a header without a number, the token, and an
// integrity tag (RFC 9000 17.2.5).
func (s *Settings) retry() int {
	return 1 + 4 + 1 + s.ConnectionID + 1 + s.ConnectionID + s.Token + Tag
}

// exceeds says whether a server's first flight is more than three times what it
// has got: it then waits for the client once more (RFC 9000 8.1).
func (s *Settings) exceeds(h *Handshake, sent []int) bool {
	sum := 0
	for _, n := range sent {
		sum += n
	}
	return sum > 3*h.Bytes[tls.Client]
}

// flight is the datagrams of one: the messages in the clear in an Initial
// packet, those that are sealed in Handshake packets behind it, tickets in packets
// of the open connection; a datagram with an Initial packet is filled up to 1,200
// bytes (RFC 9000 14.1).
func (s *Settings) flight(f tls.Flight, token int) (datagrams []int) {
	open, sealed, tickets := split(f)
	left, initial := 0, open > 0
	put := func(bytes, header int) {
		for offset := 0; offset < bytes; {
			room := left - header - CryptoFrame(int64(offset), int64(left))
			if room <= 0 {
				datagrams, left = append(datagrams, 0), s.Datagram
				continue
			}
			part := min(room, bytes-offset)
			n := header + CryptoFrame(int64(offset), int64(part)) + part
			datagrams[len(datagrams)-1] += n
			offset, left = offset+part, left-n
		}
	}
	put(open, s.LongHeader(true, token*boolean(f.From == tls.Client)))
	first := len(datagrams)
	put(sealed, s.LongHeader(false, 0))
	put(tickets, s.ShortHeader())
	for i := range datagrams[:first] {
		if initial {
			datagrams[i] = max(datagrams[i], smallest)
		}
	}
	return datagrams
}

// sessionID is what hellos carry in TCP for middleboxes, and not here (RFC 9001
// 8.4).
const sessionID = 32

// split is the bytes of a flight's messages: in the clear, sealed, and sealed
// with the keys of the open connection. Both sides send transport parameters,
// the server in EncryptedExtensions.
func split(f tls.Flight) (open, sealed, tickets int) {
	for _, m := range f.Messages {
		switch m.Name {
		case "ChangeCipherSpec", "EndOfEarlyData": // RFC 9001 8.4, 8.3: not here
		case "ClientHello":
			open += m.Bytes - sessionID + transportParameters
		case "ServerHello", "HelloRetryRequest":
			open += m.Bytes - sessionID
		case "EncryptedExtensions":
			sealed += m.Bytes + transportParameters
		case "NewSessionTicket":
			tickets += m.Bytes
		default:
			sealed += m.Bytes
		}
	}
	return open, sealed, tickets
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
