package policy

import (
	"slices"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// TestEveryDialectIsTold: those of the file's enum, of the outlier detection and
// of the list for readers are the same, and a balancer that differs by dialect
// says so.
func TestEveryDialectIsTold(t *testing.T) {
	words := strict.Words(Rule{}, "dialect")
	changes := map[string]bool{}
	for _, d := range Dialects {
		if !slices.Contains(words, d.Name) || outlierDialects[d.Name] == nil || d.About == "" {
			t.Errorf("%s is in a list that others do not have, or says nothing", d.Name)
		}
		for _, c := range d.Changes {
			changes[c.Key] = true
		}
	}
	if len(words) != len(Dialects) || len(outlierDialects) != len(Dialects) {
		t.Errorf("%d words, %d rows of outlier detection, %d dialects", len(words), len(outlierDialects), len(Dialects))
	}
	for _, row := range Balancers.Rows() {
		if _, differs := row.New().(interface{ newIn(string) Balancer }); differs && !changes[row.Name] {
			t.Errorf("no dialect says what it changes about %s", row.Name)
		}
	}
}

func TestEveryBackOffIsTold(t *testing.T) {
	var told []string
	for _, b := range BackOffs {
		told = append(told, b.Name)
	}
	if words := strict.Words(BackOff{}, "kind"); !slices.Equal(words, told) {
		t.Errorf("the file has %q, readers are told of %q", words, told)
	}
}
