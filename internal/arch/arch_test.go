package arch

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestTheHouseStands holds the whole module to the rules.
func TestTheHouseStands(t *testing.T) {
	for _, v := range check(t, "../..") {
		t.Error(v)
	}
}

// TestEveryRuleCanFail holds a house to the rules that breaks them all, and
// compares what is said about it with what should be.
func TestEveryRuleCanFail(t *testing.T) {
	var said strings.Builder
	for _, v := range check(t, "testdata/house") {
		fmt.Fprintln(&said, v)
	}
	const golden = "testdata/house.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(said.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if said.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", said.String(), want)
	}
}

// TestEveryRowIsTried keeps a new row of a table from standing there unproved.
func TestEveryRowIsTried(t *testing.T) {
	said := ""
	for _, v := range check(t, "testdata/house") {
		said += v.String() + "\n"
	}
	tried := func(table, row, use string) {
		if !strings.Contains(said, use) {
			t.Errorf("%s: nothing in testdata/house breaks the row %q", table, row)
		}
	}
	for _, row := range instead {
		tried("instead", row.path, row.use)
	}
	for _, row := range forbidden {
		tried("forbidden", row.pkg+" "+row.names, row.use)
	}
	for _, row := range banned {
		tried("banned", row.pattern.String(), row.why)
	}
}

// TestLongFiles puts the limit at 400 lines of code, not 401; tests may go on.
func TestLongFiles(t *testing.T) {
	for _, c := range []struct {
		file  string
		lines int
		bad   bool
	}{{"at.go", 400, false}, {"over.go", 401, true}, {"over_test.go", 401, false}} {
		root := t.TempDir()
		write(t, root, "fault/doc.go", "// Package fault is here.\npackage fault\n")
		write(t, root, "fault/"+c.file, "package fault"+strings.Repeat("\n", c.lines))
		found := check(t, root)
		if bad := len(found) == 1 && strings.Contains(found[0].Message, "401 lines"); bad != c.bad || len(found) > 1 {
			t.Errorf("%s with %d lines: got %v", c.file, c.lines, found)
		}
	}
}

// TestRoomsStandInOrder reads the plan: no row twice, pure rooms low.
func TestRoomsStandInOrder(t *testing.T) {
	seen := map[string]bool{}
	for i, r := range Rooms {
		if seen[r.Name] {
			t.Errorf("%s has two rows", r.Name)
		}
		seen[r.Name] = true
		if i > 0 && r.Floor < Rooms[i-1].Floor {
			t.Errorf("%s stands after %s, of a higher floor", r.Name, Rooms[i-1].Name)
		}
		if r.Pure && !r.Virtual && r.Floor >= drivers {
			t.Errorf("%s is pure and stands among the drivers", r.Name)
		}
	}
}

func check(t *testing.T, root string) []Violation {
	t.Helper()
	found, err := Check(filepath.FromSlash(root))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
