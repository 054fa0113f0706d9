package strict

import (
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// changeKind drops the settings of the kind that was, if another is chosen.
func (s *setter) changeKind(n *yaml.Node, key, usual string) {
	switch i := keyIndex(n, key); {
	case i < 0 && usual != "" && usual != s.value.Value:
		n.Content = nil
	case i >= 0 && n.Content[i+1].Value != s.value.Value:
		n.Content = slices.Clone(n.Content[i : i+2])
	}
}

// kindFields is the type of a key that belongs to the chosen kind, or names the
// kind; nil, with the names there are, when there is no such key.
func kindFields(shape *shape, n *yaml.Node, key string) (reflect.Type, []string) {
	kinds := shape.choice.Kinds()
	name := key
	if shape.choice.KindKey() != "" {
		name = usualKind(shape.choice)
		if i := keyIndex(n, shape.choice.KindKey()); i >= 0 {
			name = n.Content[i+1].Value
		}
		if name == "" {
			return nil, []string{shape.choice.KindKey()}
		}
	}
	row, err := kinds.New(name)
	if err != nil {
		return nil, kinds.Names()
	}
	typ := reflect.TypeOf(row)
	if shape.choice.KindKey() == "" {
		return typ, nil
	}
	if typ.Kind() != reflect.Pointer || !isStruct(typ.Elem()) {
		return nil, []string{shape.choice.KindKey()}
	}
	settings := shapeOf(typ.Elem())
	if f := settings.byKey[key]; f != nil {
		return f.typ, nil
	}
	return nil, append([]string{shape.choice.KindKey()}, settings.names...)
}
