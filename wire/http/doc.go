// Package http counts the bytes that HTTP/1.1 (RFC 9112), HTTP/2 (RFC 9113) and
// gRPC put around messages, and keeps the windows of HTTP/2's flow control.
//
// Heads of HTTP/1.1 are sums: [RequestHead], [AnswerHead]. In HTTP/2 a head is a
// header block of package wire/hpack, whose length depends on what the
// connection has carried before, and goes out in frames: [Frames]. The windows
// of one direction are a [Sender], which asks what may be sent, and a
// [Receiver], which says when to open the window again.
package http
