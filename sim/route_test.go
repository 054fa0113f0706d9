package sim

import (
	"reflect"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/policy"
)

func ruled(t *testing.T, texts ...string) (rules []policy.Rule) {
	t.Helper()
	for _, text := range texts {
		var r policy.Rule
		if _, err := strict.Decode("policy.yaml", []byte(text), &r); err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	return rules
}

// TestJasonHasHisOwnTimeout: a tenth of the requests carries x-user: 1, on every
// hop, and no other gives up.
func TestJasonHasHisOwnTimeout(t *testing.T) {
	m := chain(t, 3000)
	value, err := chance.ParseText("uniform(10)")
	if err != nil {
		t.Fatal(err)
	}
	m.Traffic[0].Headers = []loadgen.Header{{Name: "x-user", Value: value}}
	m.Policies = ruled(t, `{to: db, match: {headers: {x-user: "1"}}, timeout: 1ns}`, `{to: db, timeout: 1h}`)
	e := run(t, m, 1).Edges[1]
	timeouts := float64(e.Requests-e.Succeeded) / float64(e.Requests)
	if timeouts < 0.08 || timeouts > 0.12 {
		t.Errorf("%d of %d calls timed out, want a tenth", e.Requests-e.Succeeded, e.Requests)
	}
}

// TestMirrorsLeaveTheRestAlone: each call is copied to a service that nobody
// else uses, and all that is told of the others stays the same to the last bit.
func TestMirrorsLeaveTheRestAlone(t *testing.T) {
	m := chain(t, 3000)
	m.Mesh.Proxies, m.Traffic[0].Sidecar = "none", false // they work for copies too
	m.Services = append(m.Services, serviceOf("shadow", 0))
	m.Policies = ruled(t, `{to: db, retry: {retry_on: [5xx]}}`)
	alone := run(t, m, 1)
	m.Policies = ruled(t, `{to: db, mirror: shadow, retry: {retry_on: [5xx]}}`)
	beside := run(t, m, 1)

	if !reflect.DeepEqual(alone.Classes, beside.Classes) {
		t.Error("the callers notice the copies")
	}
	for i := range alone.Edges {
		a, b := alone.Edges[i], beside.Edges[i]
		if a.Requests != b.Requests || a.Succeeded != b.Succeeded || !reflect.DeepEqual(a.Latency.Summary(), b.Latency.Summary()) || !reflect.DeepEqual(a.Picks, b.Picks) {
			t.Errorf("edge %d is another beside the copies", i)
		}
	}
	last := len(beside.Edges) - 1
	from, to := beside.Edge(last)
	if e := beside.Edges[last]; last != len(alone.Edges) || !beside.Copies(last) || to != "shadow" || e.Requests != beside.Edges[1].Attempts {
		t.Errorf("%s sends %s %d copies of %d calls", from, to, e.Requests, beside.Edges[1].Attempts)
	}
	if got := beside.Services[len(m.Services)-1].Requests; got != beside.Edges[last].Attempts {
		t.Errorf("shadow was asked %d times", got)
	}
}

// TestCopiesToACallee: a service that is called and gets copies
// too has one proxy's book, and two edges.
func TestCopiesToACallee(t *testing.T) {
	m := chain(t, 3000)
	m.Duration = 2 * time.Second
	m.Policies = ruled(t, `{to: db, mirror: db}`)
	r := run(t, m, 1)
	last := len(r.Edges) - 1
	calls, copies := r.Edges[1], r.Edges[last]
	if !r.Copies(last) || r.Copies(1) || copies.Requests != calls.Attempts || r.Services[2].Requests < 2*calls.Attempts-20 {
		t.Errorf("%d copies of %d calls, and %d visits", copies.Requests, calls.Attempts, r.Services[2].Requests)
	}
}
