package scenarios

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/result"
)

// TestTheLibraryMeetsItsExpectations runs every shipped scenario.
func TestTheLibraryMeetsItsExpectations(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, v := range verdicts(t, name) {
				if !v.Pass {
					t.Errorf("%s: observed %s %s", v.Check, v.Observed, v.Note)
				}
			}
		})
	}
}

// TestTheLibraryMissesThemWithoutTheFix: what a scenario says to set in order
// to see the harm, in a line `meshdyno run NAME --set PATH=VALUE` of its about,
// must do harm.
func TestTheLibraryMissesThemWithoutTheFix(t *testing.T) {
	for _, name := range Names() {
		text, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range undoings(string(text), name) {
			t.Run(name+" "+strings.Join(set, " "), func(t *testing.T) {
				t.Parallel()
				for _, v := range verdicts(t, name, set...) {
					if !v.Pass {
						return
					}
				}
				t.Error("all expectations hold without the fix too")
			})
		}
	}
}

var (
	command = regexp.MustCompile(`(?m)^ +meshdyno run (\S+)((?: --set \S+)+)$`)
	setting = regexp.MustCompile(`--set (\S+)`)
)

// undoings are the settings of each such line.
func undoings(text, name string) (all [][]string) {
	for _, line := range command.FindAllStringSubmatch(text, -1) {
		if line[1] != name {
			continue
		}
		var set []string
		for _, s := range setting.FindAllStringSubmatch(line[2], -1) {
			set = append(set, s[1])
		}
		all = append(all, set)
	}
	return all
}

func verdicts(t *testing.T, name string, set ...string) []result.Verdict {
	t.Helper()
	s, err := Open(name, LoadOptions{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), s, RunOptions{Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Expect) == 0 {
		t.Error("nothing is expected of it")
	}
	return r.Expect
}

func TestUndoings(t *testing.T) {
	got := undoings("about: |\n  text --set x=y\n\n      meshdyno run a --set b.c=1 --set d=2\n      meshdyno run other --set e=3\n      meshdyno run a --set f=4\n", "a")
	if len(got) != 2 || strings.Join(got[0], " ") != "b.c=1 d=2" || strings.Join(got[1], " ") != "f=4" {
		t.Errorf("got %q", got)
	}
}
