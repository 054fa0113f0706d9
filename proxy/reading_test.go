package proxy

import (
	"net/http/httptest"
	"testing"
)

// TestReading: what the policy reads of a request as net/http hands it over.
func TestReading(t *testing.T) {
	r := httptest.NewRequest("GET", "http://shop/cart?user=7", nil)
	r.Header["X-User"] = []string{"ann", "bob"}
	r.RemoteAddr = "[2001:db8::1]:4711"
	q := reading{r}
	for _, c := range []struct {
		name string
		n    int
		want string
		ok   bool
	}{{"X-User", 0, "=ann", true}, {"x-user", 1, "=bob", true}, {"x-user", 2, "=", false}, {"x-none", 0, "=", false}, {"HOST", 0, "=shop", true}, {"host", 1, "=", false}} {
		if got, ok := q.AppendHeader([]byte("="), c.name, c.n); string(got) != c.want || ok != c.ok {
			t.Errorf("value %d of %s: %s, %v; want %s, %v", c.n, c.name, got, ok, c.want, c.ok)
		}
	}
	if got := string(q.AppendSource([]byte("="))); got != "=2001:db8::1" {
		t.Errorf("source %s", got)
	}
	if r.RemoteAddr = "@"; string(q.AppendSource(nil)) != "@" {
		t.Error("an address without a port is left as it is")
	}
	if got := q.Method() + " " + q.Host() + q.Path(); got != "GET shop/cart?user=7" {
		t.Errorf("asked for %s", got)
	}
}
