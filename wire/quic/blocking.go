package quic

// HeldUp is how many of some streams wait when one packet is lost, the packets
// carrying the streams in turn, lost counted from 0. In TCP every stream waits
// that has bytes in the lost packet or behind it: the bytes are one row (RFC
// 9293 3.4). In QUIC one does: each stream has an order of its own, and none with
// the others (RFC 9000 2.2).
func HeldUp(streams, packets, lost int64) (tcp, quic int64) {
	if lost < 0 || lost >= packets || streams < 1 {
		return 0, 0
	}
	return min(streams, packets-lost), 1
}
