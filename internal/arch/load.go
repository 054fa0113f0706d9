package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// house is all source below a root, parsed. File names are below the root.
type house struct {
	root     string
	files    *token.FileSet
	packages []*pkg
	compiled compiled
	importer types.Importer
}

// pkg is the source of one folder.
type pkg struct {
	path  string // below the module: "policy", "cmd/meshdyno"
	code  []*source
	tests []*source
}

// source is one parsed file.
type source struct {
	name string
	text []byte
	tree *ast.File
}

func (p *pkg) folder() string { return p.path }

// name is that of the package clause.
func (p *pkg) name() string { return p.code[0].tree.Name.Name }

func (p *pkg) sources() []*source { return append(append([]*source(nil), p.code...), p.tests...) }

// load parses every package below root. Folders named testdata, and those that
// are modules of their own, belong to others.
func load(root string) (*house, error) {
	h := &house{root: root, files: token.NewFileSet()}
	err := filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if dir != root && notOurs(dir) {
			return filepath.SkipDir
		}
		return h.loadFolder(dir)
	})
	return h, err
}

func notOurs(dir string) bool {
	base := filepath.Base(dir)
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || err == nil
}

func (h *house) loadFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	below, err := filepath.Rel(h.root, dir)
	if err != nil {
		return err
	}
	p := &pkg{path: filepath.ToSlash(below)}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") {
			if err := h.loadFile(p, filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if len(p.code) > 0 {
		h.packages = append(h.packages, p)
	}
	return nil
}

func (h *house) loadFile(p *pkg, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	name := path.Join(p.path, filepath.Base(file))
	tree, err := parser.ParseFile(h.files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	s := &source{name: name, text: text, tree: tree}
	if strings.HasSuffix(name, "_test.go") {
		p.tests = append(p.tests, s)
	} else {
		p.code = append(p.code, s)
	}
	return nil
}
