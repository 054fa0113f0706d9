package strict

import (
	"reflect"

	"go.yaml.in/yaml/v3"
)

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
			entry = *s.scalar
			entry.key = Show(name)
			d.value(value, v.Index(at).FieldByIndex(s.scalar.index), &entry)
			continue
		}
		d.value(value, v.Index(at), &entry)
	}
}
