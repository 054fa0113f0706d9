package strict

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

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
		if nameNode, name = at, usualKind(choice); name == "" {
			d.fail(at, "%s is missing here: which %s (have %s)", choice.KindKey(), choice.Kinds().What(), have)
			return
		}
	} else if k := follow(nameNode); k.Kind != yaml.ScalarNode || isNull(k) {
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

// usualKind is the kind that is meant when none is named; "" when one must be.
func usualKind(choice chooser) string {
	if u, ok := choice.(usually); ok {
		return u.UsualKind()
	}
	return ""
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
