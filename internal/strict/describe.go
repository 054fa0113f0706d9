package strict

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/meshdyno/meshdyno/internal/menu"
)

// Knob is one setting, for listings and the reference page.
type Knob struct {
	Key      string // with dots for settings within settings
	Type     string // "duration", "whole number", "one of fifo, lifo", "list of ..."
	Default  string // as the file would write it, "" for what is off or left out
	Allowed  string // "at least 1", "" when everything is
	Doc      string
	Required bool
	Below    string // the path at which its own keys are listed (Sections); "" for none
}

// Kind is one row of a menu with its settings.
type Kind struct {
	Name, About string
	Knobs       []Knob
}

// DescribeMenu lists the rows of a menu.
func DescribeMenu(m menu.Any) []Kind {
	var kinds []Kind
	for _, name := range m.Names() {
		row, err := m.New(name)
		if err != nil {
			panic(err)
		}
		kinds = append(kinds, Kind{name, m.About(name), describe(reflect.ValueOf(row), "")})
	}
	return kinds
}

// Describe lists the settings of sample, a struct or a pointer to one, with the
// defaults of SetDefaults. Settings inside lists are not followed.
func Describe(sample any) []Knob {
	t := reflect.TypeOf(sample)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return describe(fresh(t), "")
}

func describe(v reflect.Value, before string) []Knob {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !isStruct(v.Type()) {
		return nil
	}
	var knobs []Knob
	for _, f := range shapeOf(v.Type()).fields {
		value, typ := v.FieldByIndex(f.index), f.typ
		if typ.Kind() == reflect.Pointer && isStruct(typ.Elem()) {
			value, typ = fresh(typ.Elem()).Elem(), typ.Elem()
		}
		key := before + f.key
		if isStruct(typ) && shapeOf(typ).choice == nil && strings.Count(key, ".") < 3 {
			knobs = append(knobs, describe(value, key+".")...)
			continue
		}
		knobs = append(knobs, knobOf(&f, key, value))
	}
	return knobs
}

// knobOf describes one key, whose default value is.
func knobOf(f *field, key string, value reflect.Value) Knob {
	knob := Knob{Key: key, Type: typeName(f.typ, f), Doc: f.doc, Required: f.required,
		Allowed: strings.TrimPrefix(strings.TrimPrefix(span(f), " of "), " ")}
	if !f.required && !strings.Contains(f.doc, "when left out") {
		knob.Default = shownDefault(f, value)
	}
	return knob
}

// shownDefault is a default in the file's words, also where it is 0 or false: as
// long as the file could say it.
func shownDefault(f *field, value reflect.Value) string {
	if d := defaultOf(value); d != nil {
		return fmt.Sprint(d)
	}
	x, isNumber := number(value)
	if least, bounded := bound(f.min, value.Type()); bounded && isNumber && x < least {
		return ""
	}
	switch {
	case value.Kind() == reflect.Pointer || value.Kind() == reflect.Slice:
	case isText(value.Type()):
		return textOf(value)
	case value.Kind() == reflect.Bool:
		return "false"
	case isNumber:
		return "0"
	}
	return ""
}

// typeName is a type in the words of a reader.
func typeName(t reflect.Type, f *field) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case isText(t):
		return grammarOf(t)
	case t.Kind() == reflect.Slice && elementShape(t) == nil:
		return "a list, each " + typeName(t.Elem(), f)
	case t.Kind() == reflect.Slice && elementShape(t).element != nil:
		return "a mapping of names"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Struct && shapeOf(t).choice != nil:
		return "a kind of " + shapeOf(t).choice.Kinds().What()
	case t.Kind() == reflect.Struct:
		return "settings"
	}
	return strings.TrimSuffix(wanted(reflect.Zero(t), f), span(f))
}

// grammarOf is the first words of a type's Grammar: "a duration".
func grammarOf(t reflect.Type) string {
	if g, ok := reflect.New(t).Interface().(interface{ Grammar() string }); ok {
		text, _, _ := strings.Cut(g.Grammar(), ":")
		return text
	}
	return "a text"
}

// Words lists what the enum tag of one key of a struct allows.
func Words(sample any, key string) []string {
	if f := shapeOf(reflect.TypeOf(sample)).byKey[key]; f != nil {
		return f.enum
	}
	return nil
}
