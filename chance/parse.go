package chance

import (
	"fmt"
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
