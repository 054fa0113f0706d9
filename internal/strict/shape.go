package strict

import (
	"encoding"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/meshdyno/meshdyno/internal/menu"
)

// The small methods by which a settings type speaks to the decoder.
type (
	defaulter interface{ SetDefaults() }
	shorter   interface{ Short() string }
	checker   interface{ Check() error }
	chooser   interface {
		KindKey() string
		Kinds() menu.Any
		SetKind(name string, settings any)
	}
	usually interface{ UsualKind() string }
	refuser interface{ Refused(key string) string }
)

// field is one key of a struct.
type field struct {
	index    []int
	typ      reflect.Type
	key      string
	doc      string
	min, max string
	enum     []string
	pattern  *regexp.Regexp
	required bool
}

// shape is what the tags and methods of a struct say.
type shape struct {
	fields   []field
	byKey    map[string]*field
	names    []string
	element  *field // the field tagged ",key": lists of this struct are mappings
	scalar   *field // the field tagged ",value"
	short    *field
	inner    [][]int // the fields that are structs with defaults of their own, or inside
	defaults bool
	choice   chooser // a nil-safe sample to ask for KindKey and Kinds; nil when there is no choice
}

var shapes sync.Map // reflect.Type -> *shape

// shapeOf reads the tags of a struct type, once.
func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := &shape{byKey: map[string]*field{}}
	s.read(t, nil)
	for i := range s.fields {
		s.byKey[s.fields[i].key] = &s.fields[i]
		s.names = append(s.names, s.fields[i].key)
	}
	sample := reflect.New(t).Interface()
	if short, ok := sample.(shorter); ok {
		if s.short = s.byKey[short.Short()]; s.short == nil {
			panic("strict: " + t.String() + " has no key " + short.Short() + " for its short form")
		}
	}
	s.choice, _ = sample.(chooser)
	_, s.defaults = sample.(defaulter)
	for _, f := range s.fields {
		if isStruct(f.typ) {
			if inside := shapeOf(f.typ); inside.defaults || inside.inner != nil {
				s.inner = append(s.inner, f.index)
			}
		}
	}
	shapes.Store(t, s)
	return s
}

func (s *shape) read(t reflect.Type, before []int) {
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(append([]int{}, before...), i)
		key, option, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		f := field{index: index, typ: sf.Type, key: key, doc: sf.Tag.Get("doc"),
			min: sf.Tag.Get("min"), max: sf.Tag.Get("max"), required: sf.Tag.Get("required") == "true"}
		if enum := sf.Tag.Get("enum"); enum != "" {
			f.enum = strings.Split(enum, ",")
		}
		if pattern := sf.Tag.Get("pattern"); pattern != "" {
			f.pattern = regexp.MustCompile(pattern)
		}
		switch {
		case key == "-" || !sf.IsExported():
		case option == "key":
			s.element = &f
		case option == "value":
			s.scalar = &f
		case key != "":
			s.fields = append(s.fields, f)
		case sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			s.read(sf.Type, index)
		}
	}
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

var texts sync.Map // reflect.Type -> bool, for asking reflect is slow

// isText reports a type that reads itself from a scalar.
func isText(t reflect.Type) bool {
	if known, ok := texts.Load(t); ok {
		return known.(bool)
	}
	text := t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(textType)
	texts.Store(t, text)
	return text
}

// isStruct reports a type that is written as a mapping.
func isStruct(t reflect.Type) bool { return t.Kind() == reflect.Struct && !isText(t) }

// elementShape is the shape of a list's elements when they are structs, else nil.
func elementShape(list reflect.Type) *shape {
	elem := list.Elem()
	if elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	if !isStruct(elem) {
		return nil
	}
	return shapeOf(elem)
}

// fresh makes a value of type t with its defaults: those of the structs inside
// first, so that an outer SetDefaults has the last word.
func fresh(t reflect.Type) reflect.Value {
	v := reflect.New(t)
	setDefaults(v.Elem())
	return v
}

func setDefaults(v reflect.Value) {
	if v.Kind() != reflect.Struct || isText(v.Type()) {
		return
	}
	s := shapeOf(v.Type())
	for _, index := range s.inner {
		setDefaults(v.FieldByIndex(index))
	}
	if s.defaults {
		v.Addr().Interface().(defaulter).SetDefaults()
	}
}
