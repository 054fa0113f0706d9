// Package tcp is one end of a TCP connection as a machine that knows no clock,
// no socket and no thread, segment by segment. The bytes themselves are not
// carried, only how many there are and which segments they fall into.
//
// A driver holds two [Endpoint]s, carries the segments of each to the other
// (package wire/link is such a way), and tells them what happens:
//
//	client.Open(now)                    // or server.Listen()
//	client.Write(now, 300, request)     // 300 bytes; request marks their end
//	server.Arrives(now, &segment)
//	server.Wake(now)                    // at server.WakeAt()
//	client.Close(now)
//
// and after each of these takes what the endpoint has to send:
//
//	for client.Next(now, &segment) {
//		// to the link
//	}
//
// Next is asked until it says no. How far the bytes got stands in Received; the
// marks of the writes that got so far are taken from the endpoint that wrote
// them: Passed.
//
// Positions are counted from the beginning of the connection and do not wrap:
// the SYN is 0, the first byte 1. RFC 9293 is the base; every other rule has
// its RFC where it stands. The defaults are those of Linux where RFCs leave a
// choice. Not here: ECN, PAWS, urgent data, TCP Fast Open, path MTU discovery,
// buffers that tune themselves, and taking back a reduction of the window that
// proves needless (RFC 4015, 5682).
package tcp
