package strict

import (
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
		case refused(v, name) != "":
			d.fail(key, "no key %s here: %s", name, refused(v, name))
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

// refused is why a key is not among those of v, where v knows a reason.
func refused(v reflect.Value, key string) string {
	if r, ok := v.Addr().Interface().(refuser); ok {
		return r.Refused(key)
	}
	return ""
}

// unknown notes a key that is not there, and the one that was probably meant.
func (d *decoder) unknown(key *yaml.Node, name string, have []string) {
	if near := nearest.Name(name, have); near != "" {
		d.fail(key, "unknown key %s; did you mean %s?", Show(name), near)
		return
	}
	if len(have) == 0 {
		d.fail(key, "unknown key %s: there is nothing to set here", Show(name))
		return
	}
	hint := ""
	if strings.Count(name, ")") > strings.Count(name, "(") {
		hint = "; put the whole value in quotes"
	}
	d.fail(key, "unknown key %s (allowed %s)%s", Show(name), strings.Join(have, ", "), hint)
}
