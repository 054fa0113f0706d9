package main

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/scenarios"
)

type kindsVerb struct {
	Name     string `arg:"" optional:"" help:"A menu, a kind, a section or a knob: balancer, least_request, retry, num_retries."`
	Markdown bool   `help:"The whole reference of the scenario file, as a Markdown page."`
}

// Run lists every menu, or what has the name.
func (v *kindsVerb) Run(a *app) error {
	switch {
	case v.Markdown && v.Name != "":
		return wrongInput(fmt.Errorf("meshdyno: kinds --markdown is the whole page; leave %s out", strict.Show(v.Name)))
	case v.Markdown:
		return a.print(referencePage(a.Reference()))
	case v.Name == "":
		return a.print(overviewOfKinds(a.Reference()))
	}
	s := searched(a.Reference(), v.Name)
	if s.found.Len() == 0 {
		s = searched(a.Reference(), lastKey(v.Name)) // of a path, as --set takes it
	}
	if s.found.Len() == 0 {
		return wrongInput(fmt.Errorf("meshdyno: no menu, kind, section or knob is called %s%s\n  meshdyno kinds lists them",
			strict.Show(v.Name), didYouMean("", v.Name, s.names)))
	}
	return a.print(s.found.String())
}

// kindSearch looks through the reference for a name, and remembers the others.
type kindSearch struct {
	name  string
	found strings.Builder
	names []string
}

func searched(parts []scenarios.Part, name string) *kindSearch {
	s := &kindSearch{name: plainName(name)}
	for i := range parts {
		s.part(&parts[i])
	}
	return s
}

// is says whether something is called what is looked for.
func (s *kindSearch) is(name string) bool {
	word, _, _ := strings.Cut(name, "(")
	s.names = append(s.names, word)
	return plainName(name) == s.name
}

// plainName lets people write retry-budget for what is called retry budget, and
// exp for exp(5ms).
func plainName(name string) string {
	name, _, _ = strings.Cut(name, "(")
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(name))
}

func (s *kindSearch) part(p *scenarios.Part) {
	for i := range p.Sections {
		s.section(&p.Sections[i])
	}
	for _, m := range p.Menus {
		s.menu(m)
	}
}

// section shows all of a section that has the name, or the keys of it that have.
func (s *kindSearch) section(section *strict.Section) {
	menu := scenarios.Menu{What: section.What, Where: section.Paths[0], Kinds: section.Kinds}
	whole := s.is(lastKey(section.Paths[0]))
	if knobs := s.some(section.Knobs, whole); len(knobs) > 0 {
		s.begin()
		writeSection(&s.found, section, knobs)
	}
	if whole && menu.What != "" {
		s.begin()
		writeMenu(&s.found, menu)
	} else if menu.What != "" {
		s.menu(menu)
	}
}

// menu shows all of a menu that has the name, or the kinds of it that have it, or
// have a knob of that name.
func (s *kindSearch) menu(m scenarios.Menu) {
	whole := s.is(m.What) || s.is(lastKey(m.Where))
	kinds := m.Kinds
	if !whole {
		kinds = nil
		for _, kind := range m.Kinds {
			kind.Knobs = s.some(kind.Knobs, s.is(kind.Name))
			if len(kind.Knobs) > 0 || s.is(kind.Name) {
				kinds = append(kinds, kind)
			}
		}
	}
	if len(kinds) > 0 {
		m.Kinds = kinds
		s.begin()
		writeMenu(&s.found, m)
	}
}

// some are the knobs that have the name, or all of them.
func (s *kindSearch) some(knobs []strict.Knob, all bool) (some []strict.Knob) {
	for _, knob := range knobs {
		if isIt := s.is(lastKey(knob.Key)) || knob.Key == s.name; all || isIt {
			some = append(some, knob)
		}
	}
	return some
}

func (s *kindSearch) begin() {
	if s.found.Len() > 0 {
		s.found.WriteByte('\n')
	}
}

// lastKey is the last part of a path that is a key, and no NAME or N.
func lastKey(path string) string {
	parts := strings.Split(path, ".")
	for len(parts) > 1 && (parts[len(parts)-1] == "NAME" || parts[len(parts)-1] == "N") {
		parts = parts[:len(parts)-1]
	}
	return parts[len(parts)-1]
}
