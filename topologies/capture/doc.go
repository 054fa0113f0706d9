// Package capture reads what a network interface saw, as pcap or pcapng, and
// measures services and the network by it: round trips, losses, sizes, times to
// answer, arrivals.
//
//	c, err := capture.Read("web.pcapng", file, capture.Options{})
//	for _, s := range c.Services { ... s.Request.Fit() ... }
//
// Everything is bounded: a record, the connections that are followed at once,
// the services, the samples, what a compressed file unpacks to. What did not fit
// or was not understood is counted (Counts).
//
// # What is measured, and how
//
// The round trip is the time from a SYN to the client's acknowledgement of the
// answer, wherever between the hosts the interface was; connections whose SYN or
// SYN-ACK was sent twice do not count (Karn), nor those where that
// acknowledgement came with data and 200 ms later than the quickest, as after a
// timeout. The part of it up to the SYN-ACK
// is what separates the interface from the server, and is taken away from the
// time between the end of a request and the beginning of its response.
//
// A segment is lost when its bytes come again and had not been acknowledged, or
// when its bytes are missing and come more than half a round trip after their
// successors. A duplicate that the receiver reports (RFC 2883) is none.
//
// A request is what a client sends until the server speaks, a response what the
// server sends until the client speaks again. On HTTP/2 connections that were
// seen from their beginning each stream is one request instead, as long as no
// byte is missing.
package capture
