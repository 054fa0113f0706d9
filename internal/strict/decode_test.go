package strict

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestDecodeFillsEveryForm(t *testing.T) {
	const text = `
town: kiel
height: 1.5e1
lights: true
seed: 18446744073709551615
streets:
  side: {}
  main: {houses: 3, walk: [{stroll: 5ms}, [{stroll: 1s}]]}
guard: {kind: dog, bark: 2s}
keeper: {bark: 3s}
visits: 3
events: [{at: 1s, dog: {bark: 3s}}, {at: 2s, goose: {}}]
square: 4
mottoes: {b: 5s, a: 6s}
`
	var w town
	if _, err := Decode("f.yaml", []byte(text), &w); err != nil {
		t.Fatal(err)
	}
	switch {
	case w.Name != "kiel" || w.Height != 15 || !w.Lights || w.Seed != 1<<64-1:
		t.Errorf("plain values: %+v", w)
	case w.Streets[0].Name != "side" || w.Streets[0].Houses != 10:
		t.Errorf("names keep their order and elements their defaults: %+v", w.Streets)
	case w.Streets[1].Houses != 3 || *w.Streets[1].Walk[0].Stroll != pause(5*time.Millisecond):
		t.Errorf("street = %+v", w.Streets[1])
	case *w.Streets[1].Walk[1].Steps[0].Stroll != pause(time.Second):
		t.Errorf("a bare list is the short form of a walk: %+v", w.Streets[1].Walk[1])
	case w.Guard.Kind != "dog" || w.Guard.Animal.(*dog).Bark != pause(2*time.Second):
		t.Errorf("guard = %+v", w.Guard)
	case w.Keeper.Kind != "dog" || w.Keeper.Animal.(*dog).Bark != pause(3*time.Second):
		t.Errorf("a keeper is usually a dog: %+v", w.Keeper)
	case len(w.Visits) != 1 || w.Visits[0].Count != 3:
		t.Errorf("a lone scalar is a list of one: %+v", w.Visits)
	case w.Events[0].Name != "dog" || w.Events[1].Name != "goose" || w.Events[1].At != pause(2*time.Second):
		t.Errorf("events = %+v", w.Events)
	case w.Square.Benches != 4 || w.Square.Tree != "oak":
		t.Errorf("a short form keeps the other defaults: %+v", w.Square)
	case w.Mottoes[0].Title != "b" || w.Mottoes[1].Text != pause(6*time.Second):
		t.Errorf("mottoes = %+v", w.Mottoes)
	}
}

func TestDefaultsOfTheOuterHaveTheLastWord(t *testing.T) {
	var w town
	if _, err := Decode("f.yaml", []byte("town: kiel"), &w); err != nil {
		t.Fatal(err)
	}
	if w.Square.Benches != 3 || w.Square.Tree != "oak" || w.Seed != 7 {
		t.Errorf("defaults = %+v", w)
	}
	if _, err := Decode("f.yaml", []byte("square: {tree: elm}"), &w); err != nil || w.Square.Benches != 3 {
		t.Errorf("benches = %d, %v; a mapping that is silent of a key keeps its default", w.Square.Benches, err)
	}
}

func TestDecodeOntoOverlaysByName(t *testing.T) {
	w := town{Streets: []street{{Name: "main", Houses: 5}, {Name: "side", Houses: 6}}}
	tree, err := Parse("f.yaml", []byte("streets: {side: {walk: [{stroll: 1s}]}, new: {}, main: {houses: 7}}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.DecodeOnto(&w); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range w.Streets {
		got = append(got, s.Name+strings.Repeat("|", s.Houses))
	}
	if want := "main||||||| side|||||| new||||||||||"; strings.Join(got, " ") != want {
		t.Errorf("streets = %q, want %q", strings.Join(got, " "), want)
	}
}

func TestCallsNeedNoQuotes(t *testing.T) {
	const text = "a: {latency: normal(1ms, 100us), loss: 1%, mix: mix(90%: exp(1ms), 10%: exp(20ms)), q: 'f(a, b: c)'}\nb: mix(1%: x(1), 2: y) # f(a, b: c)\n"
	tree, err := Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range append(tree.root.Content[1].Content, tree.root.Content[3]) {
		got = append(got, n.Value)
	}
	const want = "latency|normal(1ms, 100us)|loss|1%|mix|mix(90%: exp(1ms), 10%: exp(20ms))|q|f(a, b: c)|mix(1%: x(1), 2: y)"
	if strings.Join(got, "|") != want {
		t.Errorf("values = %s\n  want = %s", strings.Join(got, "|"), want)
	}
	if column := tree.root.Content[1].Content[2].Column; column != strings.Index(text, "loss")+1 {
		t.Errorf("loss is said to be in column %d", column)
	}
}

func TestEmptyFilesSaySo(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# only a comment\n", "---\n", "\ufeff", "---\n...\n"} {
		if _, err := Parse("f.yaml", []byte(text)); !errors.Is(err, ErrEmpty) {
			t.Errorf("Parse(%q) = %v, want ErrEmpty", text, err)
		}
	}
}

func TestByteOrderMarkAndCRLFAreAccepted(t *testing.T) {
	var w town
	if _, err := Decode("f.yaml", []byte("\ufefftown: kiel\r\nseed: 3\r\nabout: |\r\n  a\r\n  b\r\n"), &w); err != nil {
		t.Fatal(err)
	}
	if w.Name != "kiel" || w.Seed != 3 || w.About != "a\nb\n" {
		t.Errorf("got %+v", w)
	}
}
