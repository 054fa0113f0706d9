package policy_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestShadowHosts is Envoy's shadow_writer_impl_test.cc: Success, Failure,
// SuccessNoShadowHeaderAppend.
func TestShadowHosts(t *testing.T) {
	for _, c := range []struct {
		host string
		keep bool
		want string
	}{
		{"cluster1", false, "cluster1-shadow"},
		{"cluster1:8000", false, "cluster1-shadow:8000"},
		{"cluster2", true, "cluster2"},
		{"[::1]:80", false, "[::1]-shadow:80"},
		{"[::1]", false, "[::1]-shadow"},
	} {
		m := policy.Mirror{DisableShadowHostSuffixAppend: c.keep}
		if got := m.ShadowHost(c.host); got != c.want {
			t.Errorf("%s: %s, want %s", c.host, got, c.want)
		}
	}
}

// copies are the mirrors that get a copy of a request, and how the call goes on.
func copies(up *policy.Upstream, q policy.Request) (mirrors []int32, sent bool) {
	var c policy.Call
	c.Begin(0, up, q)
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		switch a.Kind {
		case policy.Copy:
			mirrors = append(mirrors, a.Host)
		case policy.Send, policy.Connect:
			sent = true
		}
	}
	c.Cancel(1)
	drain(&c)
	return mirrors, sent
}

// TestMirrors is config_impl_test.cc, RequestMirrorPolicies and
// RequestMirrorPoliciesRouteConfiguration, and router_test.cc, NoShadowForConnect.
func TestMirrors(t *testing.T) {
	up := routed(t, `
{match: {path: /foo}, mirror: some_cluster}
{match: {path: /bar}, mirror: [{to: some_cluster2, runtime_fraction: 20%}]}
{match: {path: /boz}, mirror: [some_cluster, {to: some_cluster2, runtime_fraction: 20%}]}
{match: {path: /none}, mirror: []}
{match: {method: GET}, mirror: rest}
`)
	for path, want := range map[string][2]int{"/foo": {1000, 0}, "/bar": {0, 200}, "/boz": {1000, 200}, "/none": {0, 0}, "/baz": {1000, 0}} {
		got := map[string]int{}
		for range 1000 {
			mirrors, sent := copies(up, get("www.lyft.com", path))
			if !sent {
				t.Fatal("the request itself is not sent")
			}
			for _, m := range mirrors {
				got[up.Mirror(int(m)).To]++
			}
		}
		all, fifth := got["some_cluster"]+got["rest"], got["some_cluster2"]
		if all != want[0] || fifth < want[1]-60 || fifth > want[1]+60 || want[1] == 0 && fifth > 0 {
			t.Errorf("%s: %v", path, got)
		}
	}
	q := get("www.lyft.com", "/foo")
	if q.method = "CONNECT"; len(first(copies(up, q))) > 0 {
		t.Error("CONNECT is copied")
	}
}

func first[A, B any](a A, _ B) A { return a }

// TestCopiesGoOutOnce: beside the first attempt, though that is shed; after a
// delay; not when nothing is sent.
func TestCopiesGoOutOnce(t *testing.T) {
	q := get("x", "/")
	if m, sent := copies(upstream(t, 1, "{mirror: a, circuit_breaker: {max_requests: 0}}"), q); len(m) != 1 || sent {
		t.Errorf("shed: copies %v, sent %v", m, sent)
	}
	if m, _ := copies(upstream(t, 0, "mirror: a"), q); len(m) != 0 {
		t.Errorf("no host: copies %v", m)
	}
	if m, _ := copies(upstream(t, 1, "{mirror: a, fault: {abort: {http_status: 503, percentage: 100%}}}"), q); len(m) != 0 {
		t.Errorf("aborted: copies %v", m)
	}
	up := upstream(t, 3, "{mirror: a, timeout: 9s, retry: {retry_on: [5xx], num_retries: 5, back_off: {base_interval: 0s}}}")
	var c, copied policy.Call
	c.Begin(0, up, q)
	n := 0
	for range 3 {
		for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
			if a.Kind == policy.Copy {
				n++
			}
		}
		c.Done(5, drain(&c), policy.Reply{Outcome: mesh.Error, Status: 500})
	}
	if n != 1 {
		t.Errorf("%d copies of a request that was tried again", n)
	}
	copied.BeginCopy(0, up, q, c.Timeout())
	if copied.WakeAt() != mesh.Time(9*time.Second) {
		t.Errorf("a copy may take until %v", copied.WakeAt())
	}
	copied.Done(5, drain(&copied), policy.Reply{Outcome: mesh.Error, Status: 500})
	if !copied.Over() {
		t.Error("a copy is tried again")
	}
	if m := drainCopies(&copied); m != 0 {
		t.Errorf("%d copies of a copy", m)
	}
}

func drainCopies(c *policy.Call) (n int) {
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if a.Kind == policy.Copy {
			n++
		}
	}
	return n
}
