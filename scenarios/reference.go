package scenarios

import (
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// Part is what a scenario file may hold below one of its first keys, or beside
// them: what the reference has a chapter of.
type Part struct {
	Name     string // "policies"; "" is the file itself
	Sections []strict.Section
	Menus    []Menu // what is chosen by name in it, and is no section of its own
}

// Reference is everything that a scenario file may say, in the order of its keys.
func Reference() []Part {
	var parts []Part
	part := func(name string) *Part {
		for i := range parts {
			if parts[i].Name == name {
				return &parts[i]
			}
		}
		parts = append(parts, Part{Name: name})
		return &parts[len(parts)-1]
	}
	for _, s := range strict.Sections(Scenario{}) {
		p := part(firstKey(s.Paths[0]))
		p.Sections = append(p.Sections, s)
	}
	for _, m := range Kinds() {
		if p := part(firstKey(m.Where)); !p.has(m.Where) {
			p.Menus = append(p.Menus, m)
		}
	}
	return parts
}

// AllMenus are what is chosen by name in the part, sections among them.
func (p *Part) AllMenus() (all []Menu) {
	for _, s := range p.Sections {
		if s.What != "" {
			all = append(all, Menu{s.What, s.Paths[0], s.Kinds})
		}
	}
	return append(all, p.Menus...)
}

// has says whether a section stands at a path.
func (p *Part) has(path string) bool {
	for i := range p.Sections {
		if p.Sections[i].What != "" && p.Sections[i].Paths[0] == path {
			return true
		}
	}
	return false
}

// firstKey is the first part of a path. Distributions are of no part of the file,
// topologies of the file itself.
func firstKey(path string) string {
	switch key, _, _ := strings.Cut(path, "."); key {
	case anywhere:
		return "distributions"
	case "topology":
		return ""
	default:
		return key
	}
}
