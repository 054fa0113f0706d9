package pcap

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// Socket is one end of a connection, or of a datagram.
type Socket struct {
	Pod  string
	Port uint16
}

// Conn is a TCP connection. Side 0 opened it.
type Conn struct {
	ID   uint64 // different for each connection of a run
	Ends [2]Socket
	// Scale is the shift of the windows that each side announces (ScaleOf). It
	// is in force when both sides offered it.
	Scale [2]uint8
	Data  [2]Stream // the bytes that each side sends
}

// Packet is one TCP segment at one moment and place.
type Packet struct {
	At      mesh.Time
	Conn    *Conn
	Side    int // who sent it
	Segment tcp.Segment
	There   bool   // seen where it arrives, not where it leaves
	Comment string // about the packet: the request and the hop
}

// Datagram is one UDP datagram at one moment and place.
type Datagram struct {
	At       mesh.Time
	From, To Socket
	Data     []byte // at most 65507 bytes
	There    bool
	Comment  string
}

// ScaleOf is the smallest shift by which a receive buffer fits the 16 bits of
// the window field (RFC 7323 2.3); what the shift cuts off is less than a
// packet.
func ScaleOf(buffer int64) uint8 {
	return uint8(min(max(bits.Len64(uint64(max(buffer, 0)))-16, 0), 14))
}

// first is the sequence number of a side's SYN.
func (c *Conn) first(side int) uint32 { return uint32(chance.Mix(c.ID, uint64(side))) }

// clock is the timestamp of a side at a moment.
func (c *Conn) clock(side int, t mesh.Time) uint32 {
	return uint32(chance.Mix(c.ID, uint64(2+side))>>33) + uint32(t/1e6)
}
