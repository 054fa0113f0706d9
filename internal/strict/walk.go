package strict

import (
	"reflect"
	"strconv"
)

// Walk visits every value inside into, a pointer to a struct, that the file may
// set, and into itself: a pointer to each, outer before inner, with its path as
// Pos takes it. The path is good until visit returns.
func Walk(into any, visit func(path []string, value any)) {
	walk(reflect.ValueOf(into).Elem(), nil, visit)
}

func walk(v reflect.Value, path []string, visit func([]string, any)) {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	visit(path, v.Addr().Interface())
	switch {
	case isText(v.Type()):
	case v.Kind() == reflect.Struct:
		walkFields(v, path, visit)
	case v.Kind() == reflect.Slice:
		s := elementShape(v.Type())
		for i := range v.Len() {
			part := strconv.Itoa(i)
			if s != nil && s.element != nil {
				part = v.Index(i).FieldByIndex(s.element.index).String()
			}
			walk(v.Index(i), append(path, part), visit)
		}
	}
}

func walkFields(v reflect.Value, path []string, visit func([]string, any)) {
	s := shapeOf(v.Type())
	for _, f := range s.fields {
		walk(v.FieldByIndex(f.index), append(path, f.key), visit)
	}
	if s.scalar != nil {
		walk(v.FieldByIndex(s.scalar.index), path, visit)
	}
	if s.choice == nil {
		return
	}
	// The settings of the chosen kind are in whichever field holds an interface.
	for i := range v.NumField() {
		held := v.Field(i)
		if held.Kind() != reflect.Interface || held.IsNil() || held.Elem().Kind() != reflect.Pointer {
			continue
		}
		below := path
		if s.choice.KindKey() == "" {
			below = append(path, kindOfValue(s, held.Elem()))
		}
		walk(held.Elem(), below, visit)
	}
}

// kindOfValue is the name of the row whose settings have the type of v.
func kindOfValue(s *shape, v reflect.Value) string {
	for _, name := range s.choice.Kinds().Names() {
		if row, err := s.choice.Kinds().New(name); err == nil && reflect.TypeOf(row) == v.Type() {
			return name
		}
	}
	return ""
}
