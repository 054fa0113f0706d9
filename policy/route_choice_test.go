package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// chosen is the upstream of reviews, two hosts of each version, under these
// rules, each one line.
func chosen(t testing.TB, rules string) *policy.Upstream {
	t.Helper()
	var all []policy.Rule
	for line := range strings.Lines(strings.TrimSpace(rules)) {
		all = append(all, rule(t, line))
	}
	p := policy.Resolve(all, "productpage", "reviews")
	return policy.NewUpstream(&p, labelled("version=v1", "version=v1", "version=v2", "version=v2"), dice(1))
}

// hostsOf lists the hosts that so many calls of a request are sent to, each
// once; what else they are answered with stands there too.
func hostsOf(up *policy.Upstream, q policy.Request) string {
	seen := map[string]bool{}
	for range 20 {
		var c policy.Call
		c.Begin(0, up, q)
		switch a := c.Next(); a.Kind {
		case policy.Answer:
			seen[a.Outcome.String()] = true
		default:
			seen[fmt.Sprint(a.Host)] = true
			c.Cancel(0)
			c.Next()
		}
	}
	var all []string
	for _, name := range []string{"0", "1", "2", "3", "unavailable"} {
		if seen[name] {
			all = append(all, name)
		}
	}
	return strings.Join(all, " ")
}

// TestRoutesChooseSubsets: Bookinfo's jason is sent to v2, all others to v1
// (istio, virtual-service-reviews-test-v2.yaml); a rule of the route stands
// before one for all, and without either all hosts are asked.
func TestRoutesChooseSubsets(t *testing.T) {
	const (
		jason   = "{match: {headers: {end-user: jason}}, subset: {version: v2}}\n"
		nobody  = "{match: {headers: {end-user: ann}}, subset: {version: v3}}\n"
		falling = "{match: {headers: {end-user: bob}}, subset: {version: v3}, subset_fallback_list: [{subset: {version: v3}}, {subset: {version: v2}}]}\n"
		v1      = "{subset: {version: v1}}\n"
		any     = "{lb_subset_config: {fallback_policy: any_endpoint, subset_selectors: [[version]]}}\n"
	)
	for _, c := range []struct{ rules, user, want string }{
		{jason + v1, "jason", "2 3"},
		{jason + v1, "ann", "0 1"},
		{v1 + jason, "jason", "0 1"},
		{jason, "jason", "2 3"},
		{jason, "ann", "0 1 2 3"},
		{nobody + v1, "ann", "unavailable"},
		{nobody + any, "ann", "0 1 2 3"},
		{jason + any, "jason", "2 3"},
		{falling + v1, "bob", "2 3"},
	} {
		up := chosen(t, c.rules)
		if got := hostsOf(up, get("reviews", "/", "end-user: "+c.user)); got != c.want {
			t.Errorf("%s is sent to %q, want %q, under\n%s", c.user, got, c.want, c.rules)
		}
	}
}

// TestRoutesHashByThemselves: the hash policy of a route replaces that of the
// balancer's settings, as the only ones that Envoy has are those of its routes.
func TestRoutesHashByThemselves(t *testing.T) {
	up := chosen(t, `
{match: {prefix: /cart}, hash_policy: [{header: x-cart}]}
{match: {prefix: /any}, hash_policy: []}
{load_balancer: {policy: maglev, hash_policy: [{header: x-user}]}}
`)
	host := func(path, user, cart string) string {
		return hostsOf(up, get("reviews", path, "x-user: "+user, "x-cart: "+cart))
	}
	byUser, byCart := map[string]bool{}, map[string]bool{}
	for i := range 20 {
		key := fmt.Sprint(i)
		if byUser[host("/", key, "same")] = true; host("/", key, "a") != host("/", key, "b") {
			t.Errorf("user %s is not kept together", key)
		}
		if byCart[host("/cart", "same", key)] = true; host("/cart", "a", key) != host("/cart", "b", key) {
			t.Errorf("cart %s is not kept together", key)
		}
	}
	if len(byUser) != 4 || len(byCart) != 4 {
		t.Errorf("twenty users have the hosts %v, twenty carts %v", byUser, byCart)
	}
	if got := host("/any", "same", "same"); got != "0 1 2 3" {
		t.Errorf("what is not kept together goes to %s", got)
	}
}

// TestRoutesHavePriorities: the first rule that says something counts, and each
// priority has caps of its own (Envoy router/config_impl_test.cc, Priority).
func TestRoutesHavePriorities(t *testing.T) {
	up := chosen(t, `
{match: {path: /foo}, priority: high}
{match: {path: /bar}, priority: default}
{match: {prefix: /}, priority: high}
{circuit_breaker: {max_requests: 1, high: {max_requests: 2}}}
`)
	begin := func(path string) mesh.Outcome {
		var c policy.Call
		c.Begin(0, up, get("reviews", path))
		return c.Next().Outcome
	}
	for i, c := range []struct {
		path string
		want mesh.Outcome
	}{{"/foo", 0}, {"/other", 0}, {"/foo", mesh.Overflow}, {"/bar", 0}, {"/bar", mesh.Overflow}, {"/other", mesh.Overflow}} {
		if got := begin(c.path); got != c.want {
			t.Errorf("call %d, %s: %v, want %v", i, c.path, got, c.want)
		}
	}
}

// TestSubsetsOfRoutesKeepZoneWeights: without lb_subset_config the weights of
// zones hold for requests of every subset and of none.
func TestSubsetsOfRoutesKeepZoneWeights(t *testing.T) {
	p := policy.Resolve([]policy.Rule{
		rule(t, "{match: {headers: {end-user: jason}}, subset: {version: v2}}"),
		rule(t, "common_lb_config: {locality_weighted_lb_config: {}}"),
	}, "productpage", "reviews")
	endpoints := labelled("version=v1", "version=v1", "version=v2", "version=v2")
	for i := range endpoints {
		endpoints[i].Zone, endpoints[i].ZoneWeight = string(rune('a'+i%2)), uint32(9-8*(i%2))
	}
	up := policy.NewUpstream(&p, endpoints, dice(1))
	for user, want := range map[string][4]int{"jason": {0, 0, 900, 100}, "ann": {450, 50, 450, 50}} {
		var got [4]int
		for range 1000 {
			var c policy.Call
			c.Begin(0, up, get("reviews", "/", "end-user: "+user))
			got[c.Next().Host]++
			c.Cancel(0)
			c.Next()
		}
		if got != want {
			t.Errorf("%s is sent to %v, want %v", user, got, want)
		}
	}
}

// TestHedgingStandsInPlaceOfRetry, in whichever rule it stands: the first that
// says one of the two says both.
func TestHedgingStandsInPlaceOfRetry(t *testing.T) {
	const retry, hedging = "retry: {retry_on: [5xx]}", "hedging: {max_attempts: 2}"
	for _, c := range []struct {
		first, second string
		retries       bool
	}{{retry, hedging, true}, {hedging, retry, false}} {
		up := chosen(t, "{match: {prefix: /}, "+c.first+"}\n{"+c.second+"}")
		if r := up.Route(get("reviews", "/")); (r.Retry != nil) != c.retries || (r.Hedging != nil) == c.retries {
			t.Errorf("%s before %s: retry %v, hedging %v", c.first, c.second, r.Retry, r.Hedging)
		}
	}
}
