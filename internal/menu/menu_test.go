package menu

import (
	"slices"
	"testing"
)

type animal interface{ Legs() int }

type bird struct{ legs int }

func (b *bird) Legs() int { return b.legs }

func animals() *Menu[animal] {
	return Of("animal",
		Row[animal]{"heron", "stands and waits", func() animal { return &bird{2} }},
		Row[animal]{"stork", "brings things", func() animal { return &bird{2} }})
}

func TestNamesKeepTheOrderOfTheTable(t *testing.T) {
	m := Of("digit", Row[int]{Name: "two", New: func() int { return 2 }}, Row[int]{Name: "one", New: func() int { return 1 }})
	if got := m.Names(); !slices.Equal(got, []string{"two", "one"}) {
		t.Errorf("names = %v", got)
	}
}

func TestEveryNewIsFresh(t *testing.T) {
	var m Any = animals()
	first, err := m.New("heron")
	if err != nil {
		t.Fatal(err)
	}
	first.(*bird).legs = 1
	second, _ := m.New("heron")
	if second.(*bird).legs != 2 {
		t.Error("the second heron limps: New handed out the first again")
	}
	if m.About("stork") != "brings things" || m.About("owl") != "" || m.What() != "animal" {
		t.Errorf("About or What is wrong: %q, %q, %q", m.About("stork"), m.About("owl"), m.What())
	}
}

func TestUnknownNamesAreAnswered(t *testing.T) {
	for name, want := range map[string]string{
		"strok":      `unknown animal "strok": did you mean stork? (have heron, stork)`,
		"elephant":   `unknown animal "elephant" (have heron, stork)`,
		"\x1b[31mst": `unknown animal "\x1b[31mst" (have heron, stork)`,
	} {
		settings, err := animals().Get(name)
		if err == nil || err.Error() != want {
			t.Errorf("Get(%q) = %v, %v; want error %s", name, settings, err, want)
		}
	}
}

func TestMistakesInATablePanic(t *testing.T) {
	one := Row[int]{Name: "one", New: func() int { return 1 }}
	for what, rows := range map[string][]Row[int]{
		"doubled":     {one, one},
		"nameless":    {{New: one.New}},
		"without New": {{Name: "one"}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a table with a row that is %s was accepted", what)
				}
			}()
			Of("digit", rows...)
		}()
	}
}
