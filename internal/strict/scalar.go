package strict

import (
	"encoding"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

// text decodes a scalar into a type that reads itself. It sees the scalar as it
// was written; its complaint is given the scalar's place.
func (d *decoder) text(at, n *yaml.Node, v reflect.Value, f *field) {
	if n.Kind != yaml.ScalarNode {
		d.fail(at, "%s must be one value (got %s)", f.key, kindName(n))
		return
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
		hint := ""
		if strings.Count(n.Value, "(") > strings.Count(n.Value, ")") {
			hint = "; put the whole value in quotes"
		}
		d.failInside(at, n, f.key, err.Error(), hint)
		return
	}
	d.within(at, n, v, f)
}

// failInside notes what is wrong with the text of a scalar. A complaint that
// begins "column 7: " counts from the text's first character; its place is there.
func (d *decoder) failInside(at, n *yaml.Node, key, problem, hint string) {
	pos := d.t.pos(at)
	if found := column.FindStringSubmatch(problem); found != nil && pos.Line > 0 && at == n {
		inside, _ := strconv.Atoi(found[1])
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			inside++
		}
		pos.Column += inside - 1
		problem = found[2]
	}
	d.t.errs = append(d.t.errs, &Error{pos, key + ": " + problem + hint})
}

var column = regexp.MustCompile(`^column (\d{1,4}): (?s:(.*))$`)

// within holds a value to the bounds of its tags, which are written as the file
// would write them.
func (d *decoder) within(at, n *yaml.Node, v reflect.Value, f *field) {
	got, ok := number(v)
	if !ok {
		return
	}
	if least, ok := bound(f.min, v.Type()); ok && got < least {
		d.fail(at, "%s must be at least %s (got %s)", f.key, f.min, Show(n.Value))
	}
	if most, ok := bound(f.max, v.Type()); ok && got > most {
		d.fail(at, "%s must be at most %s (got %s)", f.key, f.max, Show(n.Value))
	}
}

func number(v reflect.Value) (float64, bool) {
	switch {
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	}
	return 0, false
}

func bound(tag string, t reflect.Type) (float64, bool) {
	if tag == "" {
		return 0, false
	}
	if isText(t) {
		v := reflect.New(t)
		if v.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(tag)) == nil {
			return number(v.Elem())
		}
	}
	x, err := strconv.ParseFloat(tag, 64)
	if err != nil {
		panic("strict: bound " + tag + " is no number")
	}
	return x, true
}

// plain decodes a scalar into a string, bool or number of Go's own.
func (d *decoder) plain(at, n *yaml.Node, v reflect.Value, f *field) {
	if n.Kind != yaml.ScalarNode {
		d.fail(at, "%s must be %s (got %s)", f.key, wanted(v, f), kindName(n))
		return
	}
	if v.Kind() == reflect.String {
		d.word(at, n, v, f)
		return
	}
	if n.Tag == "!!str" && n.Style != 0 {
		d.fail(at, "%s must be %s (got the text %s); leave the quotes out", f.key, wanted(v, f), Show(n.Value))
		return
	}
	var why error
	switch {
	case v.Kind() == reflect.Bool:
		why = setBool(n.Value, v)
	case v.CanInt():
		why = setInt(n.Value, v)
	case v.CanUint():
		why = setUint(n.Value, v)
	case v.CanFloat():
		why = setFloat(n.Value, v)
	default:
		panic("strict: cannot decode into " + v.Type().String())
	}
	if why != nil {
		d.fail(at, "%s must be %s (got %s)%s", f.key, wanted(v, f), Show(n.Value), why)
		return
	}
	d.within(at, n, v, f)
}

func wanted(v reflect.Value, f *field) string {
	switch {
	case v.Kind() == reflect.String && f.enum != nil:
		return "one of " + strings.Join(f.enum, ", ")
	case v.Kind() == reflect.String:
		return "a text"
	case v.Kind() == reflect.Bool:
		return "true or false"
	case v.CanFloat():
		return "a number" + span(f)
	}
	return "a whole number" + span(f)
}

func span(f *field) string {
	switch {
	case f.min != "" && f.max != "":
		return " from " + f.min + " to " + f.max
	case f.min != "":
		return " of at least " + f.min
	case f.max != "":
		return " of at most " + f.max
	}
	return ""
}

// word decodes a text. What YAML would read as a number or a bool is still the
// text that was written; only a null is not.
func (d *decoder) word(at, n *yaml.Node, v reflect.Value, f *field) {
	switch {
	case f.enum != nil && !slices.Contains(f.enum, n.Value):
		hint := ""
		if near := nearest.Name(n.Value, f.enum); near != "" {
			hint = "; did you mean " + near + "?"
		}
		d.fail(at, "%s must be one of %s (got %s)%s", f.key, strings.Join(f.enum, ", "), Show(n.Value), hint)
		return
	case f.required && n.Value == "":
		d.fail(at, "%s must not be empty", f.key)
	}
	d.matches(at, n.Value, f)
	v.SetString(n.Value)
}
