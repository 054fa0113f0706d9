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
	values := q.Header[textproto.CanonicalMIMEHeaderKey(name)]
	if strings.EqualFold(name, "host") {
		values = []string{q.Host} // net/http has moved it there
	}
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
