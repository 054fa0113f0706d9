package policy_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// sticky is an upstream with sessions and hosts at 1.2.3.4:80, 2.3.4.5:80,
// blahblah and 127.0.0.1:90.
func sticky(t testing.TB, text string) *policy.Upstream {
	t.Helper()
	p := plan(t, text)
	endpoints := []policy.Endpoint{{Address: "1.2.3.4:80"}, {Address: "2.3.4.5:80"}, {Address: "blahblah"}, {Address: "127.0.0.1:90"}}
	return policy.NewUpstream(&p, endpoints, dice(1))
}

const sessionCookie = "stateful_session: {cookie: {name: override_host, path: /path, ttl: 5s}}"

// message is Envoy's cookie.proto: an address, and perhaps when it ends.
func message(address string, expires ...byte) string {
	text := "\x0a" + string(rune(len(address))) + address
	if len(expires) > 0 {
		text += "\x10" + string(expires)
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}

func plain(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// TestSessionsAreEnvoys: what requests name (cookie_test.cc, SessionStateTest and
// SessionStateProtoCookie; header_test.cc, SessionStateTest). 1005 s is \xed\x07.
func TestSessionsAreEnvoys(t *testing.T) {
	const header, none, lost, without = "stateful_session: {header: session-header}", -1, -2, -3
	for _, c := range []struct {
		name, policy, path, header, value string
		at                                mesh.Time
		want                              int
	}{
		{"no cookie", sessionCookie, "/path", "", "", 1000, none},
		{"another cookie", sessionCookie, "/path", "Cookie", "session=" + message("1.2.3.4:80"), 1000, none},
		{"a cookie", sessionCookie, "/path", "Cookie", "override_host=" + message("1.2.3.4:80", 0xed, 0x07), 1000, 0},
		{"in its last second", sessionCookie, "/path", "Cookie", "override_host=" + message("2.3.4.5:80", 0xed, 0x07), 1005, 1},
		{"expired", sessionCookie, "/path", "Cookie", "override_host=" + message("2.3.4.5:80", 0xed, 0x07), 1006, none},
		{"no expiry", sessionCookie, "/path", "Cookie", "a=b; override_host=\"" + message("2.3.4.5:80") + "\"", 1006, 1},
		{"old style", sessionCookie, "/path", "Cookie", "override_host=" + plain("blahblah"), 1006, 2},
		{"old style, an address", sessionCookie, "/path", "Cookie", "override_host=" + plain("1.2.3.4:80"), 1006, 0},
		{"another path", sessionCookie, "/not_match_path", "Cookie", "override_host=" + plain("1.2.3.4:80"), 1000, without},
		{"a stranger", sessionCookie, "/path", "Cookie", "override_host=" + message("9.9.9.9:80"), 1000, lost},
		{"no base64", sessionCookie, "/path", "Cookie", "override_host=!", 1000, none},
		{"no address", sessionCookie, "/path", "Cookie", "override_host=" + message(""), 1000, none},
		{"no header", header, "/path", "", "", 1000, none},
		{"a header", header, "/path", "session-header", plain("1.2.3.4:80"), 1000, 0},
		{"a stranger's header", header, "/path", "session-header", plain("9.9.9.9:80"), 1000, lost},
		{"an empty header", header, "/path", "session-header", "", 1000, none},
		{"gRPC's is plain", "dialect: grpc\n" + sessionCookie, "/path", "Cookie", "override_host=" + plain("2.3.4.5:80"), 1000, 1},
		{"no sessions", "{}", "/path", "Cookie", "override_host=" + plain("2.3.4.5:80"), 1000, none},
	} {
		q := &letter{path: c.path, headers: map[string][]string{}}
		if c.header != "" {
			q.headers[strings.ToLower(c.header)] = []string{c.value}
		}
		if got := sticky(t, c.policy).SessionOf(c.at*1e9, q); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// TestSessionReplies: what answers give (the same tests; utility.cc,
// makeSetCookieValue).
func TestSessionReplies(t *testing.T) {
	for _, c := range []struct {
		name, policy string
		want         string
	}{
		{"no ttl, no path", "stateful_session: {cookie: override_host}", `override_host="` + message("1.2.3.4:80") + `"; HttpOnly`},
		{"a ttl and a path", sessionCookie, `override_host="` + message("1.2.3.4:80", 0xed, 0x07) + `"; Max-Age=5; Path=/path; HttpOnly`},
		{"gRPC", "dialect: grpc\n" + sessionCookie, `override_host="` + plain("1.2.3.4:80") + `"; Max-Age=5; Path=/path; HttpOnly`},
	} {
		up := sticky(t, c.policy)
		if got := string(up.StatefulSession().AppendSetCookie(nil, up.AppendSession(1000*1e9, nil, 0))); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.want)
		}
	}
	up := sticky(t, "stateful_session: {header: session-header}")
	if got := string(up.AppendSession(0, nil, 0)); got != plain("1.2.3.4:80") {
		t.Errorf("header: %s", got)
	}
}

// TestSessionPaths is cookie_test.cc, SessionStatePathMatchTest.
func TestSessionPaths(t *testing.T) {
	for own, want := range map[string]string{
		"":      "/ /foo /bar /foo/bar /foo#bar /foo?bar /foobar",
		"/":     "/ /foo /bar /foo/bar /foo#bar /foo?bar /foobar",
		"/foo/": "/foo/ /foo/bar",
		"/foo":  "/foo /foo/ /foo/bar /foo#bar /foo?bar",
	} {
		text := "stateful_session: {cookie: {name: s}}"
		if own != "" {
			text = "stateful_session: {cookie: {name: s, path: " + own + "}}"
		}
		up := sticky(t, text)
		for _, path := range strings.Fields("/ /foo /bar /foo/ /foo/bar /foo#bar /foo?bar /foobar") {
			covered := up.SessionOf(0, &letter{path: path}) != -3
			if in := strings.Contains(" "+want+" ", " "+path+" "); path != "/foo/" && covered != in || path == "/foo/" && !covered {
				t.Errorf("a cookie of %q at %s: %v, want %v", own, path, covered, in)
			}
		}
	}
}

// TestSessionHost is host_utility_test.cc, SelectOverrideHostTest: a host in one
// of the conditions allowed is asked, and when it is not so, or not there, the
// balancer chooses; with strict nobody is asked.
func TestSessionHost(t *testing.T) {
	for _, c := range []struct {
		name, statuses string
		change         func(h *policy.Host)
		address        string
		kept           bool
	}{
		{"healthy", "", func(*policy.Host) {}, "127.0.0.1:90", true},
		{"degraded", "", (*policy.Host).Limp, "127.0.0.1:90", true},
		{"out", "", func(h *policy.Host) { h.Ejected = true }, "127.0.0.1:90", false},
		{"shut", "[healthy, unhealthy]", func(h *policy.Host) { h.Shut = true }, "127.0.0.1:90", false},
		{"unhealthy is allowed", "[unhealthy]", func(h *policy.Host) { h.Ejected = true }, "127.0.0.1:90", true},
		{"healthy is not", "[unhealthy]", func(*policy.Host) {}, "127.0.0.1:90", false},
		{"degraded is not", "[healthy]", (*policy.Host).Limp, "127.0.0.1:90", false},
		{"degraded alone is", "[degraded]", (*policy.Host).Limp, "127.0.0.1:90", true},
		{"a stranger", "", func(*policy.Host) {}, "9.9.9.9:80", false},
	} {
		for _, strict := range []bool{false, true} {
			text := fmt.Sprintf("stateful_session: {header: x-host, strict: %v}", strict)
			if c.statuses != "" {
				text += "\ncommon_lb_config: {override_host_status: " + c.statuses + "}"
			}
			up := sticky(t, text)
			c.change(&up.Hosts()[3])
			q := &letter{path: "/", headers: map[string][]string{"x-host": {plain(c.address)}}}
			at3, nobody := 0, 0
			for range 40 {
				switch host, _ := visit(up, q, mesh.OK); host {
				case 3:
					at3++
				case -1:
					nobody++
				}
			}
			if c.kept != (at3 == 40) || !c.kept && (nobody == 40) != strict {
				t.Errorf("%s, strict %v: 40 calls, %d at the host, %d at none", c.name, strict, at3, nobody)
			}
		}
	}
}

// visit makes one call and returns the host asked last, and whether the caller
// is given a session.
func visit(up *policy.Upstream, q policy.Request, outcomes ...mesh.Outcome) (host int, given bool) {
	var c policy.Call
	host = -1
	c.Begin(0, up, q)
	for n := 0; ; n++ {
		var attempt int16
		for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
			if a.Kind == policy.Send || a.Kind == policy.Connect {
				host, attempt = int(a.Host), a.Attempt
			}
		}
		switch {
		case attempt > 0:
			c.Done(0, attempt, replied(outcomes[min(n, len(outcomes)-1)]))
		case c.Over():
			_, given = c.Session()
			return host, given
		default:
			c.Wake(c.WakeAt())
		}
	}
}

// TestSessionIsGiven when the host is another one than the request came with, and
// with refresh always; a retry goes where the balancer says (router.h,
// overrideHostToSelect); there is nothing to give where nobody was asked.
func TestSessionIsGiven(t *testing.T) {
	with := func(host string) *letter {
		return &letter{path: "/", headers: map[string][]string{"x-host": {plain(host)}}}
	}
	up := sticky(t, "stateful_session: {header: x-host}")
	if _, given := visit(up, &letter{path: "/"}, mesh.OK); !given {
		t.Error("a caller without a session is given none")
	}
	if host, given := visit(up, with("blahblah"), mesh.OK); host != 2 || given {
		t.Errorf("host %d, given %v: want the host of the session, and nothing new", host, given)
	}
	if _, given := visit(up, with("9.9.9.9:80"), mesh.OK); !given {
		t.Error("whose host is gone is given no other")
	}
	if _, given := visit(sticky(t, "stateful_session: {header: x-host, refresh: true}"), with("blahblah"), mesh.OK); !given {
		t.Error("refresh gives nothing")
	}
	up = sticky(t, "stateful_session: {header: x-host, strict: true}\nretry: {retry_on: [5xx], num_retries: 3}")
	elsewhere := false
	for range 20 {
		if host, given := visit(up, with("blahblah"), mesh.Error, mesh.Error, mesh.OK); host != 2 && given {
			elsewhere = true
		}
	}
	if !elsewhere {
		t.Error("retries stay with the session's host")
	}
	if host, given := visit(sticky(t, "stateful_session: {header: x-host, strict: true}"), with("9.9.9.9:80"), mesh.OK); host != -1 || given {
		t.Errorf("host %d, given %v: want nobody and nothing", host, given)
	}
	if _, given := visit(sticky(t, "{}"), with("blahblah"), mesh.OK); given {
		t.Error("a session that no rule asks for")
	}
}

// TestSessionsAllocateNothing, read and written.
func TestSessionsAllocateNothing(t *testing.T) {
	up, value := sticky(t, sessionCookie), make([]byte, 0, 100)
	q := &letter{path: "/path", headers: map[string][]string{"cookie": {"override_host=" + message("2.3.4.5:80", 0xed, 0x07)}}}
	var c policy.Call
	if n := testing.AllocsPerRun(200, func() {
		c.Begin(0, up, q)
		c.Done(0, drain(&c), replied(mesh.OK))
		drain(&c)
		value = up.AppendSession(0, value[:0], 1)
	}); n > 0 {
		t.Errorf("%v allocations a call", n)
	}
}

func TestBadSessions(t *testing.T) {
	for _, s := range []policy.StatefulSession{{}, {Header: "x", Cookie: &policy.SessionCookie{Name: "x"}}} {
		if err := s.Check(); err == nil || err.Error() != "stateful_session is exactly one of cookie, header" {
			t.Error(err)
		}
	}
}

// FuzzSession: whatever a caller sends as its sessionCookie, a host or none is read.
func FuzzSession(f *testing.F) {
	for _, seed := range []string{"\x0a\x0a1.2.3.4:80\x10\xed\x07", "blahblah", "", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x0d1234", "\x091"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		up := sticky(t, sessionCookie)
		q := &letter{path: "/path", headers: map[string][]string{"cookie": {"override_host=" + plain(string(text))}}}
		if host := up.SessionOf(0, q); host < -2 || host > 3 {
			t.Errorf("host %d", host)
		}
	})
}
