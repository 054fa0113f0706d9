package pcap

import (
	"encoding/binary"
	"fmt"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

var fixed = gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}

// hops is the time to live: what Linux begins with.
const hops = 64

// serialize puts a frame into the buffer.
func (w *Writer) serialize(from, to *host, transport checksummed, payload []byte) {
	protocol := layers.IPProtocolTCP
	if _, udp := transport.(*layers.UDP); udp {
		protocol = layers.IPProtocolUDP
	}
	network, kind := w.network(from, to, protocol)
	if w.err = transport.SetNetworkLayerForChecksum(network); w.err != nil {
		return
	}
	w.err = gopacket.SerializeLayers(w.buffer, fixed, ethernet(from, to, kind),
		network.(gopacket.SerializableLayer), transport, gopacket.Payload(payload))
}

func ethernet(from, to *host, kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: from.mac, DstMAC: to.mac, EthernetType: kind}
}

// network is the IP header. A segment must not be cut, and so needs no
// identification (RFC 6864 4.1).
func (w *Writer) network(from, to *host, protocol layers.IPProtocol) (gopacket.NetworkLayer, layers.EthernetType) {
	if w.options.IPv6 {
		return &layers.IPv6{Version: 6, HopLimit: hops, NextHeader: protocol, SrcIP: from.ip6, DstIP: to.ip6}, layers.EthernetTypeIPv6
	}
	return &layers.IPv4{Version: 4, TTL: hops, Flags: layers.IPv4DontFragment, Protocol: protocol, SrcIP: from.ip4, DstIP: to.ip4}, layers.EthernetTypeIPv4
}

// Datagram writes one UDP datagram: a packet, or several fragments.
func (w *Writer) Datagram(d *Datagram) error {
	from, to := w.host(d.From.Pod), w.host(d.To.Pod)
	if w.err == nil && len(d.Data) > 65507 {
		w.err = fmt.Errorf("pcap: a datagram of %d bytes does not fit an IP packet", len(d.Data))
	}
	if w.err != nil {
		return w.err
	}
	udp := &layers.UDP{SrcPort: layers.UDPPort(d.From.Port), DstPort: layers.UDPPort(d.To.Port)}
	if w.serialize(from, to, udp, d.Data); w.err != nil {
		return w.err
	}
	if whole := unpadded(w.buffer.Bytes()); len(whole)-ethernetHeader > w.options.MTU {
		w.fragments(d, from, to, append([]byte{}, whole[ethernetHeader+w.ipHeader():]...))
		return w.err
	}
	w.packet(d.At, place(from, to, d.There), d.Comment)
	return w.err
}

const ethernetHeader = 14

// unpadded is a frame as its sender's interface shows it: the padding to 60
// bytes comes later.
func unpadded(frame []byte) []byte {
	ip := frame[ethernetHeader:]
	n := 40 + int(binary.BigEndian.Uint16(ip[4:]))
	if ip[0]>>4 == 4 {
		n = int(binary.BigEndian.Uint16(ip[2:]))
	}
	return frame[:ethernetHeader+n]
}

func (w *Writer) ipHeader() int {
	if w.options.IPv6 {
		return 40
	}
	return 20
}

// fragments writes a datagram in pieces, all but the last a multiple of eight
// bytes (RFC 791, RFC 8200 4.5).
func (w *Writer) fragments(d *Datagram, from, to *host, data []byte) {
	from.datagrams++
	room := w.options.MTU - w.ipHeader()
	if w.options.IPv6 {
		room -= 8
	}
	each := max(room&^7, 8)
	comment := d.Comment
	for at := 0; at < len(data); at += each {
		piece := data[at:min(at+each, len(data))]
		if w.fragment(from, to, piece, at, at+each < len(data)); w.err != nil {
			return
		}
		w.packet(d.At, place(from, to, d.There), comment)
		comment = ""
	}
}

func (w *Writer) fragment(from, to *host, piece []byte, at int, more bool) {
	network, kind := w.network(from, to, layers.IPProtocolUDP)
	all := []gopacket.SerializableLayer{ethernet(from, to, kind), network.(gopacket.SerializableLayer)}
	switch ip := network.(type) {
	case *layers.IPv4:
		ip.Id, ip.FragOffset, ip.Flags = from.datagrams, uint16(at/8), 0
		if more {
			ip.Flags = layers.IPv4MoreFragments
		}
	case *layers.IPv6:
		ip.NextHeader = layers.IPProtocolIPv6Fragment
		all = append(all, gopacket.Payload(fragmentHeader(from.datagrams, at, more)))
	}
	w.err = gopacket.SerializeLayers(w.buffer, fixed, append(all, gopacket.Payload(piece))...)
}

// fragmentHeader is IPv6's extension header, which gopacket reads but does not
// write.
func fragmentHeader(id uint16, at int, more bool) []byte {
	offset := uint16(at)
	if more {
		offset |= 1
	}
	return []byte{byte(layers.IPProtocolUDP), 0, byte(offset >> 8), byte(offset), 0, 0, byte(id >> 8), byte(id)}
}
