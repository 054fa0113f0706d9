package pcap

import (
	"bytes"
	"fmt"

	"golang.org/x/net/http2/hpack"
)

// Message is a request, or the response to one.
type Message struct {
	Method    string // of a request; GET when "" and there is no body, else POST
	Authority string // of a request: whom it is for
	Path      string // of a request; / when ""
	Status    int    // of a response; 200 when 0
	GRPC      bool   // the body is one protobuf message
	GRPCCode  int    // of a response: 0 is OK
	Fields    []Field
	Body      int // bytes; of gRPC those of the message, without the prefix
}

// Field is one more header field. Its name is in lower case.
type Field struct{ Name, Value string }

func (m *Message) method() string {
	switch {
	case m.Method != "":
		return m.Method
	case m.Body > 0 || m.GRPC:
		return "POST"
	}
	return "GET"
}

func (m *Message) path() string {
	if m.Path == "" {
		return "/"
	}
	return m.Path
}

func (m *Message) status() int {
	if m.Status == 0 {
		return 200
	}
	return m.Status
}

// body is text that shows where in it one is: lines of 32 bytes.
func (m *Message) body() []byte {
	var b bytes.Buffer
	for line := 0; b.Len() < m.Body; line++ {
		fmt.Fprintf(&b, "%08d abcdefghijklmnopqrstuv\n", line*32)
	}
	return b.Bytes()[:m.Body]
}

// fields are the header fields of HTTP/2, the pseudo fields first.
func (m *Message) fields(request bool) []hpack.HeaderField {
	var all []hpack.HeaderField
	add := func(name, value string) { all = append(all, hpack.HeaderField{Name: name, Value: value}) }
	if request {
		add(":method", m.method())
		add(":scheme", "http")
		add(":path", m.path())
		add(":authority", m.Authority)
	} else {
		add(":status", fmt.Sprint(m.status()))
	}
	switch {
	case m.GRPC:
		add("content-type", "application/grpc+proto")
	case m.Body > 0:
		add("content-type", "text/plain")
		add("content-length", fmt.Sprint(m.Body))
	}
	if m.GRPC && request {
		add("te", "trailers")
	}
	for _, f := range m.Fields {
		add(f.Name, f.Value)
	}
	return all
}
