package arch

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// compiled maps import paths to the export data of the go command's cache,
// which holds it already when the house is tested as a whole.
type compiled map[string]string

// exports asks the go command for the packages that the code of h imports.
func (h *house) exports() (compiled, error) {
	args := []string{"list", "-e", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}", "--"}
	seen := map[string]bool{"C": true, "unsafe": true}
	for _, p := range h.packages {
		if room, _ := roomOf(p.path); !room.Pure {
			continue
		}
		for _, s := range p.code {
			for _, i := range s.tree.Imports {
				if name := importPath(i); !seen[name] {
					seen[name] = true
					args = append(args, name)
				}
			}
		}
	}
	command := exec.Command("go", args...)
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, said.Bytes())
	}
	found := compiled{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if name, file, ok := strings.Cut(lines.Text(), "="); ok {
			found[name] = file
		}
	}
	return found, nil
}

// typed gives the types of a package's code. What cannot be resolved, because
// another package does not compile at the moment, is left out.
func (h *house) typed(p *pkg) (*types.Info, error) {
	if h.compiled == nil {
		found, err := h.exports()
		if err != nil {
			return nil, err
		}
		h.compiled = found
		h.importer = importer.ForCompiler(h.files, "gc", func(name string) (io.ReadCloser, error) {
			if file, ok := found[name]; ok {
				return os.Open(file)
			}
			return nil, fmt.Errorf("%s is not compiled", name)
		})
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: h.importer, Error: func(error) {}}
	trees := make([]*ast.File, len(p.code))
	for i, s := range p.code {
		trees[i] = s.tree
	}
	config.Check(p.path, h.files, trees, info)
	return info, nil
}

func importPath(i *ast.ImportSpec) string {
	name, err := strconv.Unquote(i.Path.Value)
	if err != nil {
		panic(err) // the parser has read it
	}
	return name
}
