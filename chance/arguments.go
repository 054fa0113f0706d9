package chance

import (
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/unit"
)

// shape reads the arguments of s, after its parenthesis.
func (p *parser) shape(s *shape, start int) (Dist, error) {
	in := &input{base: p.base}
	for i := range in.where {
		in.where[i] = len([]rune(p.text[:start])) + 1
	}
	for place := 0; ; place++ {
		if err := p.argument(s, in, place); err != nil {
			return Dist{}, err
		}
		if p.take(')') {
			break
		}
		if !p.take(',') {
			return Dist{}, p.refuse(p.at, "%s lacks its closing parenthesis: %s", s.name, s.example)
		}
	}
	for i, need := range s.params {
		if !in.has[i] && !need.optional {
			return Dist{}, p.refuse(start, "%s needs its %s: %s", s.name, need.name, s.example)
		}
	}
	d := Dist{base: p.base, more: &more{second: math.NaN()}}
	if err := s.build(&d, in); err != nil {
		return Dist{}, err
	}
	d.more.text = s.canonical(in)
	d.warnWide()
	return d, nil
}

// argument reads one argument: a value in its place, or key=value.
func (p *parser) argument(s *shape, in *input, place int) error {
	p.spaces()
	start := p.at
	text := strings.TrimRight(p.until("(),:"), blank)
	if p.at < len(p.text) && (p.text[p.at] == '(' || p.text[p.at] == ':') {
		return p.refuse(p.at, "%s takes plain values: %s", s.name, s.example)
	}
	key, value, keyed := strings.Cut(text, "=")
	if !keyed {
		key, value = "", text
	}
	i, err := p.place(s, in, place, strings.TrimSpace(key), start)
	if err != nil {
		return err
	}
	in.has[i], in.where[i] = true, len([]rune(p.text[:start]))+1
	in.value[i], err = p.value(s.params[i].form, strings.TrimSpace(value))
	if err != nil {
		return p.refuse(start, "%s of %s: %v", s.params[i].name, s.name, err)
	}
	return nil
}

// place finds which parameter an argument is.
func (p *parser) place(s *shape, in *input, place int, key string, start int) (int, error) {
	var keys []string
	for i, q := range s.params {
		if q.keyed {
			keys = append(keys, q.name)
		}
		if q.keyed && q.name == key || !q.keyed && key == "" && i == place {
			if in.has[i] {
				return 0, p.refuse(start, "%s is given twice", q.name)
			}
			return i, nil
		}
	}
	if key == "" {
		return 0, p.refuse(start, "%s is written %s", s.name, s.example)
	}
	meant := ""
	if near := nearest.Name(key, keys); near != "" {
		meant = "; did you mean " + near + "?"
	}
	return 0, p.refuse(start, "%s has no %s: %s%s", s.name, unit.Quote(key), s.example, meant)
}

func (p *parser) value(f form, text string) (float64, error) {
	if f == number {
		return unit.ParseNumber(text)
	}
	v, err := p.base.parse(text)
	return float64(v), err
}

// canonical writes the arguments in the order of the parameters.
func (s *shape) canonical(in *input) string {
	var list []string
	for i, q := range s.params {
		if !in.has[i] {
			continue
		}
		text := in.text(i)
		if q.form == number {
			text = unit.FormatNumber(in.value[i])
		}
		if q.keyed {
			text = q.name + "=" + text
		}
		list = append(list, text)
	}
	return s.name + "(" + strings.Join(list, ", ") + ")"
}
