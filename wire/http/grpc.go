package http

import (
	"strconv"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/hpack"
)

// MessagePrefix is what gRPC puts before each message: a flag for compression
// and the length (gRPC over HTTP/2, "Length-Prefixed-Message").
const MessagePrefix = 5

// GRPCRequest is the head of a call to target ("/shop.Payments/Charge"), as
// grpc-go orders it. The timeout is left out if it is empty.
func GRPCRequest(scheme, authority, target, agent, timeout string) []hpack.Field {
	fields := []hpack.Field{{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: scheme}, {Name: ":path", Value: target},
		{Name: ":authority", Value: authority}, {Name: "content-type", Value: "application/grpc"},
		{Name: "user-agent", Value: agent}, {Name: "te", Value: "trailers"}}
	if timeout != "" {
		fields = append(fields, hpack.Field{Name: "grpc-timeout", Value: timeout})
	}
	return fields
}

// GRPCAnswer is the head of an answer; GRPCTrailer stands behind the messages.
// A call that fails before it answers has only a trailer, with the fields of the
// head before its own.
func GRPCAnswer() []hpack.Field {
	return []hpack.Field{{Name: ":status", Value: "200"}, {Name: "content-type", Value: "application/grpc"}}
}

// GRPCTrailer says how the call ended; the text is left out if it is empty.
func GRPCTrailer(status int, text string) []hpack.Field {
	fields := []hpack.Field{{Name: "grpc-status", Value: strconv.Itoa(status)}}
	if text != "" {
		fields = append(fields, hpack.Field{Name: "grpc-message", Value: text})
	}
	return fields
}

// timeoutUnits are those of grpc-timeout.
var timeoutUnits = []struct {
	letter byte
	length unit.Duration
}{{'n', 1}, {'u', unit.Microsecond}, {'m', unit.Millisecond}, {'S', unit.Second}, {'M', unit.Minute}, {'H', unit.Hour}}

// AppendTimeout writes a grpc-timeout: at most eight digits and a unit, the
// finest that fits, rounded up, as grpc-go does.
func AppendTimeout(to []byte, d unit.Duration) []byte {
	d = max(d, 0)
	for _, u := range timeoutUnits {
		if n := int64((d + u.length - 1) / u.length); n < 100_000_000 {
			return append(strconv.AppendInt(to, n, 10), u.letter)
		}
	}
	return append(to, "99999999H"...)
}

// Bytes are those of one direction of an exchange, by what they are for.
type Bytes struct {
	Content int64 // the messages as they are coded
	Framing int64 // heads, frames, prefixes, trailers
	Frames  int64
}

// Wire is all of them.
func (b Bytes) Wire() int64 { return b.Content + b.Framing }

// Head1 is an HTTP/1.1 message with a head of so many bytes.
func Head1(head int, content int64) Bytes { return Bytes{Content: content, Framing: int64(head)} }

// Message2 is an HTTP/2 message, or a gRPC stream of messages of one size: the
// header block, the messages in DATA frames, and the trailer's block, each 0 for
// none. A gRPC message has its prefix and a frame of its own; one that is larger
// than a frame goes on in the next.
func (s *Settings) Message2(block int, messages, size int64, grpc bool, trailer int) Bytes {
	b := Bytes{Content: messages * size}
	b.add(s, int64(block))
	if grpc {
		size += MessagePrefix
	}
	if messages > 0 {
		count, bytes := Frames(size, int64(s.MaxFrame))
		b.Frames += messages * count
		b.Framing += messages*bytes - b.Content
	}
	b.add(s, int64(trailer))
	return b
}

// add is a header block, if there is one.
func (b *Bytes) add(s *Settings, block int64) {
	if block == 0 {
		return
	}
	count, bytes := Frames(block, int64(s.MaxFrame))
	b.Frames += count
	b.Framing += bytes
}
