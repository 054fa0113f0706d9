package policy

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// Headers by which a request tells how long its caller waits.
const (
	ExpectedTimeout = "x-envoy-expected-rq-timeout-ms"
	GRPCTimeout     = "grpc-timeout"
)

// readsRequests says whether a request has a say in its limits.
func (p *Plan) readsRequests() bool {
	return p.overrides() || p.inherits() || p.MaxStreamDuration != nil
}

// overrides says whether a request may change what the rules say.
func (p *Plan) overrides() bool {
	return p.EnvoyHeaders || p.MaxGRPCTimeout != nil || p.Retry != nil && len(p.Retry.RetriableRequestHeaders) > 0
}

// inherits says whether a call ends when its caller's does. Among gRPC's clients
// the deadline travels by itself; Envoy's router heeds it when told to.
func (p *Plan) inherits() bool {
	if p.DeadlinePropagation != nil {
		return *p.DeadlinePropagation
	}
	return p.GRPC
}

// read lets the request have its say; it is sent when the filters let it out.
// False means that nobody waits for the answer any more.
func (c *Call) read(now, sent mesh.Time, q Request) bool {
	p := c.route.plan
	if p.overrides() {
		c.readLimits(q)
	}
	c.limit(sent, c.limits().whole, lateRoute)
	if p.MaxStreamDuration != nil {
		c.limit(now, p.streamDuration(c.route.up, q), lateLong)
	}
	if !p.inherits() {
		return true
	}
	left, told := c.route.up.callerLeft(q)
	c.limit(now, left, lateRoute)
	return !told || left > 0
}

// readLimits sets the limits of this call.
func (c *Call) readLimits(q Request) {
	p, u, l := c.route.plan, c.route.up, c.route.limits
	if p.GRPC && p.MaxGRPCTimeout != nil && p.MaxStreamDuration == nil {
		l.whole = p.grpcTimeout(u, q)
	}
	if p.EnvoyHeaders {
		c.route.readEnvoyHeaders(&l, q)
	}
	if u.request.Request = q; len(l.asks) > 0 && !u.meetsAny(&u.request, l.asks) {
		l.on = 0
	}
	u.request.Request = nil
	l.square()
	c.company().limits, c.company().own = l, true
	c.left = l.more
}

// callerLeft is how long the caller of the request itself has left.
func (u *Upstream) callerLeft(q Request) (left time.Duration, told bool) {
	if left, told = u.readGRPCTimeout(q); !told {
		left, told = u.readMillis(q, ExpectedTimeout)
	}
	return left, told
}

// grpcTimeout is finalTimeout's for gRPC: what the request asks for, less the
// offset, up to the greatest. 0 is no end.
func (p *Plan) grpcTimeout(u *Upstream, q Request) time.Duration {
	d, _ := u.readGRPCTimeout(q)
	if off := p.GRPCTimeoutOffset; off != nil && off.Std() < d {
		d -= off.Std()
	}
	if most := p.MaxGRPCTimeout.Std(); most > 0 && (d == 0 || d > most) {
		d = most
	}
	return d
}

// streamDuration is the connection manager's refreshDurationTimeout.
func (p *Plan) streamDuration(u *Upstream, q Request) time.Duration {
	m := p.MaxStreamDuration
	asked, told := u.readGRPCTimeout(q)
	if !told || m.GRPCTimeoutHeaderMax == nil {
		return m.MaxStreamDuration.Std()
	}
	if most := m.GRPCTimeoutHeaderMax.Std(); most > 0 {
		asked = min(asked, most)
	}
	return max(asked-m.GRPCTimeoutHeaderOffset.Std(), 0)
}

// readEnvoyHeaders takes what the request itself asks for (router_filter.rst).
func (k *course) readEnvoyHeaders(l *limits, q Request) {
	k.up.readTimeouts(l, q)
	if k.plan.Retry == nil && !k.up.has(q, "x-envoy-retry-on") && !k.up.has(q, "x-envoy-retry-grpc-on") {
		return
	}
	if k.plan.Retry == nil {
		l.more = 1
	}
	k.up.readRetries(l, q)
	k.up.readRetriable(l, q)
}

func (u *Upstream) readTimeouts(l *limits, q Request) {
	if d, ok := u.readMillis(q, "x-envoy-upstream-rq-timeout-ms"); ok {
		l.whole = d
	}
	if d, ok := u.readMillis(q, "x-envoy-upstream-rq-per-try-timeout-ms"); ok {
		l.perTry = d
	}
	switch string(u.header(q, "x-envoy-hedge-on-per-try-timeout")) {
	case "true":
		l.hedges = true
	case "false":
		l.hedges = false
	}
}

func (u *Upstream) readRetries(l *limits, q Request) {
	l.retries = true
	l.on |= readRetryOn(u.header(q, "x-envoy-retry-on"), onCancelled-1)
	l.on |= readRetryOn(u.header(q, "x-envoy-retry-grpc-on"), ^(onCancelled - 1))
	if n, ok := u.readNumber(q, "x-envoy-max-retries"); ok && l.on != 0 {
		l.more = int16(min(n, math.MaxInt16-1))
	}
}

// readRetriable adds to what retriable-status-codes and retriable-headers mean.
func (u *Upstream) readRetriable(l *limits, q Request) {
	for field := range bytes.SplitSeq(u.header(q, "x-envoy-retriable-status-codes"), []byte(",")) {
		if n, err := strconv.ParseUint(string(bytes.TrimSpace(field)), 10, 32); err == nil {
			l.codes = append(l.codes, int(n))
		}
	}
	for field := range bytes.SplitSeq(u.header(q, "x-envoy-retriable-header-names"), []byte(",")) {
		if name := bytes.TrimSpace(field); len(name) > 0 {
			l.headers = append(l.headers, headerMatcher{name: strings.ToLower(string(name))})
		}
	}
}

// readRetryOn reads words, of which only those in the set count.
func readRetryOn(text []byte, among retryOn) (on retryOn) {
	for field := range bytes.SplitSeq(text, []byte(",")) {
		for i, word := range retryOnWords {
			if string(bytes.TrimSpace(field)) == word {
				on |= 1 << i & among
			}
		}
	}
	return on
}

// header is the first value of a header, until the next one is read.
func (u *Upstream) header(from Headers, name string) []byte {
	u.scratch, _ = from.AppendHeader(u.scratch[:0], name, 0)
	return u.scratch
}

// meetsAny says whether headers meet one of several conditions.
func (u *Upstream) meetsAny(from Headers, all []headerMatcher) bool {
	for i := range all {
		if all[i].meets(from, &u.scratch) {
			return true
		}
	}
	return false
}

func (u *Upstream) has(from Headers, name string) (has bool) {
	u.scratch, has = from.AppendHeader(u.scratch[:0], name, 0)
	return has
}

func (u *Upstream) readNumber(from Headers, name string) (n uint64, ok bool) {
	text := u.header(from, name)
	if len(text) == 0 || len(text) > 18 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text), 10, 63)
	return n, err == nil
}

func (u *Upstream) readMillis(from Headers, name string) (d time.Duration, ok bool) {
	n, ok := u.readNumber(from, name)
	return time.Duration(min(n, math.MaxInt64/uint64(4*time.Millisecond))) * time.Millisecond, ok
}

// readGRPCTimeout reads at most eight digits and a unit (PROTOCOL-HTTP2.md).
func (u *Upstream) readGRPCTimeout(from Headers) (d time.Duration, ok bool) {
	text := u.header(from, GRPCTimeout)
	if len(text) < 2 || len(text) > 9 {
		return 0, false
	}
	unit, known := grpcUnits[text[len(text)-1]]
	n, err := strconv.ParseUint(string(text[:len(text)-1]), 10, 32)
	return time.Duration(min(n, math.MaxInt64/4/uint64(max(unit, 1)))) * unit, known && err == nil
}

var grpcUnits = map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second, 'm': time.Millisecond, 'u': time.Microsecond, 'n': 1}

// AppendGRPCTimeout writes how long a caller waits as grpc-timeout does: in the
// finest unit that holds it in eight digits, rounded up.
func AppendGRPCTimeout(dst []byte, left time.Duration) []byte {
	unit, letter := time.Duration(1), byte('n')
	for _, next := range []byte("umSMH") {
		if (left+unit-1)/unit <= 99_999_999 {
			break
		}
		unit, letter = grpcUnits[next], next
	}
	return append(strconv.AppendInt(dst, int64((left+unit-1)/unit), 10), letter)
}
