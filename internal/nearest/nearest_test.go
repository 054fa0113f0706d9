package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	have := []string{"latency", "load_balancer", "timeout", "p2c", "to", "at"}
	for _, c := range []struct{ got, want, why string }{
		{"latancy", "latency", "one letter changed"},
		{"timeuot", "timeout", "two neighbours swapped"},
		{"tmeout", "timeout", "one dropped"},
		{"ttimeoutt", "timeout", "two added"},
		{"load-balancer", "load_balancer", "the other dash"},
		{"Timeout", "timeout", "case"},
		{"p2d", "p2c", "one edit is always forgiven"},
		{"ax", "at", "the nearest of several short ones"},
		{"zz", "", "two letters of two are another word"},
		{"bandwidth", "", "nothing like it"},
		{"", "", "nothing is near to nothing"},
		{strings.Repeat("x", 1<<20), "", "a megabyte is not a slip"},
	} {
		if got := Name(c.got, have); got != c.want {
			t.Errorf("%s: Name(%.20q) = %q, want %q", c.why, c.got, got, c.want)
		}
	}
}

func TestDistanceIsSymmetric(t *testing.T) {
	for _, p := range [][2]string{{"abc", "acb"}, {"", "abc"}, {"kitten", "sitting"}, {"ca", "abc"}} {
		if there, back := distance(p[0], p[1]), distance(p[1], p[0]); there != back {
			t.Errorf("%q to %q is %d, back %d", p[0], p[1], there, back)
		}
	}
	if d := distance("kitten", "sitting"); d != 3 {
		t.Errorf("kitten to sitting is %d edits, want 3", d)
	}
}
