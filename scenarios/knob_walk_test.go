package scenarios

import (
	"encoding"
	"reflect"
	"strings"

	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/internal/strict"
)

// knobWalk finds the knobs of types.
type knobWalk struct {
	seen  map[reflect.Type]int // steps hold steps: how deep it is in each
	knobs []*knob
	plain []*plainRow
}

func (w *knobWalk) structure(t reflect.Type, path, before []string) {
	if w.seen[t] > 0 {
		return
	}
	w.seen[t]++
	defer func() { w.seen[t]-- }()
	if choice, ok := reflect.New(t).Interface().(chooser); ok {
		w.rows(choice, path, append(before, required(t, path, "")...))
	}
	w.fields(t, path, before)
}

// fields visits the keys of a struct; the others that it must have stand before.
func (w *knobWalk) fields(t reflect.Type, path, before []string) {
	for _, f := range keysOf(t) {
		first := len(w.knobs)
		w.field(f, below(path, keyOf(f)), append(append([]string{}, before...), required(t, path, keyOf(f))...))
		if len(w.knobs) == first+1 && isLeaf(plainType(f.Type)) {
			w.knobs[first].beside = neighbours(t, path, keyOf(f))
		}
	}
}

// neighbours are assignments of the other keys of a struct, and of the kinds that
// it may be.
func neighbours(t reflect.Type, path []string, but string) (set []string) {
	for _, f := range keysOf(t) {
		if keyOf(f) == but || !isLeaf(plainType(f.Type)) {
			continue
		}
		for _, value := range fitting(f) {
			set = append(set, strict.JoinPath(below(path, keyOf(f))...)+"="+value)
		}
	}
	if choice, ok := reflect.New(t).Interface().(chooser); ok && choice.KindKey() == "" {
		for _, name := range choice.Kinds().Names() {
			row, _ := choice.Kinds().New(name)
			set = append(set, strict.JoinPath(below(path, name)...)+"="+literal(plainType(reflect.TypeOf(row)), 0))
		}
	}
	return set
}

func (w *knobWalk) field(f reflect.StructField, path, before []string) {
	switch t := plainType(f.Type); {
	case isLeaf(t):
		w.knobs = append(w.knobs, &knob{path: path, field: f, before: before})
	case t.Kind() == reflect.Struct:
		w.structure(t, path, before)
	default:
		name := nameIn(t.Elem(), f.Tag.Get("yaml"))
		if name != "0" && path[0] == "policies" { // no ground has any
			before = append(before, strict.JoinPath(path...)+"={"+name+": {}}")
		}
		w.element(plainType(t.Elem()), below(path, name), before)
	}
}

// element visits what stands in a list: a struct, or one value by its name.
func (w *knobWalk) element(t reflect.Type, path, before []string) {
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("yaml") == ",value" {
			w.knobs = append(w.knobs, &knob{path: path, field: f, before: before})
			return
		}
	}
	w.structure(t, path, before)
}

// rows visits every row of a menu.
func (w *knobWalk) rows(choice chooser, path, before []string) {
	for _, name := range choice.Kinds().Names() {
		row, _ := choice.Kinds().New(name)
		t := reflect.TypeOf(row)
		at, chosen := path, append([]string{}, before...)
		if choice.KindKey() == "" {
			at = below(path, name)
		} else {
			chosen = append(chosen, strict.JoinPath(below(path, choice.KindKey())...)+"="+name)
		}
		if w.fields(t.Elem(), at, chosen); len(keysOf(t.Elem())) == 0 {
			w.plain = append(w.plain, &plainRow{at, t.Elem(), chosen})
		}
	}
}

// chooser is a choice from a menu, as package strict has it.
type chooser interface {
	KindKey() string
	Kinds() menu.Any
}

// names are what the grounds call the elements of mappings; others are labels.
var names = map[string]string{"services": "web", "endpoints": "/", "traffic": "shoppers", "headers": "x-user", "zone_weights": "a", "subsets": "v1", "query_parameters": "debug", "cookies": "session"}

// nameIn is a path's part for an element of a list: its name or its index.
func nameIn(elem reflect.Type, list string) string {
	for i := range elem.NumField() {
		if elem.Field(i).Tag.Get("yaml") == ",key" {
			if name := names[list]; name != "" {
				return name
			}
			return "version" // a label, which every replica has
		}
	}
	return "0"
}

// required are assignments of the keys that a struct must have, but for one.
func required(t reflect.Type, path []string, but string) (set []string) {
	switch strict.JoinPath(path...) {
	case "", "traffic.shoppers", "traffic.shoppers.rate.0": // the grounds have them
		return nil
	}
	for _, f := range keysOf(t) {
		if f.Tag.Get("required") == "true" && keyOf(f) != but {
			set = append(set, strict.JoinPath(below(path, keyOf(f))...)+"="+fitting(f)[0])
		}
	}
	return set
}

// fitting are the candidates that the tags of a key allow.
func fitting(f reflect.StructField) (all []string) {
	for _, text := range candidates(f, 0) {
		if _, ok := decoded(f.Type, f.Tag, text); ok {
			all = append(all, text)
		}
	}
	return all
}

// decoded reads a text as the value of a key with these tags.
func decoded(t reflect.Type, tag reflect.StructTag, text string) (any, bool) {
	key := keyOf(reflect.StructField{Tag: tag})
	if key == "" {
		key, tag = "value", `yaml:"value"`
	}
	holder := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "X", Type: t, Tag: tag}}))
	if _, err := strict.Decode("text", []byte(key+": "+text), holder.Interface()); err != nil {
		return nil, false
	}
	return holder.Elem().Field(0).Interface(), true
}

func below(path []string, key string) []string { return append(path[:len(path):len(path)], key) }

// keysOf are the fields of a struct that the file has, those of what it embeds
// among them.
func keysOf(t reflect.Type) (all []reflect.StructField) {
	for _, f := range reflect.VisibleFields(t) {
		if key := keyOf(f); key != "" && key != "-" && f.IsExported() {
			all = append(all, f)
		}
	}
	return all
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return key
}

func plainType(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// isLeaf reports what is one value, or a list of such.
func isLeaf(t reflect.Type) bool {
	if t.Kind() == reflect.Slice && !readsItself(t) {
		return isLeaf(plainType(t.Elem()))
	}
	return t.Kind() != reflect.Struct || readsItself(t)
}
