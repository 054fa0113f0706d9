// Package layers keeps the account of a message: the bytes and the time that
// each of the seven layers of the OSI model (ITU-T X.200) has of it.
//
//	p := layers.Path{MTU: 1500, Timestamps: true, TLS: &records}
//	a := p.Message(layers.Message{Values: 1168, Coded: 1024, Framing: 25, Frames: 2})
//	a.Bytes[layers.Network] // 20 for each packet
//	a.TotalBytes()          // what passes on the wire
//
// The Internet was not built in seven layers, and two of them are a matter of
// taste. Here:
//
//   - TLS is both 5 and 6. Its handshake, its tickets and the headers of its
//     records keep a conversation going: the session. Sealing changes how bytes
//     are written, as coding and compression do, and X.200 gives that to the
//     presentation layer (7.2): the tag, the hidden content type and the nonce
//     count there, and so does the time to encrypt.
//   - Presentation may take bytes away: what a message has less than its values
//     have in memory, for varints or for compression, counts below zero, so that
//     the sum of the layers is the wire, always.
//   - HTTP, its frames and heads are the application, with the values; HTTP/2's
//     streams and windows would be transport in another book.
package layers
