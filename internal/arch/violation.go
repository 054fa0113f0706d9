package arch

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
)

// Violation is one place that breaks a rule.
type Violation struct {
	File    string // below the root of the house, with slashes
	Line    int    // 0: the file or folder as a whole
	Message string // what stands there, and what to use instead
}

func (v Violation) String() string {
	if v.Line == 0 {
		return fmt.Sprintf("%s: %s", v.File, v.Message)
	}
	return fmt.Sprintf("%s:%d: %s", v.File, v.Line, v.Message)
}

// Check holds the whole house below root to every rule.
func Check(root string) ([]Violation, error) {
	house, err := load(root)
	if err != nil {
		return nil, err
	}
	c := &checker{house: house}
	for _, p := range house.packages {
		c.tidy(p)
		room, known := roomOf(p.path)
		if !known {
			c.add(p.folder(), 0, "package %s has no row in Rooms (internal/arch/rooms.go): give it a floor", p.path)
			continue
		}
		c.imports(p, room)
		if room.Pure {
			c.pure(p, room)
		}
	}
	slices.SortStableFunc(c.found, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return c.found, nil
}

type checker struct {
	house *house
	found []Violation
}

func (c *checker) add(file string, line int, format string, args ...any) {
	c.found = append(c.found, Violation{file, line, fmt.Sprintf(format, args...)})
}

// at reports a place in the code.
func (c *checker) at(pos token.Pos, format string, args ...any) {
	p := c.house.files.Position(pos)
	c.add(p.Filename, p.Line, format, args...)
}
