package stricttest

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// Knobs decodes settings of a type as users write them, each time from nothing. With
// each text goes what its refusal must say; nothing where it is accepted.
func Knobs[T any](t *testing.T, all [][2]string) {
	t.Helper()
	for _, c := range all {
		text, refused := c[0], c[1]
		_, err := strict.Decode("wire.yaml", []byte(text), new(T))
		switch {
		case refused == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case refused != "" && (err == nil || !strings.Contains(err.Error(), refused)):
			t.Errorf("%s: got %v, want %s", text, err, refused)
		}
	}
}
