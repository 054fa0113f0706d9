package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"sort"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// JSONOptions are the settings of the report json: there are none.
type JSONOptions struct{}

// Write is JSON, as a row of the menu.
func (*JSONOptions) Write(w io.Writer, r *result.Result) error { return JSON(w, r) }

// JSON writes r as one object, indented by two spaces, with a newline at its
// end. Keys come in the order of package result, those of maps sorted. Lists
// that are empty are written as [], never null. A figure that is not a number
// or infinite has no place in JSON: it is an error that names the figure, and
// then nothing is written.
func JSON(w io.Writer, r *result.Result) error {
	if path := notFinite(reflect.ValueOf(r), "result"); path != "" {
		return fmt.Errorf("json report: %s is not a finite number", path)
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // checks hold < and >, and are read by people too
	enc.SetIndent("", "  ")
	if err := enc.Encode(withoutNull(r)); err != nil {
		return fmt.Errorf("json report: %w", err)
	}
	_, err := w.Write(escapeInvisible(text.Bytes()))
	return err
}

// withoutNull is a copy of r, as deep as need be, whose absent lists and maps
// are empty.
func withoutNull(r *result.Result) *result.Result {
	c := *r
	c.Traffic = copied(c.Traffic, func(t *result.Traffic) { t.Outcomes = orEmptyMap(t.Outcomes) })
	c.Services = copied(c.Services, func(s *result.Service) { s.Outcomes = orEmptyMap(s.Outcomes) })
	c.Timeline.Series = orEmptyMap(c.Timeline.Series)
	c.Edges = make([]*result.Edge, len(r.Edges))
	for i, e := range r.Edges {
		edge := *e
		edge.Picks = orEmptyMap(edge.Picks)
		c.Edges[i] = &edge
	}
	c.Faults = orEmpty(c.Faults)
	c.Expect = orEmpty(c.Expect)
	c.Warnings = orEmpty(c.Warnings)
	return &c
}

// copied is a map with a copy of each value, changed.
func copied[V any](m map[string]*V, change func(*V)) map[string]*V {
	c := make(map[string]*V, len(m))
	for name, v := range m {
		value := *v
		change(&value)
		c[name] = &value
	}
	return c
}

func orEmptyMap[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// escapeInvisible writes as \u.... what encoding/json leaves bare and a terminal
// would obey: DEL, the C1 controls, marks of direction. They can only stand
// inside strings.
func escapeInvisible(text []byte) []byte {
	if bytes.IndexFunc(text, isInvisible) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range string(text) {
		if !isInvisible(r) {
			b.WriteRune(r)
		} else if r > 0xffff {
			hi, lo := surrogates(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}

// surrogates is the UTF-16 pair of a rune above 0xffff.
func surrogates(r rune) (hi, lo rune) {
	r -= 0x10000
	return 0xd800 + r>>10, 0xdc00 + r&0x3ff
}

// notFinite walks v and names the first figure, in the order of the output,
// that JSON cannot hold; "" when all is well.
func notFinite(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Float64, reflect.Float32:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return path
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return notFinite(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if bad := notFinite(v.Field(i), path+"."+jsonName(v.Type().Field(i))); bad != "" {
				return bad
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if bad := notFinite(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); bad != "" {
				return bad
			}
		}
	case reflect.Map:
		return notFiniteInMap(v, path)
	}
	return ""
}

func notFiniteInMap(v reflect.Value, path string) string {
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	for _, key := range keys {
		if bad := notFinite(v.MapIndex(key), fmt.Sprintf("%s[%q]", path, key.String())); bad != "" {
			return bad
		}
	}
	return ""
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
