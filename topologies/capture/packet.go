package capture

import (
	"net"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// segment is a TCP segment as it passed the interface.
type segment struct {
	at       int64 // nanoseconds since 1970
	from, to netip.AddrPort
	seq, ack uint32
	flags    flags
	size     int    // bytes of data, also those not captured
	data     []byte // those captured
	again    bool   // the receiver says that something arrived twice
}

type flags struct{ syn, ack, fin, rst bool }

// decoder takes packets apart.
type decoder struct {
	ethernet layers.Ethernet
	tag      layers.Dot1Q
	cooked   layers.LinuxSLL
	cooked2  layers.LinuxSLL2
	loop     layers.Loopback
	ip4      layers.IPv4
	ip6      layers.IPv6
	tcp      layers.TCP
	udp      layers.UDP
	parsers  map[layers.LinkType]*gopacket.DecodingLayerParser
	found    []gopacket.LayerType
}

func newDecoder() *decoder {
	d := &decoder{parsers: map[layers.LinkType]*gopacket.DecodingLayerParser{}}
	for link, first := range map[layers.LinkType]gopacket.LayerType{
		layers.LinkTypeEthernet: layers.LayerTypeEthernet, layers.LinkTypeNull: layers.LayerTypeLoopback, layers.LinkTypeLoop: layers.LayerTypeLoopback,
		layers.LinkTypeLinuxSLL: layers.LayerTypeLinuxSLL, layers.LinkTypeLinuxSLL2: layers.LayerTypeLinuxSLL2,
		layers.LinkTypeIPv4: layers.LayerTypeIPv4, layers.LinkTypeIPv6: layers.LayerTypeIPv6,
	} {
		p := gopacket.NewDecodingLayerParser(first, &d.ethernet, &d.tag, &d.cooked, &d.cooked2, &d.loop, &d.ip4, &d.ip6, &d.tcp, &d.udp)
		p.IgnoreUnsupported = true
		d.parsers[link] = p
	}
	return d
}

// The numbers under which plain IP packets are captured.
const (
	linkRaw  = 101
	linkRaw2 = 12
	linkRaw3 = 14
)

// parser is that of a link; nil when it is not understood.
func (d *decoder) parser(link layers.LinkType, data []byte) *gopacket.DecodingLayerParser {
	switch link {
	case linkRaw, linkRaw2, linkRaw3:
		link = layers.LinkTypeIPv4
		if len(data) > 0 && data[0]>>4 == 6 {
			link = layers.LinkTypeIPv6
		}
	}
	return d.parsers[link]
}

// decode counts what a packet is, and gives the segment if there is one in it.
func (d *decoder) decode(data []byte, info *gopacket.CaptureInfo, link layers.LinkType, n *Counts) (s segment, ok bool) {
	parser := d.parser(link, data)
	if parser == nil {
		n.Links++
		return s, false
	}
	err := parser.DecodeLayers(data, &d.found)
	l := d.layers()
	switch {
	case l.tagged && !l.fragment:
		n.Tagged++
	case l.fragment:
		n.Fragments++
		return s, false
	}
	switch {
	case l.tcp:
		n.TCP++
		return d.segment(l, info.Timestamp, n)
	case l.udp:
		n.UDP++
	case err != nil:
		n.Broken++
	case l.ip:
		n.Other++
	default:
		n.NotIP++
	}
	return s, false
}

// found is what the layers of a packet say.
type found struct {
	tagged, ip, fragment, tcp, udp bool
	from, to                       netip.Addr
	total                          int // bytes behind the IP header, also those not captured
}

// layers looks at the headers from the outside inwards; of a packet within a
// packet the inner one counts.
func (d *decoder) layers() (l found) {
	for _, kind := range d.found {
		switch kind {
		case layers.LayerTypeDot1Q:
			l.tagged = true
		case layers.LayerTypeIPv4:
			l.address(d.ip4.SrcIP, d.ip4.DstIP, int(d.ip4.Length)-4*int(d.ip4.IHL), len(d.ip4.Payload), d.ip4.Length == 0)
			l.fragment = d.ip4.Flags&layers.IPv4MoreFragments != 0 || d.ip4.FragOffset != 0
		case layers.LayerTypeIPv6:
			l.address(d.ip6.SrcIP, d.ip6.DstIP, int(d.ip6.Length), len(d.ip6.Payload), d.ip6.Length == 0)
			l.fragment = d.ip6.NextHeader == layers.IPProtocolIPv6Fragment
		case layers.LayerTypeTCP:
			l.tcp = true
		case layers.LayerTypeUDP:
			l.udp = true
		}
	}
	return l
}

// address notes an IP header. A packet that the network card will cut up states
// no length.
func (l *found) address(from, to net.IP, stated, captured int, none bool) {
	l.ip = true
	l.from, _ = netip.AddrFromSlice(from)
	l.to, _ = netip.AddrFromSlice(to)
	if l.total = stated; none {
		l.total = captured
	}
}

// segment is that of the TCP header found last.
func (d *decoder) segment(l found, at time.Time, n *Counts) (s segment, ok bool) {
	if s.size = l.total - 4*int(d.tcp.DataOffset); s.size < 0 {
		n.Broken++
		return s, false
	}
	s.from, s.to = netip.AddrPortFrom(l.from, uint16(d.tcp.SrcPort)), netip.AddrPortFrom(l.to, uint16(d.tcp.DstPort))
	s.seq, s.ack = d.tcp.Seq, d.tcp.Ack
	s.flags = flags{d.tcp.SYN, d.tcp.ACK, d.tcp.FIN, d.tcp.RST}
	s.data, s.again = d.tcp.Payload[:min(len(d.tcp.Payload), s.size)], doubled(&d.tcp)
	if at.Year() < 1970 || at.Year() > 2200 {
		n.BadTimes++
		return s, false
	}
	s.at = at.UnixNano()
	return s, true
}

// doubled says that the first block of a selective acknowledgement reports
// bytes that had arrived before (RFC 2883 4).
func doubled(t *layers.TCP) bool {
	for i := range t.Options {
		o := &t.Options[i]
		if o.OptionType != layers.TCPOptionKindSACK || len(o.OptionData) < 8 {
			continue
		}
		first := span{be32(o.OptionData), be32(o.OptionData[4:])}
		if !after(first.to, t.Ack) {
			return true
		}
		return len(o.OptionData) >= 16 && !after(be32(o.OptionData[8:]), first.from) && !after(first.to, be32(o.OptionData[12:]))
	}
	return false
}

func be32(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}
