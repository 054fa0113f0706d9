package chance

import (
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/unit"
)

// Text is the value of a header: a literal, or a key drawn for each request
// from zipf(1000, s=1.1) or uniform(100). The zero Text is the empty literal.
type Text struct {
	literal string
	n       uint64 // how many keys there are; 0 for a literal
	zipf    *zipf  // nil for uniform
}

const (
	longestLiteral = 8192 // what servers take as one header
	mostKeys       = 1 << 40
)

// ParseText reads a literal, zipf(N, s=S) or uniform(N).
func ParseText(text string) (Text, error) {
	word, rest, open := strings.Cut(text, "(")
	switch {
	case len(text) > longestLiteral:
		return Text{}, &Error{1, "a header value is at most 8192 characters long"}
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		return Text{}, &Error{1, unit.Quote(text) + ": a header value has no control characters"}
	case !open || !strings.HasSuffix(text, ")"):
		return Text{literal: text}, nil
	}
	inside := strings.TrimSuffix(rest, ")")
	switch word {
	case "uniform":
		n, err := keys(inside)
		return Text{n: n}, err
	case "zipf":
		return parseZipf(inside)
	}
	if near := nearest.Name(word, []string{"zipf", "uniform"}); near != "" {
		return Text{}, &Error{1, "unknown " + unit.Quote(word) + " of a header value (have zipf, uniform); did you mean " + near + "?"}
	}
	return Text{literal: text}, nil
}

func keys(text string) (uint64, error) {
	n, err := unit.ParseNumber(strings.TrimSpace(text))
	switch {
	case err != nil:
		return 0, &Error{1, "how many keys: " + err.Error()}
	case n < 1 || n > mostKeys || n != math.Floor(n):
		return 0, &Error{1, "how many keys: a whole number from 1 to 1099511627776, got " + unit.Quote(text)}
	}
	return uint64(n), nil
}

func parseZipf(inside string) (Text, error) {
	count, rest, two := strings.Cut(inside, ",")
	key, value, named := strings.Cut(rest, "=")
	if !two || !named || strings.TrimSpace(key) != "s" {
		return Text{}, &Error{1, "zipf needs how many keys and its exponent: zipf(1000, s=1.1)"}
	}
	n, err := keys(count)
	if err != nil {
		return Text{}, err
	}
	s, err := unit.ParseNumber(strings.TrimSpace(value))
	switch {
	case err != nil:
		return Text{}, &Error{1, "s of zipf: " + err.Error()}
	case s > 100:
		return Text{}, &Error{1, "s of zipf is at most 100"}
	}
	return Text{n: n, zipf: newZipf(n, s)}, nil
}

// Draw returns a key: 1 to N, of which zipf makes 1 the most frequent. Of a
// literal it is the hash of the text, and nothing is drawn.
func (t *Text) Draw(s *Stream) (key uint64) {
	switch {
	case t.n == 0:
		return Name(t.literal)
	case t.zipf == nil:
		return s.below(t.n) + 1
	}
	return t.zipf.draw(s)
}

// Literal returns the text when nothing about it is drawn.
func (t *Text) Literal() (string, bool) { return t.literal, t.n == 0 }

// String is the canonical text.
func (t Text) String() string {
	switch {
	case t.n == 0:
		return t.literal
	case t.zipf == nil:
		return "uniform(" + unit.FormatNumber(float64(t.n)) + ")"
	}
	return "zipf(" + unit.FormatNumber(float64(t.n)) + ", s=" + unit.FormatNumber(t.zipf.s) + ")"
}

// MarshalText is String.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText is ParseText.
func (t *Text) UnmarshalText(text []byte) (err error) {
	*t, err = ParseText(string(text))
	return err
}

// Grammar describes a header value to a reader.
func (Text) Grammar() string {
	return "a literal, or a key drawn for each request: gold, zipf(1000, s=1.1), uniform(100)"
}
