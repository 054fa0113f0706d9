package policy

import (
	"bytes"
	"math"
	"strings"
)

// asked is a request while rules look at it. It keeps a buffer, so that a value
// takes no memory of its own.
type asked struct {
	Request
	draw   uint64 // of this request, for every share that is looked at
	buffer []byte
}

// meets says whether the request meets the match.
func (q *asked) meets(m *matcher) bool {
	if !q.has(&m.all) {
		return false
	}
	for i := range m.any {
		if q.has(&m.any[i]) {
			return true
		}
	}
	return len(m.any) == 0
}

// has says whether the request is like c, the cheapest questions first.
func (q *asked) has(c *condition) bool {
	return (!c.fraction || uint32(q.draw%million) < c.parts) &&
		(c.method == "" || q.Method() == c.method) &&
		(c.anyHost || q.hasHost(c)) &&
		(c.path.kind == anyText || q.hasPath(c)) &&
		(c.grpc == nil || q.isGRPC(c.grpc)) &&
		q.hasHeaders(c.headers) && q.hasQuery(c.query) && q.hasCookies(c.cookies)
}

func (q *asked) hasHost(c *condition) bool {
	q.buffer = append(q.buffer[:0], q.Host()...)
	host := q.buffer
	if c.noPort {
		host = withoutPort(host)
	}
	if c.host.kind != exactText && len(host) <= len(c.host.text) {
		return false
	}
	return c.host.matches(host)
}

// withoutPort cuts :PORT off, but nothing of an IPv6 address, which is in
// brackets (RFC 3986, section 3.2.2).
func withoutPort(host []byte) []byte {
	if i := bytes.LastIndexByte(host, ':'); i > bytes.LastIndexByte(host, ']') {
		return host[:i]
	}
	return host
}

// hasPath looks at the path up to its query or fragment.
func (q *asked) hasPath(c *condition) bool {
	q.buffer = append(q.buffer[:0], q.Path()...)
	path := q.buffer
	if i := bytes.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if !c.path.matches(path) {
		return false
	}
	return c.divided == 0 || len(path) == c.divided || path[c.divided] == '/'
}

// isGRPC asks the content-type, of which application/grpc-web is no gRPC.
func (q *asked) isGRPC(g *GRPCMatch) bool {
	const grpc = "application/grpc"
	var ok bool
	if q.buffer, ok = q.AppendHeader(q.buffer[:0], "content-type", 0); !ok {
		return false
	}
	if kind, whole := bytes.CutPrefix(q.buffer, []byte(grpc)); !whole || len(kind) > 0 && kind[0] != '+' {
		return false
	}
	service, method := grpcMethod(q.Path())
	return (g.Service == "" || g.Service == service) && (g.Method == "" || g.Method == method)
}

// grpcMethod reads /SERVICE/METHOD.
func grpcMethod(path string) (service, method string) {
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	service, method, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return service, method
}

// holds judges a value that is there, or counts as if it were.
func (m *valueMatcher) holds(value []byte) bool {
	switch m.kind {
	case isMissing:
		return false
	case isLike:
		return m.text.matches(value)
	case isBetween:
		n, ok := wholeNumber(value)
		return ok && m.start <= n && n < m.end
	}
	return true
}

// hasHeaders is Envoy's matchHeaders (header_utility.h).
func (q *asked) hasHeaders(all []headerMatcher) bool {
	for i := range all {
		if !all[i].meets(q, &q.buffer) {
			return false
		}
	}
	return true
}

// meets looks for the header, in a buffer that is lent.
func (h *headerMatcher) meets(from Headers, buffer *[]byte) bool {
	there := joinHeader(from, h.name, buffer)
	switch {
	case there || h.empty:
		return h.value.holds(*buffer) != h.invert
	case h.value.kind == isThere || h.value.kind == isMissing:
		return (h.value.kind == isMissing) != h.invert
	}
	return false
}

// joinHeader reads all values of a header, with commas between.
func joinHeader(from Headers, name string, buffer *[]byte) (there bool) {
	text, there := from.AppendHeader((*buffer)[:0], name, 0)
	for n, more := 1, there; more; n++ {
		before := len(text)
		if text, more = from.AppendHeader(append(text, ','), name, n); !more {
			text = text[:before]
		}
	}
	*buffer = text
	return there
}

// AppendHeader knows besides what HTTP/2 has as headers.
func (q *asked) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	switch name {
	case ":path":
		return append(dst, q.Path()...), n == 0
	case ":method":
		return append(dst, q.Method()...), n == 0
	case ":authority", "host":
		return append(dst, q.Host()...), n == 0
	}
	return q.Request.AppendHeader(dst, name, n)
}

// hasQuery is Envoy's matchQueryParams (config_utility.cc).
func (q *asked) hasQuery(all []queryMatcher) bool {
	for i := range all {
		p := &all[i]
		value, there := queryValue(q.Path(), p.name)
		if !there {
			if p.value.kind != isMissing {
				return false
			}
			continue
		}
		if q.buffer = append(q.buffer[:0], value...); !p.value.holds(q.buffer) {
			return false
		}
	}
	return true
}

// hasCookies is Envoy's matchCookies (config_utility.cc).
func (q *asked) hasCookies(all []headerMatcher) bool {
	for i := range all {
		c := &all[i]
		value, there := q.cookie(c.name)
		holds := c.value.kind == isMissing
		if there || c.empty && (c.value.kind == isLike || c.value.kind == isBetween) {
			holds = c.value.holds(value)
		}
		if holds == c.invert {
			return false
		}
	}
	return true
}

func (q *asked) cookie(name string) (value []byte, there bool) {
	for n, more := 0, true; more; n++ {
		if q.buffer, more = q.AppendHeader(q.buffer[:0], "cookie", n); more {
			if value = cookieValue(q.buffer, name); value != nil {
				return value, true
			}
		}
	}
	return nil, false
}

// wholeNumber reads an int64, with a sign perhaps and spaces around it.
func wholeNumber(text []byte) (n int64, ok bool) {
	text = bytes.TrimSpace(text)
	negative := len(text) > 0 && text[0] == '-'
	if negative || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	for _, c := range text {
		digit := int64(c - '0')
		if c < '0' || c > '9' || n < (math.MinInt64+digit)/10 {
			return 0, false
		}
		n = n*10 - digit // below zero, where there is one number more
	}
	if !negative {
		ok, n = n != math.MinInt64, -n
		return n, ok && len(text) > 0
	}
	return n, len(text) > 0
}
