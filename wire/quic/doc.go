// Package quic is the arithmetic of QUIC (RFC 9000, 9001): round trips and
// datagrams of a handshake, what packets and frames add to the bytes that they
// carry, and which streams a lost packet holds up. It has no loss recovery and
// no congestion control of its own.
package quic
