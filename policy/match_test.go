package policy_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/policy"
)

// matching reads the match of a rule.
func matching(t testing.TB, text string) *policy.Matching {
	t.Helper()
	return policy.NewMatching(rule(t, "match: "+text).Match)
}

// get is a request as Envoy's tests make them: genHeaders(host, path, method)
// and headers, written NAME: VALUE.
func get(host, path string, headers ...string) *letter {
	q := &letter{host: host, path: path, method: "GET", headers: map[string][]string{}}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		name = strings.ToLower(name)
		q.headers[name] = append(q.headers[name], value)
	}
	return q
}

// routes are matches in their order, by the name of their cluster; the first
// that a request meets is its route.
type routes []struct{ match, cluster string }

func (r routes) expect(t *testing.T, q *letter, want string) {
	t.Helper()
	for _, route := range r {
		if matching(t, route.match).Meets(q, 0) {
			if route.cluster != want {
				t.Errorf("%s %s %v goes to %s, want %s", q.host, q.path, q.headers, route.cluster, want)
			}
			return
		}
	}
	if want != "" {
		t.Errorf("%s %s %v goes nowhere, want %s", q.host, q.path, q.headers, want)
	}
}

// TestRoutesByHeader is Envoy's config_impl_test.cc, HeaderMatchedRouting and
// HeaderMatchedRoutingV2.
func TestRoutesByHeader(t *testing.T) {
	r := routes{
		{`{prefix: /, headers: {test_header: test}}`, "headers"},
		{`{prefix: /, headers: {test_header_multiple1: test1, test_header_multiple2: test2}}`, "multiple"},
		{`{prefix: /, headers: {test_header_presence: {}}}`, "present"},
		{`{prefix: /, headers: {test_header_pattern: {safe_regex: '^user=test-\d+$'}}}`, "regex"},
		{`{prefix: /, headers: {test_header_pattern: {exact: '^customer=test-\d+$'}}}`, "no regex"},
		{`{prefix: /, headers: {test_header_range: {range_match: {start: -9223372036854775808, end: -10}}}}`, "range 1"},
		{`{prefix: /, headers: {test_header_multiple_range: {range_match: {start: -10, end: 1}}, test_header_multiple_exact: test}}`, "range 2"},
		{`{prefix: /, headers: {test_header_range: {range_match: {start: 1, end: 10}}}}`, "range 3"},
		{`{prefix: /, headers: {test_header_range: {range_match: {start: 9223372036854775801, end: 9223372036854775807}}}}`, "range 4"},
		{`{prefix: /, headers: {test_header_range: "9223372036854775807"}}`, "range 5"},
		{`{prefix: /}`, "without"},
	}
	for _, c := range []struct {
		headers []string
		want    string
	}{
		{nil, "without"},
		{[]string{"test_header: test"}, "headers"},
		{[]string{"test_header_multiple1: test1", "test_header_multiple2: test2"}, "multiple"},
		{[]string{"non_existent_header: foo"}, "without"},
		{[]string{"test_header_presence: test"}, "present"},
		{[]string{"test_header_pattern: user=test-1223"}, "regex"},
		{[]string{"test_header_pattern: customer=test-1223"}, "without"},
		{[]string{"test_header_range: -9223372036854775808"}, "range 1"},
		{[]string{"test_header_multiple_range: -9", "test_header_multiple_exact: test"}, "range 2"},
		{[]string{"test_header_range: 9"}, "range 3"},
		{[]string{"test_header_range: 9223372036854775807"}, "range 5"},
		{[]string{"test_header_multiple_range: -9"}, "without"},
		{[]string{"test_header_range: 19"}, "without"},
	} {
		r.expect(t, get("www.lyft.com", "/", c.headers...), c.want)
	}
}

// TestRoutesByContentType is config_impl_test.cc, ContentType, and the gRPC
// part of EnsureMatchingAllConditions.
func TestRoutesByContentType(t *testing.T) {
	for _, match := range []string{`{headers: {content-type: application/grpc}}`, `{grpc: {}}`} {
		r := routes{{match, "grpc"}, {`{prefix: /}`, "local"}}
		r.expect(t, get("www.lyft.com", "/"), "local")
		r.expect(t, get("www.lyft.com", "/", "content-type: application/grpc"), "grpc")
		r.expect(t, get("www.lyft.com", "/", "content-type: foo"), "local")
	}
	r := routes{{`{grpc: {service: shop.Cart, method: Add}}`, "add"}, {`{grpc: {service: shop.Cart}}`, "cart"}, {`{grpc: {method: Add}}`, "any add"}, {`{grpc: {}}`, "grpc"}}
	for _, c := range []struct{ path, kind, want string }{
		{"/shop.Cart/Add", "application/grpc", "add"},
		{"/shop.Cart/Add", "application/grpc+proto", "add"},
		{"/shop.Cart/Add", "application/grpc-web", ""},
		{"/shop.Cart/Get?x=1", "application/grpc", "cart"},
		{"/shop.Till/Add", "application/grpc", "any add"},
		{"/shop.cart/add", "application/grpc", "grpc"},
	} {
		r.expect(t, get("shop", c.path, "content-type: "+c.kind), c.want)
	}
}

// TestRoutesByQuery is config_impl_test.cc, QueryParamMatchedRouting.
func TestRoutesByQuery(t *testing.T) {
	r := routes{
		{`{prefix: /, query_parameters: {id: {safe_regex: '\d+[02468]'}, debug: {}}}`, "several"},
		{`{prefix: /, query_parameters: {debug: {}}}`, "valueless"},
		{`{prefix: /, query_parameters: {debug2: {present_match: true}}}`, "present"},
		{`{prefix: /, query_parameters: {debug3: foo}}`, "string"},
		{`{prefix: /}`, "without"},
	}
	for _, c := range []struct{ path, want string }{
		{"/", "without"},
		{"/?", "without"},
		{"/?param=testing", "without"},
		{"/?debug", "valueless"},
		{"/?debug2", "present"},
		{"/?debug3=foo", "string"},
		{"/?debug3=foo&debug3=bar", "string"},
		{"/?debug3=bar&debug3=foo", "without"},
		{"/?debug=2", "valueless"},
		{"/?param=test&debug&id=02", "several"},
		{"/?param=test&debug&id=01", "valueless"},
	} {
		r.expect(t, get("example.com", c.path), c.want)
	}
	missing := routes{{`{query_parameters: {debug: {present_match: false}}}`, "missing"}} // config_utility.cc
	missing.expect(t, get("example.com", "/?debug=1"), "")
	missing.expect(t, get("example.com", "/"), "missing")
}

// TestQueriesAreNotDecoded is http/utility_test.cc, parseQueryString.
func TestQueriesAreNotDecoded(t *testing.T) {
	for _, c := range []struct{ path, name, value string }{
		{"/hello?hello", "hello", ""},
		{"/hello?hello%26", "hello%26", ""},
		{"/hello?hello=world", "hello", "world"},
		{"/hello?hello=", "hello", ""},
		{"/hello?hello%26=", "hello%26", ""},
		{"/hello?hello=&", "hello", ""},
		{"/hello?hello%26=&", "hello%26", ""},
		{"/hello?hello=&hello2=world2", "hello2", "world2"},
		{"/logging?name=admin&level=trace", "level", "trace"},
		{"/hello?param_value_has_encoded_ampersand=a%26b", "param_value_has_encoded_ampersand", "a%26b"},
		{"/hello?params_has_encoded_%26=a%26b&ok=1", "params_has_encoded_%26", "a%26b"},
		{"/hello?params_%xy_%%yz=%xy%%yz", "params_%xy_%%yz", "%xy%%yz"},
		{"/stats?filter=%28cluster.upstream_%28rq_total%7Crq_time_sum%29%29", "filter", "%28cluster.upstream_%28rq_total%7Crq_time_sum%29%29"},
		{"/foo?a=1&b=2&a=3%264&a=5", "a", "1"},
		{"/foo?a=1&b=2&a=3%264&a=5", "b", "2"},
	} {
		if !matching(t, `{query_parameters: {"`+c.name+`": {exact: "`+c.value+`"}}}`).Meets(get("x", c.path), 0) {
			t.Errorf("%s: %s is not %q", c.path, c.name, c.value)
		}
	}
	for _, path := range []string{"/hello", "/hello?"} {
		if matching(t, `{query_parameters: {hello: {}}}`).Meets(get("x", path), 0) {
			t.Errorf("%s has a parameter", path)
		}
	}
}

// TestRoutesByHost is config_impl_test.cc, TestDomainMatchOrderConfig, with the
// routes in the order in which Envoy asks virtual hosts, IgnorePortInHostMatching
// and the wildcards of TestRoutes.
func TestRoutesByHost(t *testing.T) {
	r := routes{
		{`[{host: www.example.com}, {host: www.example.cc}, {host: wwww.example.com}]`, "exact"},
		{`{host: "*w.example.com"}`, "suffix"},
		{`[{host: "www.example.c*"}, {host: "ww.example.c*"}]`, "prefix"},
		{`{host: "*"}`, "default"},
	}
	for host, want := range map[string]string{
		"www.example.com": "exact", "wwww.example.com": "exact", "www.example.cc": "exact", "WWW.Example.com": "exact",
		"ww.example.com": "suffix", "www.example.co": "prefix", "w.example.com": "default", "www.example.c": "default",
	} {
		r.expect(t, get(host, "/"), want)
	}
	wild := routes{{`[{host: "*.foo.com"}, {host: "*-bar.baz.com"}]`, "wildcard"}, {`{host: "*.baz.com"}`, "wildcard2"}}
	for host, want := range map[string]string{
		"www.foo.com": "wildcard", "foo-bar.baz.com": "wildcard", ".foo.com": "", "-bar.baz.com": "wildcard2", "foo.com": "",
		"hello.baz.com": "wildcard2", "foo.baz.com": "wildcard2", "baz.com": "",
	} {
		wild.expect(t, get(host, "/"), want)
	}
	const hosts = `[{host: www.foo.com}, {host: 12.34.56.78}, {host: "[12:34:56:7890::]"}]`
	keep := routes{{hosts, "business"}, {`{prefix: /}`, "default"}}
	ignore := routes{{strings.ReplaceAll(hosts, "}", ", ignore_port_in_host_matching: true}"), "business"}, {`{prefix: /}`, "default"}}
	for _, host := range []string{"12.34.56.78:1234", "www.foo.com:8090", "[12:34:56:7890::]:8090"} {
		keep.expect(t, get(host, "/foo"), "default")
		ignore.expect(t, get(host, "/foo"), "business")
	}
	ignore.expect(t, get("www.lyft.com", "/foo"), "default")
	ignore.expect(t, get("[12:34:56:7890::]", "/foo"), "business")
}

// TestRoutesByPath is config_impl_test.cc, the paths of TestRoutes, and
// PathSeparatedPrefixMatch with its variants.
func TestRoutesByPath(t *testing.T) {
	r := routes{
		{`{safe_regex: "/t[io]c"}`, "clock"},
		{`{safe_regex: "/baa+"}`, "sheep"},
		{`{safe_regex: '.*/\d{3}$'}`, "three_numbers"},
		{`{safe_regex: '.*/\d{4}$'}`, "four_numbers"},
		{`{safe_regex: ".*"}`, "regex_default"},
	}
	for path, want := range map[string]string{
		"/tic": "clock", "/toc": "clock", "/tac": "regex_default", "": "regex_default", "/tick": "regex_default", "/tic/toc": "regex_default",
		"/baa": "sheep", "/baaa": "sheep", "/baaaaaaaaaaaa": "sheep", "/ba": "regex_default", "/baaaaahhh": "regex_default",
		"/foo/bar/baz/123": "three_numbers", "/foo/bar/baz/123?a=b": "three_numbers", "/foo/bar/baz/1234": "four_numbers", "/foo/123/bar": "regex_default",
	} {
		r.expect(t, get("bat.com", path), want)
	}
	r = routes{
		{`{path: /exact/path/for/regex1}`, "exact"},
		{`{path: /FOO, case_sensitive: false}`, "path any case"},
		{`{path_separated_prefix: /rest/API}`, "case-sensitive"},
		{`{path_separated_prefix: /REST/api, case_sensitive: true}`, "case-sensitive-explicit"},
		{`{path_separated_prefix: /rest/api, case_sensitive: false}`, "case-insensitive"},
		{`{path_separated_prefix: /with, query_parameters: {param: test}, headers: {cookies: {}}}`, "some-cluster"},
		{`{prefix: /}`, "default"},
	}
	for _, c := range []struct {
		path, want string
		headers    []string
	}{
		{"/exact/path/for/regex1", "exact", nil},
		{"/exact/path/for/regex1?a=1#b", "exact", nil},
		{"/exact/path/for/regex12", "default", nil},
		{"/foo", "path any case", nil},
		{"/rest/API", "case-sensitive", nil},
		{"/rest/API?param=true", "case-sensitive", nil},
		{"/rest/API/", "case-sensitive", nil},
		{"/rest/API/thing?param=true", "case-sensitive", nil},
		{"/REST/api", "case-sensitive-explicit", nil},
		{"/REST/API", "case-insensitive", nil},
		{"/rest/api", "case-insensitive", nil},
		{"/rest/api?param=true", "case-insensitive", nil},
		{"/rest/api#fragment", "case-insensitive", nil},
		{"/rest/api/", "case-insensitive", nil},
		{"/rest/api/thing?param=true", "case-insensitive", nil},
		{"/rest/api/thing#fragment", "case-insensitive", nil},
		{"/rest/apithing", "default", nil},
		{"/with?param=test", "some-cluster", []string{"cookies: "}},
		{"/with?param=test", "default", []string{"pizza: "}},
		{"/with?param=testing", "default", []string{"cookies: "}},
		{"/path-bluh;env=prod", "default", nil},
	} {
		r.expect(t, get("path.prefix.com", c.path, c.headers...), c.want)
	}
}

// TestPathMatchers is common/matchers_test.cc, PathMatcher.
func TestPathMatchers(t *testing.T) {
	for _, c := range []struct {
		match    string
		yes, nay string
	}{
		{`{path: /exact}`, "/exact /exact?param=val /exact#fragment /exact#fragment?param=val",
			"/EXACT /exacz /exact-abc /exacz?/exact /exacz#/exact"},
		{`{path: /exact, case_sensitive: false}`, "/exact /EXACT /exact?param=val /Exact#fragment /EXACT#fragment?param=val",
			"/exacz /exact-abc /exacz?/exact /exacz#/exact"},
		{`{prefix: /prefix}`, "/prefix /prefix-abc /prefix?param=val /prefix#fragment /prefix#fragment?param=val",
			"/PREFIX /prefiz /prefiz?/prefix /prefiz#/prefix"},
		{`{prefix: /prefix, case_sensitive: false}`, "/prefix /prefix-abc /Prefix?param=val /Prefix#fragment /PREFIX#fragment?param=val /PREFIX",
			"/prefiz /prefiz?/prefix /prefiz#/prefix"},
		{`{prefix: /}`, "/bla", "bla"},
		{`{safe_regex: ".*regex.*"}`, "/regex /regex/xyz /xyz/regex /regex?param=val /regex#fragment /regex#fragment?param=val",
			"/regez /regez?param=regex /regez#regex"},
	} {
		expectAll(t, c.match, c.yes, c.nay, func(path string) *letter { return get("x", path) })
	}
}

func expectAll(t *testing.T, match, yes, nay string, request func(word string) *letter) {
	t.Helper()
	m := matching(t, match)
	for _, word := range strings.Fields(yes) {
		if !m.Meets(request(word), 0) {
			t.Errorf("%s does not match %s", match, word)
		}
	}
	for _, word := range strings.Fields(nay) {
		if m.Meets(request(word), 0) {
			t.Errorf("%s matches %s", match, word)
		}
	}
}

// TestStringMatchers is common/matchers_test.cc, StringMatcher.
func TestStringMatchers(t *testing.T) {
	for _, c := range []struct{ condition, yes, nay string }{
		{"exact: exact", "exact", "EXACT exacz other"},
		{"exact: exact, ignore_case: true", "exact EXACT", "exacz other"},
		{"prefix: prefix", "prefix-abc", "PREFIX-ABC prefiz-abc other"},
		{"prefix: prefix, ignore_case: true", "prefix-abc PREFIX-ABC", "prefiz-abc other"},
		{"suffix: suffix", "abc-suffix", "ABC-SUFFIX abc-suffiz other"},
		{"suffix: suffix, ignore_case: true", "abc-suffix ABC-SUFFIX", "abc-suffiz other"},
		{"contains: contained-str", "abc-contained-str-def contained-str", "ABC-Contained-Str-DEF abc-container-int-def other"},
		{"contains: ConTained-STR, ignore_case: true", "abc-contained-str-def abc-cOnTaInEd-str-def", "abc-ContAineR-str-def other"},
		{"safe_regex: foo.*", "foo foobar", "bar xfoo"},
		{"safe_regex: a|ab", "a ab", "abc"}, // the longest that is whole, not the first
	} {
		expectAll(t, "{headers: {x: {"+c.condition+"}}}", c.yes, c.nay, func(word string) *letter { return get("x", "/", "x: "+word) })
	}
}

// TestAllConditions is config_impl_test.cc, EnsureMatchingAllConditions and
// FractionalRuntime, and pseudo-headers.
func TestAllConditions(t *testing.T) {
	m := matching(t, `{prefix: /, method: GET, runtime_fraction: 0.005%, headers: {":path": {prefix: /foo}}, query_parameters: {param: test}, grpc: {}}`)
	const grpc = "content-type: application/grpc"
	for _, c := range []struct {
		name string
		q    *letter
		draw uint64
		want bool
	}{
		{"all are met", get("www.lyft.com", "/foo?param=test", grpc), 41, true},
		{"not gRPC", get("www.lyft.com", "/foo?param=test"), 41, false},
		{"not of the fraction", get("www.lyft.com", "/foo?param=test", grpc), 50, false},
		{"the last of the fraction", get("www.lyft.com", "/foo?param=test", grpc), 49, true},
		{"a million on", get("www.lyft.com", "/foo?param=test", grpc), 1_000_049, true},
		{"the header is another", get("www.lyft.com", "/?param=test", grpc), 41, false},
		{"no parameter", get("www.lyft.com", "/foo", grpc), 41, false},
	} {
		if got := m.Meets(c.q, c.draw); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
	pseudo := matching(t, `{headers: {":authority": {suffix: .com}, host: www.lyft.com, ":method": GET}}`)
	if !pseudo.Meets(get("www.lyft.com", "/"), 0) || pseudo.Meets(get("lyft.net", "/"), 0) {
		t.Error(":authority, host or :method are not what was asked for")
	}
	both := matching(t, `{method: GET, any_of: [{path: /a}, {path: /b}]}`)
	if !both.Meets(get("x", "/b"), 0) || both.Meets(get("x", "/c"), 0) || both.Meets(&letter{path: "/b", method: "PUT"}, 0) {
		t.Error("any_of is not one of the two besides the rest")
	}
}

// TestBadMatches: what is wrong with a match, and where.
func TestBadMatches(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{pth: /a}`, "p.yaml:1:9: unknown key \"pth\"; did you mean path?"},
		{`{uri: /a}`, "p.yaml:1:9: unknown key \"uri\" (allowed host, ignore_port_in_host_matching, path, prefix, path_separated_prefix, safe_regex, case_sensitive, method, headers, query_parameters, cookies, grpc, runtime_fraction, any_of)"},
		{`{path: /a, prefix: /b}`, "p.yaml:1:8: at most one of path, prefix, path_separated_prefix, safe_regex goes here; write two entries if either may hold"},
		{`{prefix: /a, safe_regex: /b}`, "p.yaml:1:8: at most one of path, prefix, path_separated_prefix, safe_regex goes here; write two entries if either may hold"},
		{`{}`, "p.yaml:1:8: match says nothing here, so every request matches; leave it out, or set path, prefix or headers"},
		{`[]`, "p.yaml:1:8: the list is empty, so no request could match; leave match out for all of them"},
		{`[{path: /a}, {}]`, "p.yaml:1:21: match says nothing here, so every request matches; leave it out, or set path, prefix or headers"},
		{`/a`, "p.yaml:1:8: match must be a mapping with the keys host, ignore_port_in_host_matching, path, prefix, path_separated_prefix, safe_regex, case_sensitive, method, ..., or just its any_of (got \"/a\")"},
		{`{path: a}`, "p.yaml:1:8: path begins with a slash (got \"a\")"},
		{`{path: "/a?b=c"}`, "p.yaml:1:8: path is compared without the query (got \"/a?b=c\"); query_parameters says what is in that"},
		{`{path_separated_prefix: /rest/api/}`, "p.yaml:1:8: path_separated_prefix does not end in a slash: /api is followed by one, or by nothing"},
		{`{path_separated_prefix: "/rest/api?query=1"}`, "p.yaml:1:8: path_separated_prefix is compared without the query (got \"/rest/api?query=1\"); query_parameters says what is in that"},
		{`{path_separated_prefix: "/rest/api#fragment"}`, "p.yaml:1:8: path_separated_prefix is compared without the query (got \"/rest/api#fragment\"); query_parameters says what is in that"},
		{`{safe_regex: "(+invalid)"}`, "p.yaml:1:21: regex: \"(+invalid)\" is no regular expression (RE2): missing argument to repetition operator: \"+\""},
		{`{safe_regex: "a)(b"}`, "p.yaml:1:21: regex: \"a)(b\" is no regular expression (RE2): unexpected ): \"a)(b\""},
		{`{safe_regex: "(?=a)"}`, "p.yaml:1:21: regex: \"(?=a)\" is no regular expression (RE2): invalid or unsupported Perl syntax: \"(?=\""},
		{`{safe_regex: "(a{100}){100}"}`, "p.yaml:1:21: regex: \"(a{100}){100}\" is no regular expression (RE2): invalid repeat count: \"{100}\""},
		{`{safe_regex: "[a-z]{900}[0-9]{900}"}`, "p.yaml:1:21: regex: \"[a-z]{900}[0-9]{900}\" is too large: its repetitions written out are 1800 characters (allowed 1000)"},
		{`{safe_regex: /a, case_sensitive: false}`, "p.yaml:1:8: case_sensitive has no effect on safe_regex; let the expression begin with (?i)"},
		{`{method: GET, case_sensitive: false}`, "p.yaml:1:8: case_sensitive needs path, prefix or path_separated_prefix"},
		{`{path: /, ignore_port_in_host_matching: true}`, "p.yaml:1:8: ignore_port_in_host_matching needs a host"},
		{`{host: a*b}`, "p.yaml:1:8: host has one star, at its beginning or its end (got \"a*b\")"},
		{`{headers: [x-user]}`, "p.yaml:1:18: headers must be a mapping from names to their settings (got a list)"},
		{`{headers: {x: {exact: a, prefix: b}}}`, "p.yaml:1:22: exactly one condition goes here: exact, prefix, suffix, contains, safe_regex, range_match or present_match"},
		{`{headers: {x: {safe_regex: a, ignore_case: true}}}`, "p.yaml:1:22: ignore_case has no effect on safe_regex; let the expression begin with (?i)"},
		{`{headers: {x: {ignore_case: true}}}`, "p.yaml:1:22: ignore_case needs a text: exact, prefix, suffix or contains"},
		{`{headers: {x: {range_match: {start: 3, end: 3}}}}`, "p.yaml:1:36: no number is within: range_match goes from start to below end"},
		{`{headers: {x: {range_match: {start: 3}}}}`, "p.yaml:1:36: end is missing here (the first number beyond)"},
		{`{runtime_fraction: 101%}`, "p.yaml:1:27: runtime_fraction must be at most 1 (got \"101%\")"},
	} {
		_, err := strict.Decode("p.yaml", []byte("match: "+c.text), &policy.Rule{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
		}
	}
	rule(t, `match: {headers: {test_header: "(+not a regex)"}}`) // config_impl_test.cc, InvalidHeaderMatchedRoutingConfig
}
