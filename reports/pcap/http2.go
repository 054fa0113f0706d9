package pcap

import (
	"bytes"
	"fmt"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// HTTP2 is what one side says on an HTTP/2 connection. Its header compression
// remembers what was said before, so that messages are made in the order in
// which they are sent.
type HTTP2 struct {
	out   bytes.Buffer
	frame *http2.Framer
	block bytes.Buffer
	pack  *hpack.Encoder
	next  uint32 // stream of the next request
}

// largestFrame is SETTINGS_MAX_FRAME_SIZE as both sides begin with (RFC 9113
// 6.5.2), openWindow a window that no body of a run exhausts.
const (
	largestFrame = 16384
	openWindow   = 1 << 30
)

// NewHTTP2 is one side of a new connection.
func NewHTTP2() *HTTP2 {
	h := &HTTP2{next: 1}
	h.frame = http2.NewFramer(&h.out, nil)
	h.pack = hpack.NewEncoder(&h.block)
	return h
}

// Open is what a side says first; the client's begins with the preface.
func (h *HTTP2) Open(client bool) []byte {
	settings := []http2.Setting{{ID: http2.SettingInitialWindowSize, Val: openWindow}}
	if client {
		h.out.WriteString(http2.ClientPreface)
		settings = append(settings, http2.Setting{ID: http2.SettingEnablePush})
	}
	certain(h.frame.WriteSettings(settings...))
	certain(h.frame.WriteWindowUpdate(0, openWindow))
	return h.take()
}

// Agree acknowledges the settings of the other side.
func (h *HTTP2) Agree() []byte {
	certain(h.frame.WriteSettingsAck())
	return h.take()
}

// Request is a request on a new stream.
func (h *HTTP2) Request(m *Message) (bytes []byte, stream uint32) {
	stream = h.next
	h.next += 2
	h.message(stream, m, true)
	return h.take(), stream
}

// Response is the response on a stream.
func (h *HTTP2) Response(stream uint32, m *Message) []byte {
	h.message(stream, m, false)
	return h.take()
}

// Cancel is how a side gives a stream up.
func (h *HTTP2) Cancel(stream uint32) []byte {
	certain(h.frame.WriteRSTStream(stream, http2.ErrCodeCancel))
	return h.take()
}

func (h *HTTP2) message(stream uint32, m *Message, request bool) {
	trailers := m.GRPC && !request
	body := m.body()
	if m.GRPC {
		body = prefixed(m.Body)
	}
	h.headers(stream, m.fields(request), len(body) == 0 && !trailers)
	for len(body) > 0 {
		n := min(len(body), largestFrame)
		certain(h.frame.WriteData(stream, n == len(body) && !trailers, body[:n]))
		body = body[n:]
	}
	if trailers {
		h.headers(stream, []hpack.HeaderField{{Name: "grpc-status", Value: fmt.Sprint(m.GRPCCode)}}, true)
	}
}

// headers writes one block of fields, cut where it exceeds a frame.
func (h *HTTP2) headers(stream uint32, fields []hpack.HeaderField, last bool) {
	h.block.Reset()
	for _, f := range fields {
		certain(h.pack.WriteField(f))
	}
	part := h.block.Next(largestFrame)
	certain(h.frame.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: part, EndStream: last, EndHeaders: h.block.Len() == 0}))
	for h.block.Len() > 0 {
		part = h.block.Next(largestFrame)
		certain(h.frame.WriteContinuation(stream, h.block.Len() == 0, part))
	}
}

func (h *HTTP2) take() []byte {
	all := bytes.Clone(h.out.Bytes())
	h.out.Reset()
	return all
}

// certain is for writes into a buffer with arguments of our own, which cannot
// fail.
func certain(err error) {
	if err != nil {
		panic("pcap: " + err.Error())
	}
}
