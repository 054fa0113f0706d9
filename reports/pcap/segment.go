package pcap

import (
	"encoding/binary"
	"fmt"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// Segment writes one TCP segment.
func (w *Writer) Segment(p *Packet) error {
	from, to := w.host(p.Conn.Ends[p.Side].Pod), w.host(p.Conn.Ends[1-p.Side].Pod)
	if total := p.Segment.Header() + int(p.Segment.Len) + 40; w.err == nil && total > 65535 {
		w.err = fmt.Errorf("pcap: a segment of %d bytes does not fit an IP packet", p.Segment.Len)
	}
	if w.err != nil {
		return w.err
	}
	if w.serialize(from, to, header(p), w.bytes(p)); w.err != nil {
		return w.err
	}
	w.packet(p.At, place(from, to, p.There), p.Comment)
	return w.err
}

func place(from, to *host, there bool) *host {
	if there {
		return to
	}
	return from
}

// bytes are those of the segment, whose stream begins behind the SYN.
func (w *Writer) bytes(p *Packet) []byte {
	n := int(p.Segment.Len)
	if cap(w.payload) < n {
		w.payload = make([]byte, n)
	}
	data := w.payload[:n]
	p.Conn.Data[p.Side].read(data, p.Segment.Seq-1)
	return data
}

// header is the TCP header of a segment.
func header(p *Packet) *layers.TCP {
	s, c := &p.Segment, p.Conn
	h := &layers.TCP{
		SrcPort: layers.TCPPort(c.Ends[p.Side].Port), DstPort: layers.TCPPort(c.Ends[1-p.Side].Port),
		Seq: c.first(p.Side) + uint32(s.Seq), Window: window(p),
		FIN: s.Flags.Has(tcp.FIN), SYN: s.Flags.Has(tcp.SYN), RST: s.Flags.Has(tcp.RST), PSH: s.Flags.Has(tcp.PSH), ACK: s.Flags.Has(tcp.ACK),
		Options: options(p),
	}
	if h.ACK {
		h.Ack = c.first(1-p.Side) + uint32(s.Ack)
	}
	return h
}

// window is the field as it stands in the header: in a SYN without the shift
// (RFC 7323 2.2).
func window(p *Packet) uint16 {
	w := p.Segment.Window
	if !p.Segment.Flags.Has(tcp.SYN) {
		w >>= p.Conn.Scale[p.Side]
	}
	return uint16(min(max(w, 0), 65535))
}

// options are in the order of Linux, with the padding that Segment.Header
// counts.
func options(p *Packet) (list []layers.TCPOption) {
	s := &p.Segment
	syn := s.Flags.Has(tcp.SYN)
	add := func(kind layers.TCPOptionKind, data ...byte) {
		list = append(list, layers.TCPOption{OptionType: kind, OptionLength: uint8(2 + len(data)), OptionData: data})
	}
	pad := func() { list = append(list, layers.TCPOption{OptionType: layers.TCPOptionKindNop, OptionLength: 1}) }
	if syn {
		add(layers.TCPOptionKindMSS, binary.BigEndian.AppendUint16(nil, uint16(min(s.MSS, 65535)))...)
	}
	stamps, sack := s.Offers&tcp.WithTimestamps != 0, syn && s.Offers&tcp.WithSACK != 0
	if sack {
		add(layers.TCPOptionKindSACKPermitted)
	}
	if stamps != sack { // each takes the place of the other's padding
		pad()
		pad()
	}
	if stamps {
		add(layers.TCPOptionKindTimestamps, stamp(p)...)
	}
	if syn && s.Offers&tcp.WithScale != 0 {
		pad()
		add(layers.TCPOptionKindWindowScale, p.Conn.Scale[p.Side])
	}
	if s.Count > 0 {
		pad()
		pad()
		add(layers.TCPOptionKindSACK, blocks(p)...)
	}
	return list
}

func stamp(p *Packet) []byte {
	s, c := &p.Segment, p.Conn
	data := binary.BigEndian.AppendUint32(nil, c.clock(p.Side, s.Sent))
	echo := uint32(0)
	if s.Echo != mesh.Never && s.Flags.Has(tcp.ACK) {
		echo = c.clock(1-p.Side, s.Echo)
	}
	return binary.BigEndian.AppendUint32(data, echo)
}

func blocks(p *Packet) (data []byte) {
	first := p.Conn.first(1 - p.Side)
	for _, b := range p.Segment.Blocks[:p.Segment.Count] {
		data = binary.BigEndian.AppendUint32(data, first+uint32(b.From))
		data = binary.BigEndian.AppendUint32(data, first+uint32(b.To))
	}
	return data
}

// checksummed is a transport header whose checksum covers the addresses.
type checksummed interface {
	gopacket.SerializableLayer
	SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
}
