package main

import (
	"os"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/scenarios"
)

// The page in docs is what kinds --markdown prints.
func TestReferencePageIsNotStale(t *testing.T) {
	const file = "../../docs/reference.md"
	page := referencePage(scenarios.Reference())
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if written, err := os.ReadFile(file); err != nil || string(written) != page {
		t.Errorf("%s is out of date (go test ./cmd/meshdyno -run ReferencePage -update); error %v", file, err)
	}
}

func TestKindsFitsIntoEightyColumns(t *testing.T) {
	for i, line := range strings.Split(overviewOfKinds(scenarios.Reference()), "\n") {
		if len(line) > 80 {
			t.Errorf("line %d has %d columns: %s", i+1, len(line), line)
		}
	}
}

// TestEveryNameOfTheReferenceIsFound: whatever kinds lists, it shows by its name.
func TestEveryNameOfTheReferenceIsFound(t *testing.T) {
	parts := scenarios.Reference()
	all := searched(parts, "nothing is called so")
	if len(all.names) < 300 {
		t.Errorf("only %d names", len(all.names))
	}
	for _, name := range all.names {
		s := searched(parts, name)
		if name != "" && !strings.Contains(s.found.String(), name) {
			t.Errorf("kinds %s shows\n%s", name, &s.found)
		}
	}
}
