package strict

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

// Names are names that a mapping holds without the file saying so, by the path
// of the mapping: {"services": {"web", "db"}} for those of a topology.
type Names map[string][]string

// Set changes the tree as if the file had said it: assignment is PATH=VALUE, the
// VALUE is YAML. What is missing on the way is made, short forms are written
// out, an index one past the end of a list appends. A name on the way must be
// there, in the tree or in known; only the last may be new. sample is the value,
// or a pointer to it, that the tree will be decoded into.
func (t *Tree) Set(sample any, assignment string, known Names) error {
	path, text, found := strings.Cut(assignment, "=")
	origin := "--set " + Safe(path)
	if !found {
		return Errors{{Pos{File: origin}, "write --set PATH=VALUE, such as --set seed=2"}}
	}
	parts, err := SplitPath(path)
	if err != nil {
		return Errors{{Pos{File: "--set"}, err.Error()}}
	}
	value, err := t.parseValue(origin, text)
	if err != nil {
		return err
	}
	s := &setter{t: t, known: known, origin: origin, value: value}
	typ := reflect.TypeOf(sample)
	if err := s.into(&t.root, typ, parts, nil); err != nil {
		return Errors{{Pos{File: origin}, err.Error()}}
	}
	return nil
}

func (t *Tree) parseValue(origin, text string) (*yaml.Node, error) {
	v, err := Parse(origin, []byte(text))
	if errors.Is(err, ErrEmpty) {
		return nil, Errors{{Pos{File: origin}, "there is no value after the ="}}
	}
	if err == nil {
		err = v.errs.Sorted()
	}
	if all := (Errors)(nil); errors.As(err, &all) {
		for _, e := range all {
			e.Pos = Pos{File: origin}
		}
		return nil, all
	}
	t.claim(v.root, origin)
	return v.root, nil
}

// claim records that n and all below it came from a --set.
func (t *Tree) claim(n *yaml.Node, origin string) {
	t.origin[n] = origin
	for _, child := range n.Content {
		t.claim(child, origin)
	}
}

// setter carries one assignment down the tree and the types beside it.
type setter struct {
	t        *Tree
	known    Names
	origin   string
	value    *yaml.Node
	borrowed string // a name of known that the path leads through, and the tree lacks
}

// into goes on at slot, which holds a value of type typ or nil; done is the path
// so far and rest what is left of it.
func (s *setter) into(slot **yaml.Node, typ reflect.Type, rest, done []string) error {
	if len(rest) == 0 {
		*slot = s.value
		return nil
	}
	if *slot != nil && (*slot).Kind == yaml.AliasNode {
		*slot = s.t.clone((*slot).Alias) // the other users of the anchor keep their value
	}
	if *slot != nil && isNull(*slot) {
		*slot = nil
	}
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case isStruct(typ):
		return s.intoStruct(slot, typ, rest, done)
	case typ.Kind() == reflect.Slice && !isText(typ):
		if shape := elementShape(typ); shape != nil && shape.element != nil {
			return s.intoNamed(slot, typ, shape, rest, done)
		}
		return s.intoList(slot, typ, rest, done)
	}
	return errors.New(JoinPath(done...) + " has no keys below it (got " + Show(rest[0]) + ")")
}

func (s *setter) intoStruct(slot **yaml.Node, typ reflect.Type, rest, done []string) error {
	shape := shapeOf(typ)
	if err := s.writeOut(slot, shape, done); err != nil {
		return err
	}
	key := rest[0]
	if f := shape.byKey[key]; f != nil {
		return s.intoKey(*slot, f.typ, rest, done)
	}
	names := shape.names
	if shape.choice != nil {
		if shape.choice.KindKey() == key {
			s.changeKind(*slot, key, usualKind(shape.choice))
			return s.intoKey(*slot, reflect.TypeFor[string](), rest, done)
		}
		row, more := kindFields(shape, *slot, key)
		if row != nil {
			return s.intoKey(*slot, row, rest, done)
		}
		names = append(slices.Clone(names), more...)
	}
	return unknownPart("key", key, names)
}

// writeOut makes a mapping of what stands at slot: nothing, or a short form.
func (s *setter) writeOut(slot **yaml.Node, shape *shape, done []string) error {
	n := *slot
	switch {
	case n == nil:
		*slot = s.made(yaml.MappingNode, "")
	case n.Kind == yaml.MappingNode:
	case shape.choice != nil && shape.choice.KindKey() != "" && n.Kind == yaml.ScalarNode:
		*slot = s.made(yaml.MappingNode, "", s.made(yaml.ScalarNode, shape.choice.KindKey()), n)
	case shape.short != nil && isShort(n, shape.short.typ):
		*slot = s.made(yaml.MappingNode, "", s.made(yaml.ScalarNode, shape.short.key), n)
	default:
		return errors.New(JoinPath(done...) + " is " + kindName(n) + " in the file and has no keys")
	}
	return nil
}

// intoKey goes on below the key rest[0] of the mapping n, made if need be.
func (s *setter) intoKey(n *yaml.Node, typ reflect.Type, rest, done []string) error {
	i := keyIndex(n, rest[0])
	if i >= 0 {
		return s.into(&n.Content[i+1], typ, rest[1:], append(done, rest[0]))
	}
	var value *yaml.Node
	if err := s.into(&value, typ, rest[1:], append(done, rest[0])); err != nil {
		return err
	}
	n.Content = append(n.Content, s.made(yaml.ScalarNode, rest[0]), value)
	return nil
}

func (s *setter) intoNamed(slot **yaml.Node, typ reflect.Type, shape *shape, rest, done []string) error {
	if *slot == nil {
		*slot = s.made(yaml.MappingNode, "")
	}
	n := *slot
	if n.Kind != yaml.MappingNode {
		return errors.New(JoinPath(done...) + " is " + kindName(n) + " in the file and has no names")
	}
	elem := typ.Elem()
	if shape.scalar != nil {
		elem = shape.scalar.typ
	}
	known := s.known[JoinPath(done...)]
	if keyIndex(n, rest[0]) < 0 {
		switch {
		case slices.Contains(known, rest[0]):
			s.borrowed = rest[0]
		case len(rest) > 1:
			var have []string
			for i := 0; i+1 < len(n.Content); i += 2 {
				have = append(have, follow(n.Content[i]).Value)
			}
			return unknownPart("name", rest[0], append(have, known...))
		}
	}
	return s.intoKey(n, elem, rest, done)
}

func (s *setter) intoList(slot **yaml.Node, typ reflect.Type, rest, done []string) error {
	if s.borrowed != "" {
		return errors.New("the entries of " + JoinPath(done...) + " belong to the topology; set the whole list")
	}
	switch {
	case *slot == nil:
		*slot = s.made(yaml.SequenceNode, "")
	case (*slot).Kind != yaml.SequenceNode:
		*slot = s.made(yaml.SequenceNode, "", *slot) // a lone short form
	}
	n := *slot
	i, err := strconv.Atoi(rest[0])
	switch {
	case err != nil || i < 0:
		return errors.New(JoinPath(done...) + " is a list: an index from 0 goes here (got " + Show(rest[0]) + ")")
	case i > len(n.Content):
		return errors.New(JoinPath(done...) + " has " + strconv.Itoa(len(n.Content)) + " entries, counted from 0 (got index " + rest[0] + ")")
	case i == len(n.Content):
		var value *yaml.Node
		if err := s.into(&value, typ.Elem(), rest[1:], append(done, rest[0])); err != nil {
			return err
		}
		n.Content = append(n.Content, value)
		return nil
	}
	return s.into(&n.Content[i], typ.Elem(), rest[1:], append(done, rest[0]))
}

// made is a node that this assignment adds to the tree.
func (s *setter) made(kind yaml.Kind, value string, content ...*yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: kind, Value: value, Content: content}
	if kind == yaml.ScalarNode {
		n.Tag = "!!str"
	}
	s.t.origin[n] = s.origin
	return n
}

// clone copies a value with its places; aliases inside stay aliases.
func (t *Tree) clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = t.clone(child)
	}
	if origin, ok := t.origin[n]; ok {
		t.origin[&c] = origin
	}
	return &c
}

func unknownPart(what, got string, have []string) error {
	text := "unknown " + what + " " + Show(got)
	if near := nearest.Name(got, have); near != "" {
		return errors.New(text + "; did you mean " + near + "?")
	}
	if len(have) == 0 {
		return errors.New(text + ": there are none here")
	}
	return errors.New(text + " (have " + strings.Join(have[:min(len(have), 20)], ", ") + ")")
}
