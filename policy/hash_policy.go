package policy

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/meshdyno/meshdyno/unit"
)

// HashPolicy is one thing by which requests are kept together, Envoy's
// RouteAction.HashPolicy (route_components.proto): exactly one of its fields,
// and perhaps Terminal.
type HashPolicy struct {
	Header         string      `yaml:"header" pattern:"^[0-9A-Za-z][0-9A-Za-z_.-]*$" doc:"the value of a header"`
	Cookie         *HashCookie `yaml:"cookie" doc:"the value of a cookie"`
	QueryParameter string      `yaml:"query_parameter" doc:"the value of a parameter in the path's query"`
	SourceIP       bool        `yaml:"source_ip" doc:"the address of the caller"`
	Terminal       bool        `yaml:"terminal" doc:"the rest of the list is left aside once there is a hash"`
}

// Check holds p to one thing.
func (p *HashPolicy) Check() error {
	things := 0
	for _, given := range [...]bool{p.Header != "", p.Cookie != nil, p.QueryParameter != "", p.SourceIP} {
		if given {
			things++
		}
	}
	if things != 1 {
		return errors.New("an entry of hash_policy is exactly one of header, cookie, query_parameter, source_ip")
	}
	return nil
}

// HashCookie is a cookie to hash.
type HashCookie struct {
	Name string         `yaml:"name" required:"true" pattern:"^[!-:<>-~]+$" doc:"its name"`
	TTL  *unit.Duration `yaml:"ttl" doc:"a caller without it is given one, made of its address; without a ttl it has none"`
}

// Short names the key that a bare text sets: `cookie: session`.
func (*HashCookie) Short() string { return "name" }

// hasher evaluates hash policies. It keeps a buffer, so that a value takes no
// memory of its own.
type hasher struct{ buffer []byte }

// hashing is what settings of balancers are that look at a hash.
type hashing interface{ hashPolicies() []HashPolicy }

// HashPolicies are what a balancer of these settings keeps requests together
// by; false when it is of a kind that looks at no hash.
func HashPolicies(b BalancerSettings) ([]HashPolicy, bool) {
	h, ok := b.(hashing)
	if !ok {
		return nil, false
	}
	return h.hashPolicies(), true
}

// hash combines what the policies find in a request, as Envoy's
// HashPolicyImpl::generateHash does (http/hash_policy.cc): the hash so far is
// rotated by a bit, that one thing named twice does not cancel itself out.
func (h *hasher) hash(policies []HashPolicy, q Request) (hash uint64, ok bool) {
	if q == nil {
		return 0, false
	}
	for i := range policies {
		p := &policies[i]
		if next, found := h.one(p, q); found {
			hash, ok = hash<<1|hash>>63^next, true
		}
		if p.Terminal && ok {
			break
		}
	}
	return hash, ok
}

// keepTogether takes down what the request of a call is kept together by.
func (c *Call) keepTogether(q Request) {
	if k := c.route; len(k.hashes) > 0 {
		c.hash, c.hashed = k.up.hasher.hash(k.hashes, q)
	}
}

func (h *hasher) one(p *HashPolicy, q Request) (uint64, bool) {
	switch {
	case p.Header != "":
		return h.header(p.Header, q)
	case p.Cookie != nil:
		return h.cookie(p.Cookie, q)
	case p.SourceIP:
		h.buffer = q.AppendSource(h.buffer[:0])
		return xxhash.Sum64(h.buffer), len(h.buffer) > 0
	}
	value, ok := queryValue(q.Path(), p.QueryParameter)
	return xxhash.Sum64String(value), ok
}

// header hashes the values of a header, whatever the order in which they came.
func (h *hasher) header(name string, q Request) (uint64, bool) {
	var ok, more bool
	if h.buffer, ok = q.AppendHeader(h.buffer[:0], name, 0); !ok {
		return 0, false
	}
	first := len(h.buffer)
	if h.buffer, more = q.AppendHeader(h.buffer, name, 1); !more {
		return xxhash.Sum64(h.buffer[:first]), true
	}
	return several(name, q), true
}

// several is the case that allocates: a header that came more than once.
func several(name string, q Request) (hash uint64) {
	var values [][]byte
	for v, ok := q.AppendHeader(nil, name, 0); ok; v, ok = q.AppendHeader(nil, name, len(values)) {
		values = append(values, v)
	}
	slices.SortStableFunc(values, bytes.Compare)
	for _, v := range values {
		hash = xxHash64(v, hash)
	}
	return hash
}

// cookie hashes the value of a cookie. One that the proxy gives out is the hash
// of the caller's address in hex, so that a caller always gets the same.
func (h *hasher) cookie(c *HashCookie, q Request) (uint64, bool) {
	for n, ok := 0, true; ok; n++ {
		if h.buffer, ok = q.AppendHeader(h.buffer[:0], "cookie", n); ok {
			if value := cookieValue(h.buffer, c.Name); len(value) > 0 {
				return xxhash.Sum64(value), true
			}
		}
	}
	if c.TTL == nil {
		return 0, false
	}
	h.buffer = q.AppendSource(h.buffer[:0])
	h.buffer = appendHex(h.buffer[:0], xxhash.Sum64(h.buffer))
	return xxhash.Sum64(h.buffer), true
}

// cookieValue finds NAME=VALUE among what semicolons part (RFC 6265, section
// 4.2.1), without the quotes around it.
func cookieValue(cookies []byte, name string) []byte {
	for len(cookies) > 0 {
		var pair []byte
		pair, cookies, _ = bytes.Cut(cookies, []byte(";"))
		key, value, ok := bytes.Cut(bytes.TrimSpace(pair), []byte("="))
		if !ok || string(key) != name {
			continue
		}
		if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
			value = value[1 : n-1]
		}
		return value
	}
	return nil
}

// queryValue finds the first value of a parameter, not decoded.
func queryValue(path, name string) (string, bool) {
	_, query, _ := strings.Cut(path, "?")
	query, _, _ = strings.Cut(query, "#")
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if key, value, _ := strings.Cut(pair, "="); key == name {
			return value, true
		}
	}
	return "", false
}

func appendHex(dst []byte, x uint64) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[x>>shift&15])
	}
	return dst
}
