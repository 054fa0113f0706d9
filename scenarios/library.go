package scenarios

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/topologies"
)

// The folder is the menu: a file in it is a scenario of the library.
//
//go:embed library/*.yaml
var library embed.FS

// Names lists the scenarios of the library, by name.
func Names() []string {
	entries, err := library.ReadDir("library")
	if err != nil {
		panic(err) // it is compiled in
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ".yaml")
	}
	return names
}

// Source is the text of a scenario of the library.
func Source(name string) ([]byte, error) {
	data, err := library.ReadFile(path.Join("library", path.Base("/"+name)+".yaml"))
	if err == nil && path.Base("/"+name) == name {
		return data, nil
	}
	if slices.Contains(topologies.Library(), name) {
		return nil, fmt.Errorf("%s is a topology, not a scenario: one that says `topology: %s` and has traffic can be run", name, name)
	}
	names := Names()
	did := ""
	if near := nearest.Name(name, names); near != "" {
		did = ": did you mean " + near + "?"
	}
	return nil, fmt.Errorf("no file and no scenario of the library is called %s%s (have %s)", strict.Show(name), did, strings.Join(names, ", "))
}
