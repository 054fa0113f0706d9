package policy_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// letter is a request as a live proxy might have read it.
type letter struct {
	headers map[string][]string
	source  string
	path    string
	method  string
	host    string
}

func (l *letter) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	values := l.headers[strings.ToLower(name)]
	if n >= len(values) {
		return dst, false
	}
	return append(dst, values[n]...), true
}

func (l *letter) AppendSource(dst []byte) []byte { return append(dst, l.source...) }
func (l *letter) Path() string                   { return l.path }
func (l *letter) Method() string                 { return l.method }
func (l *letter) Host() string                   { return l.host }

func xx(text string) uint64 { return policy.XXHash64([]byte(text), 0) }

func rotl(h uint64) uint64 { return h<<1 | h>>63 }

// TestHashPolicies follows Envoy's http/hash_policy.cc and the cases of
// test/common/http/hash_policy_test.cc and router/config_impl_test.cc
// (RouterMatcherHashPolicyTest).
func TestHashPolicies(t *testing.T) {
	q := &letter{
		headers: map[string][]string{"x-user": {"17"}, "x-two": {"foo", "bar"}, "x-swapped": {"bar", "foo"}, "x-empty": {""},
			"cookie": {`a=1; session="abc"; b`, "late=x"}},
		source: "10.0.0.1", path: "/find?q=cats&page=2&q=dogs&bare#q=end",
	}
	chained := policy.XXHash64([]byte("foo"), xx("bar"))
	for _, c := range []struct {
		policy string
		want   uint64
		ok     bool
	}{
		{`[]`, 0, false},
		{`[{header: x-user}]`, xx("17"), true},
		{`[{header: X-User}]`, xx("17"), true},
		{`[{header: x-missing}]`, 0, false},
		{`[{header: x-empty}]`, xx(""), true},
		{`[{header: x-two}]`, chained, true},
		{`[{header: x-swapped}]`, chained, true},
		{`[{cookie: session}]`, xx("abc"), true},
		{`[{cookie: {name: late}}]`, xx("x"), true},
		{`[{cookie: b}]`, 0, false},
		{`[{cookie: missing}]`, 0, false},
		{`[{cookie: {name: missing, ttl: 1h}}]`, xx(hex(xx("10.0.0.1"))), true},
		{`[{cookie: {name: a, ttl: 1h}}]`, xx("1"), true},
		{`[{source_ip: true}]`, xx("10.0.0.1"), true},
		{`[{query_parameter: q}]`, xx("cats"), true},
		{`[{query_parameter: page}]`, xx("2"), true},
		{`[{query_parameter: bare}]`, xx(""), true},
		{`[{query_parameter: end}]`, 0, false},
		{`[{header: x-user}, {source_ip: true}]`, rotl(xx("17")) ^ xx("10.0.0.1"), true},
		{`[{source_ip: true}, {header: x-user}]`, rotl(xx("10.0.0.1")) ^ xx("17"), true},
		{`[{header: x-user}, {header: x-user}]`, rotl(xx("17")) ^ xx("17"), true},
		{`[{header: x-missing}, {header: x-user}]`, xx("17"), true},
		{`[{header: x-user}, {header: x-missing}, {source_ip: true}]`, rotl(xx("17")) ^ xx("10.0.0.1"), true},
		{`[{header: x-user, terminal: true}, {source_ip: true}]`, xx("17"), true},
		{`[{header: x-missing, terminal: true}, {source_ip: true}]`, xx("10.0.0.1"), true},
		{`[{source_ip: true}, {header: x-missing, terminal: true}, {header: x-user}]`, xx("10.0.0.1"), true},
	} {
		p := plan(t, "load_balancer: {policy: ring_hash, hash_policy: "+c.policy+"}")
		if got, ok := policy.Hash(p.Balancer.(*policy.RingHash).HashPolicy, q); got != c.want || ok != c.ok {
			t.Errorf("%s: %d %v, want %d %v", c.policy, got, ok, c.want, c.ok)
		}
	}
	if _, ok := policy.Hash([]policy.HashPolicy{{SourceIP: true}}, &letter{}); ok {
		t.Error("a caller without address has a hash")
	}
	if _, ok := policy.Hash([]policy.HashPolicy{{SourceIP: true}}, nil); ok {
		t.Error("a request that nothing is known of has a hash")
	}
}

func hex(x uint64) string {
	text := ""
	for ; len(text) < 16; x >>= 4 {
		text = "0123456789abcdef"[x&15:x&15+1] + text
	}
	return text
}

func TestBadHashPolicies(t *testing.T) {
	for text, says := range map[string]string{
		`[{}]`:                             "exactly one of header, cookie, query_parameter, source_ip",
		`[{header: a, cookie: b}]`:         "exactly one of",
		`[{terminal: true}]`:               "exactly one of",
		`[{header: "a b"}]`:                "is not allowed here",
		`[{cookie: {ttl: 1h}}]`:            "name",
		`[{heder: x-user}]`:                "did you mean header?",
		`[{header: a}], table_size: 65536`: "prime",
	} {
		var r policy.Rule
		_, err := strict.Decode("policy.yaml", []byte("load_balancer: {policy: maglev, hash_policy: "+text+"}"), &r)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want %s", text, err, says)
		}
	}
}

// TestHashFunctions: Envoy's vectors (test/common/common/hash_test.cc, xxHash,
// xxHashWithVector, murmurHash2).
func TestHashFunctions(t *testing.T) {
	murmur := func(text string) uint64 { return policy.MurmurHash2([]byte(text), 0xc70f6907) }
	for _, c := range []struct {
		text       string
		xx, murmur uint64
	}{
		{"foo", 3728699739546630719, 9631199822919835226},
		{"bar", 5234164152756840025, 11474628671133349555},
		{"foo\nbar", 8917841378505826757, 16306510975912980159},
		{"lyft", 4400747396090729504, 12847078931730529320},
		{"", 17241709254077376921, 6142509188972423790},
	} {
		if xx(c.text) != c.xx || murmur(c.text) != c.murmur {
			t.Errorf("%q: %d and %d", c.text, xx(c.text), murmur(c.text))
		}
	}
	if got := murmur("longer than seven chars"); got != 15194079855121201171 {
		t.Errorf("the long text: %d", got)
	}
	if got := policy.XXHash64([]byte("bar"), xx("foo")); got != 17745830980996999794 {
		t.Errorf("foo and then bar: %d", got)
	}
}

// TestCallsKeepTogether: all requests with one value go to one host, whether
// they are tried again or not, and nothing is allocated on the way.
func TestCallsKeepTogether(t *testing.T) {
	up := upstream(t, 10, "{load_balancer: {policy: maglev, hash_policy: [{header: x-user}, {cookie: {name: s, ttl: 1h}}]}, retry: {retry_on: [5xx]}}")
	q := &letter{headers: map[string][]string{"x-user": {"17"}}, source: "web-1"}
	hosts := map[int32]int{}
	var c policy.Call
	live := func() {
		c.Begin(0, up, q)
		hosts[c.Next().Host]++
		c.Done(5, 1, replied(mesh.OK))
		drain(&c)
	}
	if n := testing.AllocsPerRun(1000, live); n != 0 {
		t.Errorf("%v allocations a call", n)
	}
	if len(hosts) != 1 {
		t.Errorf("one user's requests went to %v", hosts)
	}
	q.headers["x-user"][0] = "18"
	live()
	q.headers["x-user"][0] = "20"
	live()
	if len(hosts) < 2 {
		t.Error("all users go to one host")
	}
}
