package arch

import (
	"go/ast"
	"go/build/constraint"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// pure holds the code of a room to what a pure room may do.
func (c *checker) pure(p *pkg, room Room) {
	info, err := c.house.typed(p)
	if err != nil {
		c.add(p.folder(), 0, "no types: %v", err)
		return
	}
	for _, s := range p.code {
		w := &walker{checker: c, room: room, info: info, source: s}
		w.constraints()
		var parents []ast.Node
		ast.Inspect(s.tree, func(n ast.Node) bool {
			if n == nil {
				parents = parents[:len(parents)-1]
				return true
			}
			w.node(n, parents)
			parents = append(parents, n)
			return true
		})
	}
}

// walker goes through one file of a pure room.
type walker struct {
	*checker
	room   Room
	info   *types.Info
	source *source
}

// node looks at one node; parents lead to it from the file downwards.
func (w *walker) node(n ast.Node, parents []ast.Node) {
	switch n := n.(type) {
	case *ast.GoStmt:
		w.breach(n, "a goroutine", "one run is single-threaded; the drivers above start them")
	case *ast.SelectStmt:
		w.breach(n, "select", "it chooses at random")
	case *ast.ChanType:
		w.breach(n, "a channel", "return the value")
	case *ast.SendStmt:
		w.breach(n, "a channel send", "return the value")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			w.breach(n, "a channel receive", "take the value as an argument")
		}
	case *ast.RangeStmt:
		w.ranges(n)
	case *ast.SelectorExpr:
		w.selector(n, parents)
	case *ast.CallExpr:
		w.builtin(n)
	case *ast.ImportSpec:
		if n.Name != nil && n.Name.Name == "." {
			w.breach(n, "an import without a name", "name it, so that a reader sees whose it is")
		}
	case *ast.FuncType:
		w.now(n)
	case *ast.BinaryExpr:
		w.fused(n, parents)
	case *ast.AssignStmt:
		w.fusedInto(n)
	}
}

func (w *walker) breach(n ast.Node, what, use string) {
	w.at(n.Pos(), "%s in pure room %s: %s", what, w.room.Name, use)
}

var harmless = regexp.MustCompile(`// order does not matter: \S`)

// ranges reports a range over a map, unless the line says why order is no
// matter.
func (w *walker) ranges(n *ast.RangeStmt) {
	t := w.info.TypeOf(n.X)
	if t == nil || t == types.Typ[types.Invalid] {
		w.breach(n, "range over something of unknown type", "make this package and those it imports compile")
		return
	}
	_, isMap := t.Underlying().(*types.Map)
	if isMap && !harmless.Match(w.line(n.Pos())) {
		w.breach(n, "range over a map", "range over a slice or slices.Sorted(maps.Keys(m)), or write `// order does not matter: <why>` on this line")
	}
}

// line is the text of the line of a position.
func (w *walker) line(pos token.Pos) []byte {
	file := w.house.files.File(pos)
	number := file.Line(pos)
	from, to := file.Offset(file.LineStart(number)), len(w.source.text)
	if number < file.LineCount() {
		to = file.Offset(file.LineStart(number + 1))
	}
	return w.source.text[from:to]
}

// selector reports a name that pure rooms do without.
func (w *walker) selector(n *ast.SelectorExpr, parents []ast.Node) {
	x, ok := n.X.(*ast.Ident)
	if !ok {
		return
	}
	imported, ok := w.info.Uses[x].(*types.PkgName)
	if !ok {
		return
	}
	pkg, name := imported.Imported().Path(), n.Sel.Name
	if _, function := w.info.Uses[n.Sel].(*types.Func); pkg == "math" && function && !exact[name] {
		w.breach(n, "math."+name, "processors round it differently: use chance.Log, chance.Exp, chance.Pow, or math.Sqrt")
	}
	for _, row := range forbidden {
		if pkg == row.pkg && slices.Contains(strings.Fields(row.names), name) && !sorted(pkg, parents) {
			w.breach(n, pkg+"."+name, row.use)
		}
	}
}

// sorted allows maps.Keys(m) and its like right inside slices.Sorted.
func sorted(pkg string, parents []ast.Node) bool {
	if pkg != "maps" || len(parents) < 2 {
		return false
	}
	call, ok := parents[len(parents)-2].(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (f.Sel.Name == "Sorted" || f.Sel.Name == "SortedStableFunc")
}

// builtin reports print and println, which write to standard error.
func (w *walker) builtin(n *ast.CallExpr) {
	if name, ok := n.Fun.(*ast.Ident); ok && (name.Name == "print" || name.Name == "println") {
		if _, ok := w.info.Uses[name].(*types.Builtin); ok {
			w.breach(n, name.Name, "return the text")
		}
	}
}

// now holds the parameter of that name to its place.
func (w *walker) now(n *ast.FuncType) {
	for i, field := range n.Params.List {
		for j, name := range field.Names {
			if name.Name == "now" && i+j > 0 {
				w.breach(name, "now after another parameter", "now comes first")
			}
		}
	}
}

// constraints reports a file that only some machines compile.
func (w *walker) constraints() {
	for _, group := range w.source.tree.Comments {
		for _, comment := range group.List {
			if comment.Pos() < w.source.tree.Package && constraint.IsGoBuild(comment.Text) {
				w.breach(comment, "a build constraint", "every machine runs the same code")
			}
		}
	}
}
