package policy_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// turns asks a balancer so often and names the hosts.
func turns(b policy.Balancer, set *policy.Set, n int) (text string) {
	d := dice(1)
	for range n {
		text += string(rune('a' + b.Pick(0, set, &policy.Ask{}, &d)))
	}
	return text
}

// TestSmoothTurns has the sequence of NGINX's own description of the algorithm,
// for the weights 5, 1, 1, and what follows from it for others.
func TestSmoothTurns(t *testing.T) {
	for _, c := range []struct {
		weights []uint32
		want    string
	}{
		{[]uint32{5, 1, 1}, "aabacaa" + "aabacaa"},
		{[]uint32{1, 1, 1}, "abcabcabc"},
		{[]uint32{2, 1}, "abaaba"},
		{[]uint32{0, 3}, "babbbabb"},
	} {
		b := policy.Balancers.Must("smooth_round_robin").New()
		if got := turns(b, weighted(c.weights), len(c.want)); got != c.want {
			t.Errorf("%v: %s, want %s", c.weights, got, c.want)
		}
	}
}

// TestSmoothFailures: a failure takes weight / max_fails, all of it with one, and
// each request gives 1 back: the effective weights of the first host, which fails
// after the first request, are then 0, 1, 2, 3, 4 and 5 again.
func TestSmoothFailures(t *testing.T) {
	b := policy.Balancers.Must("smooth_round_robin").New()
	set := weighted([]uint32{5, 5})
	if got := turns(b, set, 2); got != "ab" {
		t.Fatalf("%s, want ab", got)
	}
	b.(policy.Observer).Done(0, 0, 0, mesh.Reset)
	b.(policy.Observer).Done(0, 1, 0, mesh.Error) // an answer is no failure
	// current after each request: (0,0) b (0,0); (1,5) b (1,-1); (3,4) b (3,-3); (6,2) a (-2,2); (2,7) b (2,-2); (7,3) a
	if got := turns(b, set, 6); got != "bbbaba" {
		t.Errorf("%s, want bbbaba", got)
	}
}

// TestLeastConnTurns: the least busy for its weight, and equals in turn.
func TestLeastConnTurns(t *testing.T) {
	for _, c := range []struct {
		weights []uint32
		active  []int32
		want    string
	}{
		{[]uint32{1, 1, 1}, []int32{2, 1, 3}, "bbb"},
		{[]uint32{1, 1, 1}, []int32{1, 1, 3}, "abab"},
		{[]uint32{3, 1, 1}, []int32{3, 1, 1}, "abaca"},
		{[]uint32{4, 1}, []int32{3, 1}, "aaa"},
	} {
		b := policy.Balancers.Must("least_conn").New()
		if got := turns(b, weighted(c.weights, c.active...), len(c.want)); got != c.want {
			t.Errorf("%v with %v: %s, want %s", c.weights, c.active, got, c.want)
		}
	}
}
