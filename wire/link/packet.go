package link

import "github.com/meshdyno/meshdyno/mesh"

// Packet is one IP packet.
type Packet struct {
	Ref   uint64 // the driver's own, given back as it was
	Flow  uint32 // packets of one connection have the same
	Bytes int32  // with the IP header
	Whole bool   // it must not be cut (DF)
}

// Fate is what becomes of a packet.
type Fate uint8

// The fates.
const (
	Arrives     Fate = iota
	Full             // dropped: the queue had no room
	Early            // dropped by the queue, to tell the sender to slow down
	TooBig           // dropped: larger than the MTU, and must not be cut
	Lost             // lost on the way
	Damaged          // arrives, and is dropped by the receiver: wrong checksum
	NumberFates      // how many there are
)

func (f Fate) String() string {
	return [NumberFates]string{"arrives", "full", "early", "too big", "lost", "damaged"}[f]
}

// Passage is what became of a packet, and when.
type Passage struct {
	Packet
	At   mesh.Time // when it arrives, or is dropped
	Fate Fate
	Twin bool // the second of two copies
}

// ipHeader is repeated in each fragment (RFC 791).
const ipHeader = 20

// fragments is into how many a packet is cut, and their bytes together. All but
// the last carry a multiple of eight bytes (RFC 791).
func fragments(bytes, mtu int64) (count, total int64) {
	if mtu <= 0 || bytes <= mtu {
		return 1, bytes
	}
	data, each := bytes-ipHeader, max((mtu-ipHeader)&^7, 8)
	count = 1
	for data > mtu-ipHeader && data > each {
		data -= each
		count++
	}
	return count, bytes + (count-1)*ipHeader
}
