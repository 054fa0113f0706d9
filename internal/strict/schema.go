package strict

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
)

// Schema is the JSON Schema (draft 2020-12) of files that are decoded into
// values of sample's type: its keys, bounds, words, defaults, short forms and
// the kinds of every menu, as the decoder has them. Encode it with encoding/json.
func Schema(id, title string, sample any) map[string]any {
	w := &schemaWriter{defs: map[string]any{}}
	root := w.of(reflect.TypeOf(sample), nil)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = id
	root["title"] = title
	root["$defs"] = w.defs
	return root
}

type object = map[string]any

type schemaWriter struct{ defs object }

// of is the schema of a type as a value of field f, which may be nil.
func (w *schemaWriter) of(t reflect.Type, f *field) object {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if f == nil {
		f = &field{}
	}
	switch {
	case isText(t):
		return textSchema(t, f)
	case t.Kind() == reflect.Struct:
		return w.ref(t)
	case t.Kind() == reflect.Slice:
		return w.list(t, f)
	}
	return plainSchema(t, f)
}

// ref points to the definition of a struct, written once.
func (w *schemaWriter) ref(t reflect.Type) object {
	name := t.String()
	if _, done := w.defs[name]; !done {
		w.defs[name] = nil // a type may hold itself
		w.defs[name] = w.structure(t)
	}
	return object{"$ref": "#/$defs/" + name}
}

// structure is the long form of a struct and, where it has them, its short ones.
func (w *schemaWriter) structure(t reflect.Type) object {
	s := shapeOf(t)
	var forms []any
	switch {
	case s.choice == nil:
		forms = append(forms, w.mapping(t, nil, ""))
	case s.choice.KindKey() != "":
		forms = append(forms, object{"enum": s.choice.Kinds().Names(), "description": s.choice.Kinds().What() + " with its defaults"})
		fallthrough
	default:
		for _, name := range s.choice.Kinds().Names() {
			forms = append(forms, w.chosen(t, s, name))
		}
	}
	if s.short != nil {
		forms = append(forms, w.of(s.short.typ, s.short))
	}
	if len(forms) == 1 {
		return forms[0].(object)
	}
	return object{"oneOf": forms}
}

// mapping is an object with the fields of t. Where rest is not nil it holds the
// properties of a chosen kind, and must is the one that has to be there.
func (w *schemaWriter) mapping(t reflect.Type, rest object, must string) object {
	properties := object{}
	for key, schema := range rest {
		properties[key] = schema
	}
	var required []string
	defaults := fresh(t).Elem()
	s := shapeOf(t)
	for i := range s.fields {
		f := &s.fields[i]
		properties[f.key] = w.property(f, defaults.FieldByIndex(f.index))
		if f.required {
			required = append(required, f.key)
		}
	}
	if must != "" {
		required = append(required, must)
	}
	out := object{"type": "object", "additionalProperties": false, "properties": properties}
	if required != nil {
		out["required"] = required
	}
	return out
}

// property is the schema of one key with its sentence and its default.
func (w *schemaWriter) property(f *field, value reflect.Value) object {
	out := w.of(f.typ, f)
	if f.doc != "" {
		out["description"] = f.doc
	}
	if text := defaultOf(value); text != nil {
		out["default"] = text
	}
	return out
}

// chosen is the mapping form of one kind of a menu.
func (w *schemaWriter) chosen(t reflect.Type, s *shape, name string) object {
	kinds := s.choice.Kinds()
	row, err := kinds.New(name)
	if err != nil {
		panic(err)
	}
	var out object
	if key := s.choice.KindKey(); key != "" {
		rest := w.settings(row)
		rest[key] = object{"const": name}
		must := key
		if name == usualKind(s.choice) {
			must = ""
		}
		out = w.mapping(t, rest, must)
	} else {
		settings := object{"type": "object", "additionalProperties": false, "properties": w.settings(row), "description": kinds.About(name)}
		if required := requiredOf(row); required != nil {
			settings["required"] = required
		}
		out = w.mapping(t, object{name: settings}, name)
	}
	out["description"] = kinds.About(name)
	return out
}

// settings are the properties of a row's settings.
func (w *schemaWriter) settings(row any) object {
	out := object{}
	v := reflect.ValueOf(row)
	if v.Kind() != reflect.Pointer || !isStruct(v.Type().Elem()) {
		return out
	}
	s := shapeOf(v.Type().Elem())
	for i := range s.fields {
		f := &s.fields[i]
		out[f.key] = w.property(f, v.Elem().FieldByIndex(f.index))
	}
	return out
}

func requiredOf(row any) []string {
	var required []string
	if t := reflect.TypeOf(row); t.Kind() == reflect.Pointer && isStruct(t.Elem()) {
		for _, f := range shapeOf(t.Elem()).fields {
			if f.required {
				required = append(required, f.key)
			}
		}
	}
	return required
}

func (w *schemaWriter) list(t reflect.Type, f *field) object {
	s := elementShape(t)
	if s != nil && s.element != nil {
		element := w.of(t.Elem(), nil)
		if s.scalar != nil {
			element = w.of(s.scalar.typ, s.scalar)
		}
		out := object{"type": "object", "additionalProperties": element}
		if s.element.pattern != nil {
			out["propertyNames"] = object{"pattern": s.element.pattern.String()}
		}
		return out
	}
	out := object{"type": "array", "items": w.of(t.Elem(), f)}
	if s != nil && s.short != nil && (s.short.typ.Kind() != reflect.Slice || isText(s.short.typ)) {
		return object{"oneOf": []any{out, w.of(s.short.typ, s.short)}}
	}
	return out
}

// textSchema is the schema of a type that reads itself: a text, and a number
// where it takes one without a unit.
func textSchema(t reflect.Type, f *field) object {
	out := object{"type": "string"}
	v := reflect.New(t)
	if v.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte("1")) == nil {
		out["type"] = []string{"string", "number"}
		limits(out, t, f)
	}
	if g, ok := v.Interface().(interface{ Grammar() string }); ok {
		out["$comment"] = g.Grammar()
	}
	return out
}

func plainSchema(t reflect.Type, f *field) object {
	out := object{}
	switch t.Kind() {
	case reflect.String:
		out["type"] = "string"
		if f.enum != nil {
			out["enum"] = f.enum
		}
		if f.pattern != nil {
			out["pattern"] = f.pattern.String()
		}
	case reflect.Bool:
		out["type"] = "boolean"
	case reflect.Float64, reflect.Float32:
		out["type"] = "number"
		limits(out, t, f)
	default:
		out["type"] = "integer"
		limits(out, t, f)
		if _, has := out["minimum"]; !has && reflect.Zero(t).CanUint() {
			out["minimum"] = 0
		}
	}
	return out
}

func limits(out object, t reflect.Type, f *field) {
	if x, ok := bound(f.min, t); ok {
		out["minimum"] = x
	}
	if x, ok := bound(f.max, t); ok {
		out["maximum"] = x
	}
}

// defaultOf is a value as the file would write it; nil for what is left out.
func defaultOf(v reflect.Value) any {
	if v.Kind() == reflect.Pointer || v.IsZero() {
		return nil
	}
	if isText(v.Type()) {
		if text := textOf(v); text != "" {
			return text
		}
		return nil
	}
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Uint64, reflect.Float64:
		return v.Interface()
	}
	return nil
}

// textOf is the text of a value that reads itself, "" where it cannot write.
func textOf(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case encoding.TextMarshaler:
		if text, err := x.MarshalText(); err == nil {
			return string(text)
		}
	case fmt.Stringer:
		return x.String()
	}
	if x, ok := number(v); ok {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return ""
}
