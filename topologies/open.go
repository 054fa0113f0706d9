package topologies

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
)

//go:embed library/*.yaml
var library embed.FS

// file is a topology in our own format: the services section of a scenario.
type file struct {
	About    string         `yaml:"about" doc:"what it is, with a drawing"`
	Services []mesh.Service `yaml:"services" required:"true" doc:"who there is and what they do"`
}

// Open resolves what stands after `topology:` in a scenario: a generator with
// its arguments (chain(5)), a name of the embedded library (canonical), or a
// file (graph.yaml) that readFile reads: a list of services as in a scenario,
// or an isotope graph.
func Open(name string, readFile func(name string) ([]byte, error)) ([]mesh.Service, error) {
	switch {
	case strings.Contains(name, "("):
		return generate(name)
	case isFile(name):
		data, err := readFile(name)
		if err != nil {
			return nil, err
		}
		return parse(name, data)
	}
	data, err := library.ReadFile("library/" + name + ".yaml")
	if err != nil {
		return nil, unknown(name)
	}
	return parse(name+".yaml", data)
}

func isFile(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return strings.ContainsAny(name, `/\`)
}

// parse reads a file in our own format, in which services is a mapping, or of
// isotope, where it is a list.
func parse(name string, data []byte) ([]mesh.Service, error) {
	tree, err := strict.Parse(name, data)
	if errors.Is(err, strict.ErrEmpty) {
		return nil, fmt.Errorf("%s: %w; a topology begins like services: {web: {replicas: 2}}", strict.Safe(name), err)
	}
	if err != nil {
		return nil, err
	}
	if root, _ := tree.Root(); isIsotope(root) {
		im, err := ReadIsotope(name, data)
		if err != nil {
			return nil, err
		}
		return im.Services, nil
	}
	var f file
	if err := tree.Decode(&f); err != nil {
		return nil, err
	}
	if len(f.Services) == 0 {
		return nil, strict.Errors{tree.Errorf([]string{"services"}, "no services: a topology begins like services: {web: {replicas: 2}}")}
	}
	return f.Services, nil
}

func isIsotope(root *yaml.Node) bool {
	root = strict.Follow(root)
	for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
		if strict.Follow(root.Content[i]).Value == "services" {
			return strict.Follow(root.Content[i+1]).Kind == yaml.SequenceNode
		}
	}
	return false
}

func unknown(name string) error {
	var have []string
	for i := range generators {
		have = append(have, generators[i].Example)
	}
	names := Library()
	meant := ""
	if near := nearest.Name(name, names); near != "" {
		meant = "; did you mean " + near + "?"
	}
	return fmt.Errorf("unknown topology %s (have %s; generators: %s; or the name of a .yaml file)%s",
		strict.Show(name), strings.Join(names, ", "), strings.Join(have, ", "), meant)
}

// Library lists the embedded topologies.
func Library() []string {
	entries, err := library.ReadDir("library")
	if err != nil {
		panic(err) // embedded, so it is there
	}
	var names []string
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".yaml"))
	}
	return names
}
