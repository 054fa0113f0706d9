package policy

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/meshdyno/meshdyno/unit"
)

// StringMatch is a condition on a text: exactly one of its fields, and perhaps
// IgnoreCase. Envoy's StringMatcher (string.proto).
type StringMatch struct {
	Exact      *string    `yaml:"exact" doc:"it is this"`
	Prefix     string     `yaml:"prefix" doc:"it begins with this"`
	Suffix     string     `yaml:"suffix" doc:"it ends with this"`
	Contains   string     `yaml:"contains" doc:"this is in it"`
	SafeRegex  *SafeRegex `yaml:"safe_regex" doc:"a regular expression (RE2) matches the whole of it"`
	IgnoreCase bool       `yaml:"ignore_case" doc:"a and A are one"`
}

// given counts the conditions that are set.
func (s *StringMatch) given() int {
	return count(s.Exact != nil, s.Prefix != "", s.Suffix != "", s.Contains != "", s.SafeRegex != nil)
}

func count(given ...bool) (n int) {
	for _, g := range given {
		if g {
			n++
		}
	}
	return n
}

// check holds s to one condition, or to none where something else may be one.
func (s *StringMatch) check() error {
	switch {
	case s.given() > 1:
		return errors.New("exactly one of exact, prefix, suffix, contains, safe_regex goes here")
	case s.IgnoreCase && s.SafeRegex != nil:
		return errors.New("ignore_case has no effect on safe_regex; let the expression begin with (?i)")
	case s.IgnoreCase && s.given() == 0:
		return errors.New("ignore_case needs a text: exact, prefix, suffix or contains")
	}
	return nil
}

// SafeRegex is a regular expression in the syntax of RE2: `safe_regex: "/v[12]/.*"`.
type SafeRegex struct {
	Regex Regex `yaml:"regex" required:"true" doc:"the expression"`
}

// Short names the key that a bare text sets.
func (*SafeRegex) Short() string { return "regex" }

// Regex is a compiled regular expression that matches whole texts, as RE2's
// FullMatch does.
type Regex struct {
	text  string
	whole *regexp.Regexp
}

// Limits on expressions: what is longer or larger takes too long on every
// request. Envoy's is a program of 100 instructions of RE2 (re2.max_program_size).
const (
	longestRegex = 1024 // characters
	largestRegex = 1000 // characters when every repetition is written out
)

// UnmarshalText compiles an expression.
func (r *Regex) UnmarshalText(text []byte) error {
	if len(text) > longestRegex {
		return fmt.Errorf("the expression is %d characters long (allowed %d)", len(text), longestRegex)
	}
	tree, err := syntax.Parse(string(text), syntax.Perl)
	if why := (*syntax.Error)(nil); errors.As(err, &why) {
		return fmt.Errorf("%s is no regular expression (RE2): %s: %s", unit.Quote(string(text)), why.Code, unit.Quote(why.Expr))
	} else if err != nil {
		return err
	}
	if n := writtenOut(tree); n > largestRegex {
		return fmt.Errorf("%s is too large: its repetitions written out are %d characters (allowed %d)", unit.Quote(string(text)), n, largestRegex)
	}
	r.text = string(text)
	r.whole, err = regexp.Compile(`\A(?:` + r.text + `)\z`)
	return err
}

// writtenOut is how many characters an expression has when x{3} is xxx.
func writtenOut(r *syntax.Regexp) (n int) {
	switch r.Op {
	case syntax.OpLiteral:
		return len(r.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	}
	for _, sub := range r.Sub {
		n += writtenOut(sub)
	}
	if r.Op == syntax.OpRepeat {
		n *= max(r.Min, r.Max, 1)
	}
	return min(n, 1<<30)
}

// String is the expression as it was written.
func (r Regex) String() string { return r.text }

// MarshalText is String.
func (r Regex) MarshalText() ([]byte, error) { return []byte(r.text), nil }

// Grammar describes an expression to a reader.
func (Regex) Grammar() string {
	return `a regular expression: "/v[0-9]+/.*" in the syntax of RE2, for the whole text`
}

// textMatcher is a StringMatch made ready.
type textMatcher struct {
	kind  textKind
	fold  bool // the case of ASCII letters is ignored; text is in lower case then
	text  []byte
	regex *regexp.Regexp
}

type textKind uint8

const (
	anyText textKind = iota
	exactText
	prefixText
	suffixText
	containedText
	regexText
)

// compile makes s ready. It matches everything when it says nothing.
func (s *StringMatch) compile() textMatcher {
	switch {
	case s.Exact != nil:
		return newTextMatcher(exactText, *s.Exact, s.IgnoreCase)
	case s.Prefix != "":
		return newTextMatcher(prefixText, s.Prefix, s.IgnoreCase)
	case s.Suffix != "":
		return newTextMatcher(suffixText, s.Suffix, s.IgnoreCase)
	case s.Contains != "":
		return newTextMatcher(containedText, s.Contains, s.IgnoreCase)
	case s.SafeRegex != nil:
		return textMatcher{kind: regexText, regex: s.SafeRegex.Regex.whole}
	}
	return textMatcher{}
}

func newTextMatcher(kind textKind, text string, fold bool) textMatcher {
	if fold {
		text = strings.Map(func(r rune) rune { return lowerRune(r) }, text)
	}
	return textMatcher{kind: kind, fold: fold, text: []byte(text)}
}

// matches says whether v meets the condition. It may change the case of v.
func (m *textMatcher) matches(v []byte) bool {
	if m.fold {
		lower(v)
	}
	switch m.kind {
	case exactText:
		return bytes.Equal(v, m.text)
	case prefixText:
		return bytes.HasPrefix(v, m.text)
	case suffixText:
		return bytes.HasSuffix(v, m.text)
	case containedText:
		return bytes.Contains(v, m.text)
	case regexText:
		return m.regex.Match(v)
	}
	return true
}

// lower changes the case of ASCII letters, and of no others, as Envoy does.
func lower(v []byte) {
	for i, c := range v {
		if 'A' <= c && c <= 'Z' {
			v[i] = c + 'a' - 'A'
		}
	}
}

func lowerRune(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
