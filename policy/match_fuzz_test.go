package policy_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/policy"
)

// FuzzMatch reads matches, short forms and long, and asks them about requests:
// what is read answers, always alike, and never breaks.
func FuzzMatch(f *testing.F) {
	for _, match := range []string{
		`{path: /checkout, headers: {x-user: jason}}`, `[{prefix: /v1/}, {method: POST}]`, `{safe_regex: "/v[12]/.*"}`, `{safe_regex: {regex: "(a|b)+"}}`,
		`{host: "*.example.com", ignore_port_in_host_matching: true}`, `{query_parameters: {debug: {}, id: {safe_regex: "[0-9]+"}}}`,
		`{cookies: {session: {prefix: b, invert_match: true}}}`, `{grpc: {service: a.B, method: C}}`, `{runtime_fraction: 10%}`,
		`{headers: {":path": {contains: A, ignore_case: true}, n: {range_match: {start: -1, end: 9}}}, any_of: [{path_separated_prefix: /a, case_sensitive: false}]}`,
	} {
		f.Add(match, "shop.example.com:80", "/v1/a?debug=1&id=02#x", "GET", "x-user", "jason", "session=beta; b", uint64(17))
	}
	f.Fuzz(func(t *testing.T, match, host, path, method, name, value, cookie string, draw uint64) {
		var r policy.Rule
		if _, err := strict.Decode("p.yaml", []byte("match: "+match), &r); err != nil || r.Match == nil {
			return
		}
		q := get(host, path, name+": "+value, "cookie: "+cookie)
		q.method = method
		m := policy.NewMatching(r.Match)
		before := *q
		once := m.Meets(q, draw)
		if again := m.Meets(q, draw); again != once || policy.NewMatching(r.Match).Meets(q, draw) != once {
			t.Errorf("%s answers %v and then not", match, once)
		}
		if before.path != q.path || before.host != q.host {
			t.Error("the request is changed")
		}
	})
}
