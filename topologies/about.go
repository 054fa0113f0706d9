package topologies

import (
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// About is what a topology of the library says about itself: its about, or the
// comment that it opens with. "" for a name that is not there.
func About(name string) string {
	data, err := library.ReadFile("library/" + name + ".yaml")
	if err != nil {
		return ""
	}
	if tree, err := strict.Parse(name, data); err == nil {
		if about, ok := tree.Text("about"); ok {
			return about
		}
	}
	var about []string
	for line := range strings.Lines(string(data)) {
		text, comment := strings.CutPrefix(line, "#")
		if !comment {
			break
		}
		about = append(about, strings.TrimPrefix(text, " "))
	}
	return strings.Join(about, "")
}
