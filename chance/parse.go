package chance

import (
	"fmt"
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/unit"
)

// Error is what is wrong in the text of a distribution, and where.
type Error struct {
	Column  int // 1 is the first character
	Message string
}

// Error names the column unless it is the first.
func (e *Error) Error() string {
	if e.Column <= 1 {
		return e.Message
	}
	return fmt.Sprintf("column %d: %s", e.Column, e.Message)
}

const (
	deepestMix  = 8
	longestText = 10_000
	blank       = " \t\n"
)

// parser reads one text from left to right.
type parser struct {
	text string
	at   int
	base base
}

// parse reads a whole text.
func parse(text string, b base) (Dist, error) {
	if len(text) > longestText {
		return Dist{}, &Error{1, fmt.Sprintf("%s is longer than %d characters", unit.Quote(text), longestText)}
	}
	p := &parser{text: text, base: b}
	d, err := p.dist(0)
	if err != nil {
		return Dist{}, err
	}
	if p.at < len(text) {
		return Dist{}, p.refuse(p.at, "nothing may follow the distribution, got %s", unit.Quote(text[p.at:]))
	}
	return d, nil
}

func (p *parser) refuse(at int, format string, args ...any) error {
	return &Error{len([]rune(p.text[:at])) + 1, fmt.Sprintf(format, args...)}
}

// dist reads a constant, or a word and what stands in its parentheses.
func (p *parser) dist(depth int) (Dist, error) {
	start := p.at
	word := p.until("(),:")
	if depth > 0 { // inside parentheses spaces are free
		word = strings.TrimRight(word, blank)
	}
	if !p.take('(') {
		return p.constant(start, word)
	}
	switch word {
	case "mix":
		return p.mix(start, depth)
	case "empirical":
		return p.empirical()
	}
	for i := range shapes {
		if shapes[i].name == word {
			return p.shape(&shapes[i], start)
		}
	}
	return Dist{}, p.unknown(start, word)
}

func (p *parser) constant(start int, word string) (Dist, error) {
	if first, _, _ := strings.Cut(word, " "); example(first) != "" {
		return Dist{}, p.refuse(start, "%s needs its parentheses: %s", first, example(first))
	}
	v, err := p.base.parse(word)
	if err != nil {
		return Dist{}, p.refuse(start, "%v", err)
	}
	return fixed(v, p.base), nil
}

func example(name string) string {
	for _, s := range shapes {
		if s.name == name {
			return s.example
		}
	}
	return map[string]string{"mix": mixExample, "empirical": "empirical(FILE.csv)"}[name]
}

func (p *parser) unknown(start int, word string) error {
	full := map[string]string{"exponential": "exp", "poisson": "exp", "constant": "", "gaussian": "normal", "hyperexp": "mix", "hyperexponential": "mix"}
	near, ok := full[strings.ToLower(word)]
	if !ok {
		near = nearest.Name(word, names())
	}
	meant := ""
	if near != "" {
		meant = "; did you mean " + near + "?"
	}
	return p.refuse(start, "unknown distribution %s (have a constant, %s)%s", unit.Quote(word), strings.Join(names(), ", "), meant)
}

// until reads up to one of the stops or the end, without the spaces around.
func (p *parser) until(stops string) string {
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(stops, p.text[p.at]) < 0 {
		p.at++
	}
	return p.text[start:p.at]
}

// take steps over c if it comes next.
func (p *parser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) spaces() {
	for p.take(' ') || p.take('\t') || p.take('\n') {
	}
}

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
