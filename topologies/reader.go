package topologies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// reader collects errors and notes on the way through a foreign file.
type reader struct {
	file  string
	errs  strict.Errors
	notes []Note
}

func (r *reader) pos(n *yaml.Node) strict.Pos {
	return strict.Pos{File: r.file, Line: n.Line, Column: n.Column}
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, &strict.Error{Pos: r.pos(n), Text: fmt.Sprintf(format, args...)})
}

func (r *reader) note(n *yaml.Node, fate Fate, format string, args ...any) {
	r.notes = append(r.notes, Note{r.pos(n), fate, fmt.Sprintf(format, args...)})
}

// sorted is the notes in the order of the file.
func (r *reader) sorted() []Note {
	slices.SortStableFunc(r.notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return r.notes
}

// keys is what to do with the value of each key of a mapping.
type keys map[string]func(key, value *yaml.Node)

// mapping hands the values of n to the keys. A key that differs only in case is
// read too, as Go's JSON decoder does; any other goes to unknown. A null is as
// good as nothing.
func (r *reader) mapping(n *yaml.Node, what string, known keys, unknown func(key *yaml.Node)) bool {
	m := strict.Follow(n)
	if m.Kind != yaml.MappingNode {
		r.fail(n, "%s must be a mapping (got %s)", what, strict.KindName(n))
		return false
	}
	seen, spelled := map[string]bool{}, map[string]bool{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		word := strict.Follow(key).Value
		name := strings.ToLower(word)
		read := known[name]
		switch {
		case spelled[word]: // the parser has noted it
		case read == nil:
			unknown(key)
		case seen[name]:
			r.fail(key, "%s is here twice, in different case", strict.Show(word))
		case !strict.IsNull(strict.Follow(value)):
			read(key, value)
		}
		seen[name], spelled[word] = true, true
	}
	return true
}

// list hands the entries of n to read.
func (r *reader) list(n *yaml.Node, what string, read func(entry *yaml.Node)) {
	l := strict.Follow(n)
	if l.Kind != yaml.SequenceNode {
		r.fail(n, "%s must be a list (got %s)", what, strict.KindName(n))
		return
	}
	for _, entry := range l.Content {
		read(entry)
	}
}

// scalar is the text of n, if it is one value.
func (r *reader) scalar(n *yaml.Node, what string) (text string, ok bool) {
	s := strict.Follow(n)
	if s.Kind != yaml.ScalarNode || strict.IsNull(s) {
		r.fail(n, "%s must be one value (got %s)", what, strict.KindName(n))
		return "", false
	}
	return s.Value, true
}

// whole is a whole number from least to most.
func (r *reader) whole(n *yaml.Node, what string, least, most int) (value int, ok bool) {
	text, ok := r.scalar(n, what)
	if !ok {
		return 0, false
	}
	value, err := wholeNumber(text)
	if err != nil || strict.Follow(n).Style != 0 || value < least || value > most {
		hint := ""
		if err != nil {
			hint = err.Error()
		}
		r.fail(n, "%s must be a whole number from %d to %d (got %s)%s", what, least, most, strict.Show(text), hint)
		return 0, false
	}
	return value, true
}
