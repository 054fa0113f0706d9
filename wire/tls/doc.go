// Package tls counts what TLS costs: the messages of each handshake with their
// bytes, the round trips that they take, the CPU time of both sides, and what
// the records add to the bytes that they carry.
//
//	h := settings.Handshake(tls.Full)    // once: it allocates
//	h.BeforeRequest                      // round trips
//	r := settings.Records()
//	r.Wire(1024)                         // 1046 bytes in TLS 1.3
//
// Nothing is encrypted here, and nothing drawn: certificates and tickets are
// sizes. The sizes of messages are those of RFC 8446 (TLS 1.3) and RFC 5246 with
// 5077, 5288, 7627, 7905 and 8422 (TLS 1.2); which extensions a side sends is a
// matter of its implementation, see [Settings].Stack.
package tls
