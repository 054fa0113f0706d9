package tcp

import "github.com/meshdyno/meshdyno/mesh"

// Segment is one TCP segment on its way. It is a value; nothing in it points
// anywhere.
type Segment struct {
	Seq    int64     // of the first byte, or of SYN or FIN
	Ack    int64     // the next position expected, if Flags has ACK
	Window int64     // bytes beyond Ack that may be sent, as scaled
	Sent   mesh.Time // the timestamp
	Echo   mesh.Time // the timestamp that it answers; Never for none
	Blocks [4]Block  // what arrived beyond Ack, the latest first (RFC 2018)
	Len    int32     // bytes of data
	MSS    int32     // of a SYN: the largest segment that its sender takes, without options
	Flags  Flags
	Count  uint8   // of Blocks
	Offers Options // of a SYN: what its sender wants; of others: what they carry
}

// Block is a range of positions, To not included.
type Block struct{ From, To int64 }

// Flags are those of the TCP header.
type Flags uint8

// The flags, with the values that they have on the wire.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// Options are the TCP options that two endpoints may agree upon.
type Options uint8

// The options.
const (
	WithSACK Options = 1 << iota
	WithTimestamps
	WithScale
)

// Has says whether all of some flags are set.
func (f Flags) Has(some Flags) bool { return f&some == some }

// End is the position behind the segment. SYN and FIN take one each.
func (s *Segment) End() int64 { return s.Seq + s.space() }

func (s *Segment) space() int64 {
	n := int64(s.Len)
	if s.Flags&SYN != 0 {
		n++
	}
	if s.Flags&FIN != 0 {
		n++
	}
	return n
}

// The sizes of headers, in bytes.
const (
	IPv4Header = 20
	tcpHeader  = 20
	stampBytes = 12 // with two of padding (RFC 7323, appendix A)
	headers    = IPv4Header + tcpHeader
)

// Header is the size of the TCP header, 20 to 60 bytes.
func (s *Segment) Header() int {
	n := tcpHeader
	if s.Flags&SYN != 0 {
		n += 4 // MSS
		if s.Offers&WithScale != 0 {
			n += 4
		}
		if s.Offers&WithSACK != 0 && s.Offers&WithTimestamps == 0 {
			n += 4 // with timestamps it takes the place of their padding
		}
	}
	if s.Offers&WithTimestamps != 0 {
		n += stampBytes
	}
	if s.Count > 0 {
		n += 4 + 8*int(s.Count)
	}
	return n
}

// Packet is the size of the IPv4 packet.
func (s *Segment) Packet() int { return IPv4Header + s.Header() + int(s.Len) }
