package scenarios

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// candidates are values that a key may take, one of which should fit: the words
// of its enum, the examples of its type's grammar, numbers around its bounds.
func candidates(f reflect.StructField, depth int) []string {
	switch t := plainType(f.Type); {
	case f.Tag.Get("enum") != "" && t.Kind() == reflect.Slice:
		return listed(strings.Split(f.Tag.Get("enum"), ","))
	case f.Tag.Get("enum") != "":
		return strings.Split(f.Tag.Get("enum"), ",")
	case readsItself(t):
		return append(examples(t), bounds(f)...)
	case t.Kind() == reflect.String:
		return []string{"db", "default", "chain(3)", "PUT", "trace.csv", "a", "/ready"}
	case t.Kind() == reflect.Bool:
		return []string{"true", "false"}
	case t.Kind() == reflect.Slice && isLeaf(plainType(t.Elem())):
		elem := f
		elem.Type = t.Elem()
		return listed(candidates(elem, depth))
	case t.Kind() == reflect.Slice:
		return listed([]string{literal(plainType(t.Elem()), depth+1)})
	case t.Kind() == reflect.Struct:
		return []string{literal(t, depth+1)}
	}
	return numbers(f)
}

// literal writes a struct with what it must have, or else with its first key.
func literal(t reflect.Type, depth int) string {
	var keys []string
	for _, f := range keysOf(t) {
		if depth < 4 && (f.Tag.Get("required") == "true" || len(keys) == 0 && isLeaf(plainType(f.Type)) && f.Type.Kind() == reflect.Pointer) {
			keys = append(keys, keyOf(f)+": "+candidates(f, depth)[0])
		}
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

func listed(values []string) (lists []string) {
	for _, v := range values {
		lists = append(lists, "["+v+"]")
	}
	return lists
}

// examples are those that a type's grammar gives.
func examples(t reflect.Type) []string {
	g := reflect.New(t).Interface().(interface{ Grammar() string })
	_, list, _ := strings.Cut(g.Grammar(), ": ")
	return append(strings.Split(strings.ReplaceAll(list, " or ", ", "), ", "), list)
}

func numbers(f reflect.StructField) []string {
	return append([]string{"3", "7", "1", "0", "101", "200", "503", "0.5", "2000", "65521"}, bounds(f)...)
}

// bounds are those of a key, if it has any.
func bounds(f reflect.StructField) (all []string) {
	for _, bound := range []string{f.Tag.Get("min"), f.Tag.Get("max")} {
		if bound != "" {
			all = append(all, bound)
		}
	}
	return all
}

// wrong are values that a key cannot take.
func wrong(f reflect.StructField) []string {
	all := []string{"{wrong: value}"}
	if _, free := decoded(f.Type, f.Tag, "no such thing"); !free {
		all = append(all, "no such thing")
	}
	if low, err := strconv.ParseFloat(f.Tag.Get("min"), 64); err == nil {
		all = append(all, strconv.FormatFloat(low-1, 'f', -1, 64))
	}
	if high, err := strconv.ParseFloat(f.Tag.Get("max"), 64); err == nil {
		all = append(all, strconv.FormatFloat(high+1, 'f', -1, 64))
	}
	return all
}

// found is the value at a path of a scenario.
func found(s *Scenario, path []string) (value any, there bool) {
	strict.Walk(s, func(at []string, v any) {
		if strict.JoinPath(at...) == strict.JoinPath(path...) {
			value, there = reflect.ValueOf(v).Elem().Interface(), true
		}
	})
	return value, there
}

// same says whether a value is what a text means.
func same(got any, text string) bool {
	want, ok := decoded(reflect.TypeOf(got), `yaml:"x"`, text)
	return ok && reflect.DeepEqual(want, got)
}
