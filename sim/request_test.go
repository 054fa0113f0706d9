package sim

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/policy"
)

// byHash lets everyone find the replicas of db, two hops from the clients, by
// their hash.
func byHash(t *testing.T, header string, policies ...policy.HashPolicy) Model {
	m := chain(t, 3000)
	m.Services[1].Replicas, m.Services[2].Replicas = 3, 20
	value, err := chance.ParseText(header)
	if err != nil {
		t.Fatal(err)
	}
	m.Traffic[0].Headers = []loadgen.Header{{Name: "X-Tenant"}, {Name: "X-User", Value: value}}
	hash := policy.DefaultRingHash()
	hash.HashPolicy = policies
	m.Policies = []policy.Rule{{To: "db", LoadBalancer: &policy.LoadBalancer{Settings: hash}}}
	return m
}

// reached counts the replicas of db that were asked, and names the last.
func reached(t *testing.T, m Model) (count, last int) {
	for replica, n := range run(t, m, 1).Edges[1].Picks {
		if n > 0 {
			count, last = count+1, replica
		}
	}
	return count, last
}

// TestHeadersTravel: services hand on the headers of the request from outside.
// A key that was drawn is the text of its number.
func TestHeadersTravel(t *testing.T) {
	user := policy.HashPolicy{Header: "x-user"}
	hops := compiled(t, byHash(t, "1", user))
	if from := hops.edges[1].from; from != "backend" {
		t.Fatalf("the edge looked at is from %s", from)
	}
	count, literal := reached(t, byHash(t, "1", user))
	if count != 1 {
		t.Errorf("requests of one user reached %d replicas", count)
	}
	if n, drawn := reached(t, byHash(t, "uniform(1)", user)); n != 1 || drawn != literal {
		t.Errorf("the only key of uniform(1) reached %d replicas, and %d in place of %d", n, drawn, literal)
	}
	if n, _ := reached(t, byHash(t, "uniform(5)", user)); n < 2 || n > 5 {
		t.Errorf("five keys reached %d replicas", n)
	}
	if n, _ := reached(t, byHash(t, "1", policy.HashPolicy{Header: "x-other"})); n != 20 {
		t.Errorf("without the header %d replicas were reached", n)
	}
	if n, _ := reached(t, byHash(t, "1", policy.HashPolicy{SourceIP: true})); n != 3 && n != 2 {
		t.Errorf("three callers reached %d replicas", n)
	}
	if n, _ := reached(t, byHash(t, "1", policy.HashPolicy{QueryParameter: "q"})); n != 20 {
		t.Errorf("without a query %d replicas were reached", n)
	}
}

// TestReading reads a request as its proxy does: the same value at every hop,
// and each header from a stream of its own.
func TestReading(t *testing.T) {
	m := byHash(t, "zipf(1000, s=0.5)")
	m.Traffic[0].Headers = append(m.Traffic[0].Headers, loadgen.Header{Name: "x-user"}, loadgen.Header{Name: "x-twin", Value: m.Traffic[0].Headers[1].Value})
	m.Services[2].Endpoints[0].Path = "/find?q=1"
	r := compiled(t, m).New(1)
	root := &call{origin: 7, edge: r.classes[0].edge, caller: r.classes[0].first}
	inner := &call{origin: 7, edge: 1, endpoint: r.services[2].endpoint, caller: r.services[1].first + 2}
	read := func(c *call, name string, n int) string {
		value, ok := (&reading{r, c}).AppendHeader([]byte("got "), name, n)
		if !ok {
			return "none"
		}
		return string(value)
	}
	one, two := read(root, "x-USER", 0), read(inner, "X-User", 0)
	if one != two || !strings.HasPrefix(one, "got ") || one == "got " {
		t.Errorf("the client sends %q, db is asked with %q", one, two)
	}
	if twin := read(root, "x-twin", 0); twin == one {
		t.Errorf("two headers have one draw, %q", twin)
	}
	if second, third, other := read(root, "x-user", 1), read(root, "x-user", 2), read(root, "x-missing", 0); second != "got " || third != "none" || other != "none" {
		t.Errorf("got %q, %q, %q", second, third, other)
	}
	q := &reading{r, inner}
	if source, path := string(q.AppendSource(nil)), q.Path(); source != "backend-2" || path != "/find?q=1" {
		t.Errorf("from %s to %s", source, path)
	}
}

// TestReadingOfRoutes: what rules match besides headers. The traffic class says
// it of its own requests; what services send is named after the callee.
func TestReadingOfRoutes(t *testing.T) {
	m := byHash(t, "1")
	m.Traffic[0].Method, m.Traffic[0].Host, m.Traffic[0].Query = "PUT", "shop.example.com", "debug=1"
	m.Services[2].Protocol = "grpc"
	r := compiled(t, m).New(1)
	for _, c := range []struct {
		call                     *call
		method, host, path, kind string
	}{
		{&call{edge: r.classes[0].edge, caller: r.classes[0].first, root: true}, "PUT", "shop.example.com", "/?debug=1", ""},
		{&call{edge: 1, endpoint: r.services[2].endpoint, caller: r.services[1].first}, "POST", m.Services[2].Name, "/", "application/grpc"},
		{&call{edge: 0, endpoint: r.services[r.edges[0].callee].endpoint}, "GET", r.services[r.edges[0].callee].Name, "/", ""},
	} {
		q := &reading{r, c.call}
		kind, _ := q.AppendHeader(nil, "Content-Type", 0)
		if q.Method() != c.method || q.Host() != c.host || q.Path() != c.path || string(kind) != c.kind {
			t.Errorf("got %s %s%s %s, want %+v", q.Method(), q.Host(), q.Path(), kind, c)
		}
	}
	if got := withQuery("/find?q=1", "debug"); got != "/find?q=1&debug" {
		t.Errorf("a second query makes %s", got)
	}
}
