package topologies_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/scenarios"
	"github.com/meshdyno/meshdyno/topologies"
	"github.com/meshdyno/meshdyno/unit"
)

func written(t testing.TB, im *topologies.Import) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := topologies.WriteScenario(&out, im, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// backAgain holds a written scenario to the import it was written from. What a
// graph may be and a scenario may not (calls too deep, a circle that chance does
// not end soon enough) is left to the scenario's own checks.
func backAgain(t testing.TB, im *topologies.Import) {
	t.Helper()
	text := written(t, im)
	if again := written(t, im); !bytes.Equal(text, again) {
		t.Errorf("two writings differ:\n%s\n%s", text, again)
	}
	s, err := scenarios.Load("written.yaml", text, scenarios.LoadOptions{})
	if err != nil {
		if !beyondScenarios(err) {
			t.Errorf("%v\nin\n%s", err, text)
		}
		return
	}
	if !reflect.DeepEqual(s.Services, im.Services) {
		t.Errorf("the services changed on the way through the file:\n%+v\n%+v", im.Services, s.Services)
	}
	var to []string
	for _, traffic := range s.Traffic {
		to = append(to, traffic.To)
		if traffic.Rate[0].Rate.From != topologies.DefaultRate {
			t.Errorf("%s has rate %v", traffic.Name, traffic.Rate)
		}
	}
	if !slices.Equal(to, im.Entrypoints) || s.Duration != unit.Minute {
		t.Errorf("traffic goes to %v for %v, want %v for 1m", to, s.Duration, im.Entrypoints)
	}
}

func beyondScenarios(err error) bool {
	var errs strict.Errors
	if !errors.As(err, &errs) {
		return false
	}
	for _, e := range errs {
		if !strings.HasPrefix(e.Text, "calls are ") && !strings.HasPrefix(e.Text, "load would grow without bound") {
			return false
		}
	}
	return true
}

func files(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/isotope/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return append(files, "testdata/everything-in-isotope.yaml")
}

func read(t testing.TB, file string) *topologies.Import {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	im, err := topologies.ReadIsotope(file, data)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func TestGraphsMakeTheRoundTripThroughAScenario(t *testing.T) {
	for _, file := range files(t) {
		im := read(t, file)
		backAgain(t, im)
		if _, err := scenarios.Load("written.yaml", written(t, im), scenarios.LoadOptions{}); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Whatever the bytes, there is no panic, each note has its place and is safe to
// show, and what is accepted comes back from a written scenario unchanged.
func FuzzIsotope(f *testing.F) {
	for _, file := range files(f) {
		if data, err := os.ReadFile(file); err == nil && len(data) < 2000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		im, err := topologies.ReadIsotope("fuzz.yaml", data)
		if err != nil {
			return
		}
		for _, n := range im.Notes {
			if n.Pos.Line < 1 || strings.ContainsAny(n.String(), "\n\r\x1b") {
				t.Errorf("note %q", n)
			}
		}
		backAgain(t, im)
	})
}

func BenchmarkImportAndLoad(b *testing.B) {
	data, err := os.ReadFile("testdata/isotope/1000-svc_5000-end.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		im, err := topologies.ReadIsotope("1000-svc_5000-end.yaml", data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := scenarios.Load("written.yaml", written(b, im), scenarios.LoadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
