package strict

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

// decoder fills Go values from nodes and collects what is wrong on the way.
type decoder struct{ t *Tree }

// Decode parses data, named file in errors, and fills into, a pointer to a
// struct. The error is of type Errors, or ErrEmpty.
func Decode(file string, data []byte, into any) (*Tree, error) {
	t, err := Parse(file, data)
	if err != nil {
		return nil, err
	}
	return t, t.Decode(into)
}

// Decode sets the defaults of into, a pointer to a struct, and fills it from
// the tree. The error is of type Errors and holds everything that is wrong.
func (t *Tree) Decode(into any) error {
	setDefaults(reflect.ValueOf(into).Elem())
	return t.DecodeOnto(into)
}

// DecodeOnto is Decode without the defaults: what is in into stays where the
// file says nothing, and elements of a mapping of names are overlaid by name.
func (t *Tree) DecodeOnto(into any) error {
	d := &decoder{t}
	v := reflect.ValueOf(into).Elem()
	d.value(t.root, v, &field{key: "the file", typ: v.Type()})
	errs := t.errs
	t.errs = nil
	return errs.Sorted()
}

// enough is how many errors are looked for before giving up on a file.
const enough = 1000

func (d *decoder) fail(n *yaml.Node, format string, args ...any) { d.t.note(n, format, args...) }

// value decodes n into v; f says which key it is of and what its tags demand.
func (d *decoder) value(n *yaml.Node, v reflect.Value, f *field) {
	at := n
	n = follow(n)
	switch {
	case len(d.t.errs) >= enough:
	case d.t.refused[n]: // its tag was noted when the file was parsed
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(fresh(v.Type().Elem()))
		}
		d.value(at, v.Elem(), f)
	case isNull(n):
		d.nothing(at, n, f)
	case isText(v.Type()):
		d.text(at, n, v, f)
	case v.Kind() == reflect.Struct:
		d.structure(at, n, v, f)
	case v.Kind() == reflect.Slice:
		d.list(at, n, v, f)
	default:
		d.plain(at, n, v, f)
	}
}

func (d *decoder) nothing(at, n *yaml.Node, f *field) {
	if n.Value == "" {
		d.fail(at, "%s has no value; give it one or leave the key out", f.key)
		return
	}
	d.fail(at, "%s must have a value (got %s); put it in quotes if you mean the text", f.key, n.Value)
}

// structure decodes a mapping, or one of the short forms of a struct.
func (d *decoder) structure(at, n *yaml.Node, v reflect.Value, f *field) {
	s, before := shapeOf(v.Type()), len(d.t.errs)
	switch {
	case s.choice != nil && s.choice.KindKey() != "" && n.Kind == yaml.ScalarNode:
		d.kind(at, n, nil, v)
	case n.Kind == yaml.MappingNode:
		d.mapping(at, n, v, s)
	case s.short != nil && isShort(n, s.short.typ):
		d.value(at, v.FieldByIndex(s.short.index), s.short)
	default:
		d.fail(at, "%s must be %s (got %s)", f.key, s.describe(), kindName(n))
		return
	}
	// What was not read cannot be judged.
	if check, ok := v.Addr().Interface().(checker); ok && len(d.t.errs) == before {
		if err := check.Check(); err != nil {
			d.fail(at, "%v", err)
		}
	}
}

// isShort reports whether n, no mapping, may stand for a struct whose short
// form sets a key of type t.
func isShort(n *yaml.Node, t reflect.Type) bool {
	isList := t.Kind() == reflect.Slice && !isText(t)
	return isList == (n.Kind == yaml.SequenceNode)
}

// describe is what a struct looks like in the file, for an error.
func (s *shape) describe() string {
	keys := s.names
	if len(keys) > 8 {
		keys = append(append([]string{}, keys[:8]...), "...")
	}
	text := "a mapping with the keys " + strings.Join(keys, ", ")
	if len(keys) == 0 {
		text = "a mapping"
	}
	if s.choice != nil && s.choice.KindKey() != "" {
		text = "the name of a " + s.choice.Kinds().What() + " or a mapping with the key " + s.choice.KindKey()
	}
	if s.short != nil {
		text += ", or just its " + s.short.key
	}
	return text
}

// mapping decodes the keys of n into the fields of v.
func (d *decoder) mapping(at, n *yaml.Node, v reflect.Value, s *shape) {
	seen := map[string]bool{}
	var rest []*yaml.Node // keys and values that are no fields: those of the chosen kind
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := follow(key).Value
		if !isName(key) || seen[name] {
			continue // noted when the file was parsed
		}
		seen[name] = true
		switch f := s.byKey[name]; {
		case f != nil:
			d.value(value, v.FieldByIndex(f.index), f)
		case s.choice != nil:
			rest = append(rest, key, value)
		default:
			d.unknown(key, name, s.names)
		}
	}
	if s.choice != nil {
		d.kind(at, n, rest, v)
	}
	for _, f := range s.fields {
		if f.required && !seen[f.key] && v.FieldByIndex(f.index).IsZero() {
			d.fail(at, "%s is missing here (%s)", f.key, f.doc)
		}
	}
}

// unknown notes a key that is not there, and the one that was probably meant.
func (d *decoder) unknown(key *yaml.Node, name string, have []string) {
	if near := nearest.Name(name, have); near != "" {
		d.fail(key, "unknown key %s; did you mean %s?", Show(name), near)
		return
	}
	hint := ""
	if strings.Count(name, ")") > strings.Count(name, "(") {
		hint = "; put the whole value in quotes"
	}
	d.fail(key, "unknown key %s (allowed %s)%s", Show(name), strings.Join(have, ", "), hint)
}

// list decodes a sequence, a mapping of names, or a lone element.
func (d *decoder) list(at, n *yaml.Node, v reflect.Value, f *field) {
	s := elementShape(v.Type())
	switch {
	case s != nil && s.element != nil:
		d.named(at, n, v, f, s)
	case n.Kind == yaml.SequenceNode:
		d.sequence(n.Content, v, f)
	case n.Kind == yaml.ScalarNode && s != nil && s.short != nil && isShort(n, s.short.typ):
		d.sequence([]*yaml.Node{at}, v, f)
	case n.Kind == yaml.ScalarNode && s == nil:
		d.fail(at, "%s must be a list (got %s); write [%s]", f.key, kindName(n), n.Value)
	default:
		d.fail(at, "%s must be a list (got %s); put a dash before each entry", f.key, kindName(n))
	}
}

func (d *decoder) sequence(nodes []*yaml.Node, v reflect.Value, f *field) {
	v.Set(reflect.MakeSlice(v.Type(), len(nodes), len(nodes)))
	one := *f
	one.key = "an entry of " + f.key
	for i, node := range nodes {
		setDefaults(v.Index(i))
		d.value(node, v.Index(i), &one)
	}
}

// named decodes a mapping from names to structs into a list that keeps the
// order. A name that the list already holds is overlaid.
func (d *decoder) named(at, n *yaml.Node, v reflect.Value, f *field, s *shape) {
	if n.Kind != yaml.MappingNode {
		d.fail(at, "%s must be a mapping from names to their settings (got %s)", f.key, kindName(n))
		return
	}
	index := map[string]int{}
	for i := range v.Len() {
		index[v.Index(i).FieldByIndex(s.element.index).String()] = i
	}
	v.Grow(len(n.Content) / 2)
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content) && len(d.t.errs) < enough; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := follow(key).Value
		if !isName(key) || seen[name] {
			continue
		}
		seen[name] = true
		d.matches(key, name, s.element)
		at, there := index[name]
		if !there {
			at = v.Len()
			v.SetLen(at + 1)
			v.Index(at).SetZero()
			setDefaults(v.Index(at))
			v.Index(at).FieldByIndex(s.element.index).SetString(name)
		}
		entry := field{key: Show(name), typ: v.Type().Elem()}
		if s.scalar != nil {
			entry.typ = s.scalar.typ
			d.value(value, v.Index(at).FieldByIndex(s.scalar.index), &entry)
			continue
		}
		d.value(value, v.Index(at), &entry)
	}
}

// kind decodes a choice from a menu into v: nodes are the keys beside v's own
// fields, or n is the bare name.
func (d *decoder) kind(at, n *yaml.Node, nodes []*yaml.Node, v reflect.Value) {
	choice := v.Addr().Interface().(chooser)
	if choice.KindKey() == "" {
		d.kindByItsKey(at, nodes, v, choice)
		return
	}
	name, nameNode := n.Value, at
	var settings []*yaml.Node
	if n.Kind == yaml.MappingNode {
		nameNode = nil
		for i := 0; i < len(nodes); i += 2 {
			if follow(nodes[i]).Value == choice.KindKey() {
				nameNode, name = nodes[i+1], follow(nodes[i+1]).Value
			} else {
				settings = append(settings, nodes[i], nodes[i+1])
			}
		}
	}
	have := strings.Join(choice.Kinds().Names(), ", ")
	if nameNode == nil {
		d.fail(at, "%s is missing here: which %s (have %s)", choice.KindKey(), choice.Kinds().What(), have)
		return
	}
	if k := follow(nameNode); k.Kind != yaml.ScalarNode || isNull(k) {
		d.fail(nameNode, "%s must name a %s (got %s, have %s)", choice.KindKey(), choice.Kinds().What(), kindName(k), have)
		return
	}
	row, err := choice.Kinds().New(name)
	if err != nil {
		d.fail(nameNode, "%v", err)
		return
	}
	d.settings(at, &yaml.Node{Kind: yaml.MappingNode, Content: settings}, name, reflect.ValueOf(row), &field{key: choice.KindKey()})
	choice.SetKind(name, row)
}

// kindByItsKey decodes `slow: {by: 3ms}`: the one key that is no field.
func (d *decoder) kindByItsKey(at *yaml.Node, nodes []*yaml.Node, v reflect.Value, choice chooser) {
	kinds := choice.Kinds()
	chosen := ""
	for i := 0; i < len(nodes); i += 2 {
		name := follow(nodes[i]).Value
		row, err := kinds.New(name)
		switch {
		case err != nil:
			d.unknownKind(nodes[i], name, shapeOf(v.Type()).names, err)
			if chosen == "" {
				chosen = name
			}
		case chosen != "":
			d.fail(nodes[i], "a second %s in one entry: it already has %s; write two entries", kinds.What(), Show(chosen))
		default:
			chosen = name
			d.settings(nodes[i+1], nodes[i+1], name, reflect.ValueOf(row), &field{key: name})
			choice.SetKind(name, row)
		}
	}
	if chosen == "" {
		d.fail(at, "which %s? one of the keys %s is missing here", kinds.What(), strings.Join(kinds.Names(), ", "))
	}
}

func (d *decoder) unknownKind(key *yaml.Node, name string, fields []string, err error) {
	if near := nearest.Name(name, fields); near != "" {
		d.fail(key, "unknown key %s; did you mean %s?", Show(name), near)
		return
	}
	d.fail(key, "%v", err)
}

// settings decodes n into the settings of a row: a pointer to a struct, whose
// defaults are already set, or a value that has no settings.
func (d *decoder) settings(at, n *yaml.Node, name string, row reflect.Value, f *field) {
	if row.Kind() == reflect.Pointer && isStruct(row.Type().Elem()) {
		n = follow(n)
		if isNull(n) {
			d.nothing(at, n, f)
			return
		}
		d.structureAt(at, n, row.Elem(), f)
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		d.fail(n.Content[i], "unknown key %s: %s has no settings", Show(n.Content[i].Value), name)
	}
}

// structureAt is structure for settings whose node was made up of the keys
// that were left; errors without a key of their own point at.
func (d *decoder) structureAt(at, n *yaml.Node, v reflect.Value, f *field) {
	if d.t.origin[at] != "" {
		d.t.origin[n] = d.t.origin[at]
	}
	d.structure(at, n, v, f)
}

// matches holds a text to a pattern.
func (d *decoder) matches(n *yaml.Node, text string, f *field) {
	if f.pattern != nil && !f.pattern.MatchString(text) {
		d.fail(n, "%s", badName(text, f.pattern.String()))
	}
}

func badName(text, pattern string) string {
	return fmt.Sprintf("%s is not allowed here (allowed %s)", Show(text), readable(pattern))
}

// readable puts the pattern of names into words.
func readable(pattern string) string {
	switch pattern {
	case NamePattern:
		return "a to z, 0 to 9, - and _ inside, 63 characters at most"
	case PathPattern:
		return "a path that begins with /"
	}
	return "what matches " + pattern
}

// Patterns of names, for pattern tags. Names reach file names, charts and
// terminals, so they hold nothing that needs escaping anywhere.
const (
	NamePattern = `^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`
	PathPattern = `^/[!-~]{0,255}$`
)
