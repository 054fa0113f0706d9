package layers

import (
	"github.com/meshdyno/meshdyno/wire/quic"
	"github.com/meshdyno/meshdyno/wire/tls"
)

// The sizes of what stands around, in bytes.
const (
	preambleAndGap = 8 + 12 // IEEE 802.3 3.1.1, 4.4.2
	ethernet       = 14 + 4 // header and check sequence (IEEE 802.3 3.1.1)
	smallestFrame  = 64     // with both; shorter ones are filled up (3.2.8)
	ipv4           = 20     // RFC 791 3.1
	ipv6           = 40     // RFC 8200 3
	fragment       = 8      // of IPv6 (RFC 8200 4.5)
	tcp            = 20     // RFC 9293 3.1
	timestamps     = 12     // with padding (RFC 7323, appendix A)
	synOptions     = 4 + 4  // largest segment and window scale, padded; SACK fills the padding of the timestamps, or
	sackPermitted  = 4      // has its own (RFC 9293 3.2, 7323, 2018)
	udp            = 8      // RFC 768
	largestIP      = 1<<16 - 1
)

// Path is how messages travel from a replica to the next, in one direction. Its
// methods do not allocate.
type Path struct {
	MTU        int64        // of IP packets, 1280 or more; 0: 1500
	IPv6       bool         // instead of IPv4
	Timestamps bool         // TCP's option, which Linux sends
	UDP        bool         // instead of TCP
	TLS        *tls.Records // nil: plain. Over UDP there is QUIC
}

// Message is what the application gives to be sent, at once: one write.
type Message struct {
	Values  int64 // bytes of the values in memory; Coded if nobody knows
	Coded   int64 // as they are written and compressed
	Framing int64 // heads, frames, prefixes, trailers of HTTP and gRPC
	Frames  int64 // of HTTP/2
}

// Message is the account of one message: its bytes. The acknowledgements of the
// other side are not in it.
func (p *Path) Message(m Message) Account {
	var a Account
	a.Frames = m.Frames
	a.Bytes[Application] = m.Values + m.Framing
	a.Bytes[Presentation] = m.Coded - m.Values
	stream := m.Coded + m.Framing
	if p.TLS != nil {
		a.Records = p.TLS.Count(stream)
		a.Bytes[Session] = a.Records * tls.RecordHeader
		a.Bytes[Presentation] += a.Records * p.TLS.Seal
		stream = p.TLS.Wire(stream)
	}
	p.carry(&a, stream)
	return a
}

// carry adds the layers from transport down for so many bytes.
func (p *Path) carry(a *Account, stream int64) {
	if p.UDP {
		p.datagrams(a, stream)
		return
	}
	header := p.tcpHeader()
	segment := p.mtu() - p.ip() - header
	full, rest := stream/segment, stream%segment
	p.packets(a, full, header, segment)
	if rest > 0 {
		p.packets(a, 1, header, rest)
	}
}

func (p *Path) tcpHeader() int64 {
	if p.Timestamps {
		return tcp + timestamps
	}
	return tcp
}

func (p *Path) mtu() int64 {
	if p.MTU == 0 {
		return 1500
	}
	return p.MTU
}

func (p *Path) ip() int64 {
	if p.IPv6 {
		return ipv6
	}
	return ipv4
}

// packets adds some alike: a header of transport and what it carries.
func (p *Path) packets(a *Account, count, header, carried int64) {
	a.Bytes[Transport] += count * header
	p.frames(a, count, p.ip(), header+carried)
}

// frames adds IP packets and their Ethernet frames.
func (p *Path) frames(a *Account, count, ip, carried int64) {
	filling := max(0, smallestFrame-ethernet-ip-carried)
	a.Packets += count
	a.Bytes[Network] += count * ip
	a.Bytes[DataLink] += count * (ethernet + filling)
	a.Bytes[Physical] += count * preambleAndGap
}

// datagrams adds those of UDP: as few as the length of IP packets allows, and
// each cut into fragments where it is longer than the MTU (RFC 791 3.2, RFC 8200
// 4.5).
func (p *Path) datagrams(a *Account, n int64) {
	largest := largestIP - udp - int64(ipv4)
	for ; n > largest; n -= largest {
		p.datagram(a, largest)
	}
	p.datagram(a, n)
}

func (p *Path) datagram(a *Account, n int64) {
	a.Bytes[Transport] += udp
	n += udp
	if n <= p.mtu()-p.ip() {
		p.frames(a, 1, p.ip(), n)
		return
	}
	header := p.ip()
	if p.IPv6 {
		header += fragment
	}
	part := (p.mtu() - header) / 8 * 8 // fragments lie at multiples of eight bytes
	full := (n - 1) / part
	p.frames(a, full, header, part)
	p.frames(a, 1, header, n-full*part)
}

// QUIC is the account of one message on a stream of QUIC: its packets' headers and
// frames are transport, the tags presentation. Its TLS has no records.
func (p *Path) QUIC(m Message, settings *quic.Settings, stream int64) Account {
	var a Account
	n := m.Coded + m.Framing
	packets, bytes := settings.Stream(stream, n)
	a.Frames = m.Frames
	a.Bytes[Application] = m.Values + m.Framing
	a.Bytes[Presentation] = m.Coded - m.Values + packets*quic.Tag
	a.Bytes[Transport] = bytes - n - packets*quic.Tag + packets*udp
	full := int64(settings.Datagram)
	p.frames(&a, packets-1, p.ip(), udp+full)
	p.frames(&a, 1, p.ip(), udp+bytes-(packets-1)*full)
	return a
}

// Acknowledgements is the account of so many TCP segments without data.
func (p *Path) Acknowledgements(count int64) Account {
	var a Account
	p.packets(&a, count, p.tcpHeader(), 0)
	return a
}

// Connect is what TCP's handshake takes of each side: SYN and the last ACK of the
// client, SYN-ACK of the server (RFC 9293 3.5).
func (p *Path) Connect() (client, server Account) {
	syn := p.tcpHeader() + synOptions
	if !p.Timestamps {
		syn += sackPermitted
	}
	p.packets(&client, 1, syn, 0)
	p.packets(&server, 1, syn, 0)
	p.packets(&client, 1, p.tcpHeader(), 0)
	return client, server
}

// Handshake is what TLS takes of each side: messages and record headers are the
// session's, sealing the presentation's. Each flight is one write.
func (p *Path) Handshake(h *tls.Handshake, records *tls.Records) (client, server Account) {
	both := [2]*Account{tls.Client: &client, tls.Server: &server}
	for i := range h.Flights {
		f := &h.Flights[i]
		a := both[f.From]
		sealing := int64(f.Records-inTheClear(f)) * records.Seal
		a.Records += int64(f.Records)
		a.Bytes[Session] += int64(f.Bytes) - sealing
		a.Bytes[Presentation] += sealing
		p.carry(a, int64(f.Bytes))
	}
	client.Spend(Session, h.CPU[tls.Client])
	server.Spend(Session, h.CPU[tls.Server])
	return client, server
}

// inTheClear is how many messages have records of their own.
func inTheClear(f *tls.Flight) (n int) {
	for _, m := range f.Messages {
		if !m.Sealed {
			n++
		}
	}
	return n
}
