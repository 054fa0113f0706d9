package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/meshdyno/meshdyno/internal/atomicfile"
)

type initVerb struct {
	Name string `arg:"" optional:"" default:"my-mesh" help:"Name of the scenario; the file is NAME.yaml."`
}

//go:embed starter.yaml
var starter string

var scenarioName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Run writes the starter; it never overwrites a file.
func (v *initVerb) Run(a *app) error {
	path := strings.TrimSuffix(strings.TrimSuffix(v.Name, ".yaml"), ".yml")
	name := filepath.Base(path)
	if !scenarioName.MatchString(name) {
		return wrongInput(fmt.Errorf("meshdyno: a scenario cannot be named %q: lower-case letters, digits and hyphens, 63 at most", name))
	}
	path += ".yaml"
	err := atomicfile.Create(path, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Replace(starter, "scenario: my-mesh", "scenario: "+name, 1))
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		return wrongInput(fmt.Errorf("meshdyno: %s is there already; choose another name", path))
	}
	if err != nil {
		return unfinished(err)
	}
	return a.print("wrote " + path + "; now: meshdyno run " + path + "\n")
}
