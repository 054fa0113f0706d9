package quic

// Settings are those of one connection. Its methods do not allocate.
type Settings struct {
	Datagram     int `yaml:"datagram" min:"1200" max:"65527" doc:"bytes of UDP's content; 1200 until the path was probed (RFC 9000 14)"`
	ConnectionID int `yaml:"connection_id" min:"0" max:"20" doc:"bytes of each connection ID (RFC 9000 5.1)"`
	PacketNumber int `yaml:"packet_number" min:"1" max:"4" doc:"bytes of it on the wire (RFC 9000 17.1)"`
	Token        int `yaml:"token" min:"0" max:"512" doc:"bytes of the token of a Retry (RFC 9000 8.1.2)"`
}

// SetDefaults are usual: IDs of eight bytes, packet numbers of two.
func (s *Settings) SetDefaults() {
	*s = Settings{Datagram: smallest, ConnectionID: 8, PacketNumber: 2, Token: 64}
}

const (
	smallest = 1200 // of a datagram with an Initial packet (RFC 9000 14.1)
	// Tag is what seals a packet (RFC 9001 5.3).
	Tag = 16
)

// VarintBytes is the length of an integer (RFC 9000 16): below 64, 16,384,
// 1,073,741,824, or not.
func VarintBytes(n int64) int {
	switch {
	case n < 1<<6:
		return 1
	case n < 1<<14:
		return 2
	case n < 1<<30:
		return 4
	}
	return 8
}

// ShortHeader is what a packet of an open connection adds: flags, the other's
// connection ID, a number, the tag (RFC 9000 17.3.1).
func (s *Settings) ShortHeader() int { return 1 + s.ConnectionID + s.PacketNumber + Tag }

// LongHeader is what a packet of the handshake adds: flags, version, both IDs
// with their lengths, a length of two bytes, a number, the tag (17.2); an
// Initial also has a token and its length (17.2.2).
func (s *Settings) LongHeader(initial bool, token int) int {
	n := 1 + 4 + 1 + s.ConnectionID + 1 + s.ConnectionID + 2 + s.PacketNumber + Tag
	if initial {
		n += VarintBytes(int64(token)) + token
	}
	return n
}

// StreamFrame is what a frame adds to the bytes of a stream: type, stream, place
// unless it is 0, and length (19.8).
func StreamFrame(stream, offset, length int64) int {
	n := 1 + VarintBytes(stream) + VarintBytes(length)
	if offset > 0 {
		n += VarintBytes(offset)
	}
	return n
}

// CryptoFrame is what one adds to bytes of the handshake (19.6).
func CryptoFrame(offset, length int64) int { return 1 + VarintBytes(offset) + VarintBytes(length) }

// Stream is how many packets n bytes of a stream make, and their length as UDP's
// content: each packet is as full as it can be, with one frame.
func (s *Settings) Stream(stream, n int64) (packets, bytes int64) {
	offset := int64(0)
	for offset < n || packets == 0 {
		room := int64(s.Datagram - s.ShortHeader())
		part := min(n-offset, room-int64(StreamFrame(stream, offset, room)))
		bytes += int64(s.ShortHeader()+StreamFrame(stream, offset, part)) + part
		offset += part
		packets++
	}
	return packets, bytes
}
