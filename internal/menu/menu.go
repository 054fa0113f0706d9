package menu

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

// Row is one kind of a menu. New makes a fresh value, a pointer to a settings
// struct with its defaults set, at every call.
type Row[T any] struct {
	Name, About string
	New         func() T
}

// Menu is an ordered table of kinds that share the interface T.
type Menu[T any] struct {
	what string
	rows []Row[T]
}

// Any is a menu whose T is not known to the reader: what the decoder, the
// schema and the listing work with.
type Any interface {
	// What is the word for one row: "balancer".
	What() string
	// Names lists the rows, in the order of the table.
	Names() []string
	// About is the sentence of a row, "" for a name that is not there.
	About(name string) string
	// New makes fresh settings, or says which names there are.
	New(name string) (any, error)
}

// Of makes a menu of the rows in the order given. Tables are written by hand in
// package variables, so a doubled or empty name is a mistake of the programmer
// and panics when the program starts.
func Of[T any](what string, rows ...Row[T]) *Menu[T] {
	seen := map[string]bool{}
	for _, row := range rows {
		if row.Name == "" || row.New == nil || seen[row.Name] {
			panic(fmt.Sprintf("menu %s: row %q is doubled, nameless or without New", what, row.Name))
		}
		seen[row.Name] = true
	}
	return &Menu[T]{what: what, rows: rows}
}

// What is the word for one row of m.
func (m *Menu[T]) What() string { return m.what }

// Rows returns the table itself, for tests that walk the whole menu.
func (m *Menu[T]) Rows() []Row[T] { return m.rows }

// Names lists the rows in the order of the table.
func (m *Menu[T]) Names() []string {
	names := make([]string, len(m.rows))
	for i, row := range m.rows {
		names[i] = row.Name
	}
	return names
}

// About is the sentence of a row, "" for a name that is not there.
func (m *Menu[T]) About(name string) string {
	for _, row := range m.rows {
		if row.Name == name {
			return row.About
		}
	}
	return ""
}

// New makes fresh settings of the named row.
func (m *Menu[T]) New(name string) (any, error) { return m.Get(name) }

// Get is New for those who know T.
func (m *Menu[T]) Get(name string) (T, error) {
	for _, row := range m.rows {
		if row.Name == name {
			return row.New(), nil
		}
	}
	var none T
	return none, m.unknown(name)
}

// Must is Get for names that stand in the code, such as a default.
func (m *Menu[T]) Must(name string) T {
	settings, err := m.Get(name)
	if err != nil {
		panic(err)
	}
	return settings
}

// shown is how many names an error lists before it trails off.
const shown = 12

func (m *Menu[T]) unknown(name string) error {
	names := m.Names()
	have := strings.Join(names, ", ")
	if len(names) > shown {
		have = strings.Join(names[:shown], ", ") + ", ..."
	}
	if len(name) > 60 {
		name = name[:60] + "..."
	}
	if near := nearest.Name(name, names); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %s? (have %s)", m.what, name, near, have)
	}
	return fmt.Errorf("unknown %s %q (have %s)", m.what, name, have)
}
