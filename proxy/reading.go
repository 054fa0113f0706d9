package proxy

import (
	"net"
	"net/http"
	"net/textproto"
	"strings"
)

// reading is a request as the policy reads it.
type reading struct{ *http.Request }

// AppendHeader appends the value number n of a header.
func (q reading) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	if strings.EqualFold(name, "host") && n == 0 {
		return append(dst, q.Request.Host...), true // net/http has moved it there
	}
	return headers(q.Header).AppendHeader(dst, name, n)
}

// headers are those of a message as the policy reads them.
type headers http.Header

// AppendHeader appends the value number n of a header.
func (h headers) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	values := h[textproto.CanonicalMIMEHeaderKey(name)]
	if n >= len(values) {
		return dst, false
	}
	return append(dst, values[n]...), true
}

// AppendSource appends the caller's address without its port.
func (q reading) AppendSource(dst []byte) []byte {
	host, _, err := net.SplitHostPort(q.RemoteAddr)
	if err != nil {
		host = q.RemoteAddr
	}
	return append(dst, host...)
}

// Path is what stands in the request's first line.
func (q reading) Path() string { return q.URL.RequestURI() }

// Method is that of the request.
func (q reading) Method() string { return q.Request.Method }

// Host is what the request asks for, in its header or its first line.
func (q reading) Host() string { return q.Request.Host }
