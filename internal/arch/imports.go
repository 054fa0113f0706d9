package arch

import (
	"go/ast"
	"strings"
)

// imports holds a package to the arrows.
func (c *checker) imports(p *pkg, room Room) {
	for _, s := range p.code {
		for _, i := range s.tree.Imports {
			name := importPath(i)
			switch below, ours := strings.CutPrefix(name, Module+"/"); {
			case ours:
				c.arrow(i, p, room, below)
			case strings.Contains(strings.SplitN(name, "/", 2)[0], "."):
				if !room.admits(name) {
					c.at(i.Pos(), "%s imports %s: a new dependency of a room is a row in Rooms (internal/arch/rooms.go)", p.path, name)
				}
			case room.Pure:
				c.standardImport(i, room, name)
			}
		}
	}
}

// arrow checks an import of another room: downwards, and from pure to pure.
func (c *checker) arrow(i *ast.ImportSpec, p *pkg, room Room, below string) {
	target, known := roomOf(below)
	switch {
	case !known:
		c.at(i.Pos(), "%s imports %s, which has no row in Rooms (internal/arch/rooms.go)", p.path, below)
	case target.Floor >= room.Floor && target.Name != room.Name:
		c.at(i.Pos(), "%s imports %s: arrows point down only; move what both need to a lower floor", p.path, below)
	case room.Pure && !target.Pure:
		c.at(i.Pos(), "pure room %s imports %s, which is not pure: take what it gives as an argument", p.path, below)
	}
}

// standardImport holds a pure room to the packages that only compute.
func (c *checker) standardImport(i *ast.ImportSpec, room Room, name string) {
	if standard[name] || room.Virtual && name == "context" {
		return
	}
	for _, row := range instead {
		if name == row.path || strings.HasPrefix(name, row.path+"/") {
			c.at(i.Pos(), "%s in pure room %s: %s", name, room.Name, row.use)
			return
		}
	}
	c.at(i.Pos(), "%s in pure room %s: it is not among the packages that only compute (standard in internal/arch/forbidden.go)", name, room.Name)
}
