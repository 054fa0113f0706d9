package arch

import (
	"testing"
)

// TestTheHouseStands holds the whole module to the rules.
func TestTheHouseStands(t *testing.T) {
	found, err := Check("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}
