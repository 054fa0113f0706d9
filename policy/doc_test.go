package policy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/policy"
)

// TestTheMapIsTrue: each file stands on the map of doc.go, and each name there is a
// file, or with a star the beginning of some. A new balancer may do without: its row
// on the menu is enough.
func TestTheMapIsTrue(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	names, rows := mapped(string(text)), policy.Balancers.Rows()
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		name := strings.TrimSuffix(file, ".go")
		if name == "doc" || strings.HasSuffix(name, "_test") {
			continue
		}
		is := func(on string) bool { ok, _ := filepath.Match(on, name); return ok }
		if !slices.ContainsFunc(names, is) && !slices.ContainsFunc(rows, func(row menu.Row[policy.BalancerSettings]) bool { return row.Name == name }) {
			t.Errorf("%s is not on the map", file)
		}
	}
	for _, on := range names {
		if found, _ := filepath.Glob(on + ".go"); len(found) == 0 {
			t.Errorf("%s is on the map, and there is no such file", on)
		}
	}
}

// mapped are the names on the map: the words of a line up to two spaces. A line that
// begins further in goes on with what the one before says.
func mapped(text string) (names []string) {
	_, where, _ := strings.Cut(text, "# Where is what")
	for line := range strings.Lines(where) {
		if entry, ok := strings.CutPrefix(line, "//\t  "); ok && entry[0] != ' ' {
			list, _, _ := strings.Cut(entry, "  ")
			names = append(names, strings.Fields(list)...)
		}
	}
	return names
}
