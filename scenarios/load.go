package scenarios

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
)

// LoadOptions say how a scenario is read. The zero value reads a scenario that
// needs no other file.
type LoadOptions struct {
	// Set holds PATH=VALUE assignments, made in order as if the file had them.
	Set []string
	// Read reads a file that the scenario names, relative to its folder. Open
	// sets it to read inside the folder only; nil refuses every file.
	Read func(name string) ([]byte, error)
}

// Open loads a scenario from a file, or from the library by its name. What has a
// dot or a slash in it is a file.
func Open(nameOrFile string, o LoadOptions) (*Scenario, error) {
	if !strings.ContainsAny(nameOrFile, `./\`) {
		data, err := Source(nameOrFile)
		if err == nil {
			return Load(nameOrFile+".yaml", data, o)
		}
		if _, missing := os.Stat(nameOrFile); missing != nil {
			return nil, err
		}
	}
	data, err := strict.ReadFile(nameOrFile)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Dir(nameOrFile))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if o.Read == nil {
		o.Read = func(name string) ([]byte, error) { return strict.ReadIn(root, name) }
	}
	return Load(nameOrFile, data, o)
}

// Load reads a scenario from data, named file in errors, checks it as far as can
// be without running it, and fills in what it leaves out. The error, of type
// strict.Errors, holds everything that is wrong; what merely looks wrong is in
// the scenario's Warnings.
func Load(file string, data []byte, o LoadOptions) (*Scenario, error) {
	tree, err := strict.Parse(file, data)
	if errors.Is(err, strict.ErrEmpty) {
		return nil, strict.Errors{{Pos: strict.Pos{File: file, Line: 1, Column: 1}, Text: "no scenario in this file; the least there can be is, for example: " + least}}
	} else if err != nil {
		return nil, err
	}
	if !tree.IsMapping() {
		return nil, tree.Decode(&Scenario{})
	}
	l := &loader{tree: tree, options: o, scenario: &Scenario{Source: data}}
	return l.load(file)
}

// least is the shortest scenario that runs.
const least = `{services: {web: {endpoints: {/: {steps: [{work: 5ms}]}}}}, traffic: {users: {to: web, rate: 100/s}}}`

// loader carries one scenario from its tree to a checked value.
type loader struct {
	tree     *strict.Tree
	options  LoadOptions
	scenario *Scenario
	errs     strict.Errors
	unread   bool // not everything in the file could be decoded
}

func (l *loader) fail(path []string, format string, args ...any) {
	l.errs = append(l.errs, l.tree.Errorf(path, format, args...))
}

func (l *loader) warn(path []string, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	l.scenario.Warnings = append(l.scenario.Warnings, strict.Safe(strict.JoinPath(path...)+": "+text))
}

func (l *loader) load(file string) (*Scenario, error) {
	if err := l.set(true); err != nil {
		return nil, err
	}
	l.topology()
	if err := l.set(false); err != nil {
		return nil, err
	}
	l.unread = !l.decode()
	l.fillIn(file)
	graph := l.checkNames()
	if len(l.errs) == 0 {
		l.files()
		l.checkMeaning(graph)
	}
	if err := l.errs.Sorted(); err != nil {
		return nil, err
	}
	if len(l.options.Set) > 0 {
		text, err := l.tree.YAML()
		l.scenario.Source = text
		return l.scenario, err
	}
	return l.scenario, nil
}

// set makes the assignments: first those of the topology, then, when its names
// are known, the others.
func (l *loader) set(ofTopology bool) error {
	var all strict.Errors
	for _, assignment := range l.options.Set {
		if strings.HasPrefix(assignment, "topology=") != ofTopology {
			continue
		}
		err := l.tree.Set(l.scenario, assignment, l.names())
		if some := (strict.Errors)(nil); errors.As(err, &some) {
			all = append(all, some...)
		}
	}
	return all.Sorted()
}

// names are the services and endpoints that a topology brings.
func (l *loader) names() strict.Names {
	known := strict.Names{}
	for _, s := range l.scenario.Services {
		known["services"] = append(known["services"], s.Name)
		path := strict.JoinPath("services", s.Name, "endpoints")
		for _, e := range s.Endpoints {
			known[path] = append(known[path], e.Path)
		}
	}
	return known
}

// decode fills the scenario from the tree and reports whether it could.
func (l *loader) decode() bool {
	err := l.tree.Decode(l.scenario)
	if all := (strict.Errors)(nil); errors.As(err, &all) {
		l.errs = append(l.errs, all...)
	}
	return err == nil
}

// fillIn writes out the defaults that depend on other parts of the scenario.
func (l *loader) fillIn(file string) {
	s := l.scenario
	if s.Scenario == "" {
		s.Scenario = nameOfFile(file)
	}
	if !l.tree.Has("network", "cross_zone") {
		s.Network.CrossZone = s.Network.SameZone
	}
	for i := range s.Services {
		s.Services[i].Settle()
		if len(s.Services[i].Endpoints) == 0 {
			s.Services[i].Endpoints = []mesh.Endpoint{{Path: "/"}}
		}
	}
}

// nameOfFile makes a scenario's name of its file's.
func nameOfFile(file string) string {
	base := strings.ToLower(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '-'
	}, base), "-_")
	if name == "" {
		return "scenario"
	}
	return name[:min(len(name), 63)]
}
