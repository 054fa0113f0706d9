package policy_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/policy"
)

// routed is one proxy's state under several rules, each one line.
func routed(t testing.TB, rules string) *policy.Upstream {
	t.Helper()
	var all []policy.Rule
	for line := range strings.Lines(rules) {
		if strings.TrimSpace(line) != "" {
			all = append(all, rule(t, line))
		}
	}
	p := policy.Resolve(all, "web", "payments")
	return policy.NewUpstream(&p, make([]policy.Endpoint, 3), dice(1))
}

// TestRoutesAreFoldedKnobByKnob: of each knob the first rule that a request
// meets and that sets it wins.
func TestRoutesAreFoldedKnobByKnob(t *testing.T) {
	up := routed(t, `
{match: {headers: {x-user: jason}}, timeout: 1s}
{match: {prefix: /slow}, timeout: 2s, retry: {retry_on: [5xx], num_retries: 7}}
{retry: {retry_on: [5xx], num_retries: 3}}
{match: {method: GET}, timeout: 9s, retry: {retry_on: [5xx], num_retries: 9}}
{timeout: 5s}
{from: db, timeout: 1ms}
`)
	for _, c := range []struct {
		q       *letter
		timeout time.Duration
		retries int
	}{
		{get("x", "/slow", "x-user: jason"), time.Second, 7},
		{get("x", "/", "x-user: jason"), time.Second, 3},
		{get("x", "/slow"), 2 * time.Second, 7},
		{get("x", "/"), 9 * time.Second, 3},
		{&letter{path: "/", method: "PUT"}, 5 * time.Second, 3},
	} {
		if r := up.Route(c.q); r.Timeout != c.timeout || r.Retry.NumRetries != c.retries {
			t.Errorf("%s %s %v: timeout %v and %d retries, want %v and %d", c.q.method, c.q.path, c.q.headers, r.Timeout, r.Retry.NumRetries, c.timeout, c.retries)
		}
	}
	if r := up.Route(nil); r.Timeout != 5*time.Second {
		t.Errorf("a request of which nothing is known has the timeout %v", r.Timeout)
	}
}

// TestRoutesAreThoseOfTheNaiveTwin draws rules and requests. The twin folds the
// rules that a request meets as if there were no others.
func TestRoutesAreThoseOfTheNaiveTwin(t *testing.T) {
	d := chance.New(1, 0, "twin", "rules")
	pick := func(of ...string) string { return of[d.IntN(len(of))] }
	for range 300 {
		var rules []policy.Rule
		for i := range d.IntN(8) {
			text := fmt.Sprintf("timeout: %ds", i+1)
			if d.IntN(3) == 0 {
				text = fmt.Sprintf("retry: {retry_on: [5xx], num_retries: %d}", i)
			}
			if d.IntN(4) > 0 {
				text += ", match: " + pick("{path: /a}", "{prefix: /}", "{safe_regex: '/[ab]'}", "{headers: {x: a}}", "{headers: {x: {prefix: a}, y: {}}}",
					"[{path: /b}, {method: PUT}]", "{method: GET, any_of: [{host: '*.b'}, {query_parameters: {q: {}}}]}", "{runtime_fraction: 30%}", "{cookies: {c: {present_match: false}}}")
			}
			rules = append(rules, rule(t, "{"+text+"}"))
		}
		p := policy.Resolve(rules, "web", "payments")
		up := policy.NewUpstream(&p, make([]policy.Endpoint, 1), dice(uint64(d.IntN(100))))
		for range 30 {
			q := get(pick("a.b", "c"), pick("/a", "/b", "/b?q=1"), pick("x: a", "x: ab", "z: 1"), pick("y: 1", "cookie: c=1"))
			q.method = pick("GET", "PUT")
			want, got := twinRoute(rules, q, up), policy.RoutePlan{}
			if got = p.RoutePlan; !matchless(rules) {
				got = up.Route(q)
				want = twinRoute(rules, q, up)
			}
			if got.Timeout != want.Timeout || !reflect.DeepEqual(got.Retry, want.Retry) {
				t.Fatalf("%+v of %+v: %+v, want %+v", q, rules, got, want)
			}
		}
	}
}

func matchless(rules []policy.Rule) bool {
	for i := range rules {
		if rules[i].Match != nil {
			return false
		}
	}
	return true
}

func twinRoute(rules []policy.Rule, q *letter, up *policy.Upstream) policy.RoutePlan {
	var met []policy.Rule
	for _, r := range rules {
		if r.Match != nil && (matchless(rules) || !policy.NewMatching(r.Match).Meets(q, up.Draw())) {
			continue
		}
		r.Match = nil
		met = append(met, r)
	}
	return policy.Resolve(met, "web", "payments").RoutePlan
}

// TestOneDrawForAllFractions: those within a tenth are within a fifth as well, as
// Envoy has one random number for each stream.
func TestOneDrawForAllFractions(t *testing.T) {
	up := routed(t, `
{match: {runtime_fraction: 10%}, timeout: 1s}
{match: {runtime_fraction: 20%}, retry: {retry_on: [5xx]}}
`)
	tenth, fifth := 0, 0
	for range 10_000 {
		r := up.Route(get("x", "/"))
		if r.Timeout > 0 {
			tenth++
			if r.Retry == nil {
				t.Fatal("a request is of the tenth and not of the fifth")
			}
		}
		if r.Retry != nil {
			fifth++
		}
	}
	if tenth < 900 || tenth > 1100 || fifth < 1850 || fifth > 2150 {
		t.Errorf("%d and %d of 10,000", tenth, fifth)
	}
}

// TestBudgetsAreOfRules: requests on two routes draw on the one budget of the
// rule that both have their retries from.
func TestBudgetsAreOfRules(t *testing.T) {
	up := routed(t, `
{match: {path: /a}, timeout: 1s}
{match: {path: /b}, timeout: 2s}
{retry: {retry_on: [5xx], num_retries: 1, budget: {kind: grpc, max_tokens: 4, token_ratio: 0.1}}}
`)
	retried := 0
	for i := range 6 {
		var c policy.Call
		c.Begin(0, up, get("x", []string{"/a", "/b"}[i%2]))
		c.Done(5, drain(&c), policy.Reply{Outcome: 2, Status: 500})
		if !c.Over() {
			retried++
			c.Cancel(6)
			drain(&c)
		}
	}
	if retried != 1 { // of four tokens more than two must be left
		t.Errorf("%d calls were tried again", retried)
	}
}

// BenchmarkRoute is a call whose rules look at a header, a prefix and an
// expression.
func BenchmarkRoute(b *testing.B) {
	up, q := threeRules(b)
	var c policy.Call
	b.ReportAllocs()
	for b.Loop() {
		c.Begin(0, up, q)
		c.Done(5, drain(&c), policy.Reply{Outcome: 1, Status: 200})
		drain(&c)
	}
}

func threeRules(t testing.TB) (*policy.Upstream, *letter) {
	return routed(t, `
{match: {headers: {x-user: jason}}, timeout: 1s}
{match: {prefix: /v1/}, timeout: 2s}
{match: {safe_regex: "/v[0-9]+/cart/[a-z]+"}, timeout: 3s}
`), get("shop", "/v1/cart/add?x=1", "x-user: ann")
}

// TestRoutingAllocatesNothing, whatever is looked at.
func TestRoutingAllocatesNothing(t *testing.T) {
	up, q := threeRules(t)
	for _, rules := range []*policy.Upstream{up, routed(t, `{match: {host: "*.x", method: GET, headers: {a: {contains: B, ignore_case: true}, b: {range_match: {start: 1, end: 9}}}, query_parameters: {x: {prefix: a}}, cookies: {c: d}, grpc: {service: s}}, fault: {abort: {header_abort: true, percentage: 100%}}}`)} {
		var c policy.Call
		if n := testing.AllocsPerRun(100, func() {
			c.Begin(0, rules, q)
			drain(&c)
			c.Cancel(1)
			drain(&c)
		}); n != 0 {
			t.Errorf("%v allocations a call", n)
		}
	}
}
