package strict

import (
	"reflect"
	"strings"

	"github.com/meshdyno/meshdyno/internal/menu"
)

// Section is one struct of a file: its keys and, where it is a choice, the kinds
// to choose from, each with all its settings. A struct that stands in several
// places is one section.
type Section struct {
	Paths   []string // where it stands: services.NAME.queue; "" is the file itself
	Doc     string   // the sentence of the key that holds it
	Short   string   // the key that a bare value sets; "" for none
	KindKey string   // the key that chooses the kind; "" where the kind is a key itself
	Usual   string   // the kind that is meant where none is named; "" for none
	What    string   // what the kinds are: "balancer"; "" where there is no choice
	Knobs   []Knob
	Kinds   []Kind
}

// Sections lists every struct that a file of sample's type may hold, each before
// those inside it, in the order of the fields. A knob that has keys below it says
// where they are listed.
func Sections(sample any) []Section {
	t := reflect.TypeOf(sample)
	w := &sectionWriter{known: map[reflect.Type]int{}}
	w.visit("", "", t, fresh(t).Elem())
	return w.all
}

type sectionWriter struct {
	all   []Section
	known map[reflect.Type]int // index of a struct's section
}

// inside is a struct that a section leads to.
type inside struct {
	path, doc string
	value     reflect.Value
	listed    bool // it is an element of a list
}

func (w *sectionWriter) visit(path, doc string, t reflect.Type, v reflect.Value) {
	if i, done := w.known[t]; done {
		w.all[i].addPath(path)
		return
	}
	s, at := shapeOf(t), len(w.all)
	w.known[t] = at
	w.all = append(w.all, Section{Paths: []string{path}, Doc: doc})
	knobs, below := ownKnobs(path, v)
	section := Section{Paths: []string{path}, Doc: doc, Knobs: knobs}
	if s.short != nil {
		section.Short = s.short.key
	}
	if s.choice != nil {
		section.What, section.KindKey = s.choice.Kinds().What(), s.choice.KindKey()
		section.Usual = usualKind(s.choice)
		kinds, more := kindsOf(path, section.KindKey, s.choice.Kinds())
		section.Kinds, below = kinds, append(below, more...)
	}
	w.all[at] = section
	for _, in := range below {
		w.visit(in.path, in.doc, in.value.Type(), in.value)
	}
}

func (s *Section) addPath(path string) {
	for _, known := range s.Paths {
		if known == path || strings.HasPrefix(path, known+".") { // the same, or inside itself
			return
		}
	}
	s.Paths = append(s.Paths, path)
}

func kindsOf(path, kindKey string, kinds menu.Any) (all []Kind, below []inside) {
	for _, name := range kinds.Names() {
		row, err := kinds.New(name)
		if err != nil {
			panic(err)
		}
		kind, at := Kind{Name: name, About: kinds.About(name)}, path
		if kindKey == "" {
			at = dotted(path, name)
		}
		if v := reflect.ValueOf(row); v.Kind() == reflect.Pointer && isStruct(v.Type().Elem()) {
			kind.Knobs = describe(v, "")
			below = append(below, apart(at, v.Elem())...)
		}
		all = append(all, kind)
	}
	return all, below
}

// apart are the structs inside v that describe does not follow: those in lists
// and those that are choices.
func apart(path string, v reflect.Value) (all []inside) {
	_, below := ownKnobs(path, v)
	for _, in := range below {
		if in.listed || shapeOf(in.value.Type()).choice != nil {
			all = append(all, in)
			continue
		}
		all = append(all, apart(in.path, in.value)...)
	}
	return all
}

// ownKnobs are the keys of a struct, and the structs that stand at some of them.
func ownKnobs(path string, v reflect.Value) (knobs []Knob, below []inside) {
	for _, f := range shapeOf(v.Type()).fields {
		knob := knobOf(&f, f.key, v.FieldByIndex(f.index))
		if in, ok := structAt(dotted(path, f.key), &f, v.FieldByIndex(f.index)); ok {
			knob.Below, below = in.path, append(below, in)
		}
		knobs = append(knobs, knob)
	}
	return knobs, below
}

// structAt is the struct that a field holds, or that the elements of its list are.
func structAt(path string, f *field, v reflect.Value) (in inside, ok bool) {
	t, listed := f.typ, false
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && !isText(t) {
		if t.Kind() == reflect.Slice {
			path, listed = dotted(path, elementName(t)), true
		}
		t = t.Elem()
	}
	if !isStruct(t) || shapeOf(t).scalar != nil {
		return in, false
	}
	if v.Type() != t {
		v = fresh(t).Elem()
	}
	return inside{path, f.doc, v, listed}, true
}

// elementName stands for the elements of a list in a path: NAME, or N.
func elementName(list reflect.Type) string {
	if s := elementShape(list); s != nil && s.element != nil {
		return "NAME"
	}
	return "N"
}

func dotted(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
