package strict

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// syntax puts the parser's complaint into a reader's words and place.
func (t *Tree) syntax(data []byte, err error) *Error {
	found := yamlLine.FindStringSubmatch(err.Error())
	if found == nil {
		return &Error{Pos{t.file, 1, 1}, Show(err.Error())}
	}
	line, _ := strconv.Atoi(found[1])
	if tab := t.tabNear(data, line); tab != nil {
		return tab
	}
	s := scan(t.file, data)
	switch {
	case s.deepest != nil:
		return &Error{*s.deepest, "nested deeper than 64 levels"}
	case s.quote != nil:
		return &Error{*s.quote, "this quote is never closed"}
	case s.wrong != nil:
		last := s.open[len(s.open)-1]
		return &Error{*s.wrong, fmt.Sprintf("%q does not close the %q of line %d, column %d (allowed %s)", s.data[s.at], last.char, last.pos.Line, last.pos.Column, s.closing)}
	case len(s.open) > 0:
		last := s.open[len(s.open)-1]
		return &Error{last.pos, fmt.Sprintf("this %q is never closed", last.char)}
	case strings.Contains(found[2], "max depth"):
		return &Error{Pos{t.file, max(1, line), 1}, "nested deeper than 64 levels"}
	}
	return &Error{t.lineStart(data, firstBad(data, found[2], line)), explain(found[2])}
}

// firstBad is the first line at which the parser complains of problem. The
// parser itself often names the line where the surrounding block began, so
// ever shorter heads of the text are tried, unless it is too long for that.
func firstBad(data []byte, problem string, line int) int {
	const longest = 256 << 10
	if len(data) > longest {
		return line
	}
	var ends []int
	for at, c := range data {
		if c == '\n' || at == len(data)-1 {
			ends = append(ends, at+1)
		}
	}
	first := sort.Search(len(ends), func(i int) bool {
		var n yaml.Node
		err := yaml.Unmarshal(data[:ends[i]], &n)
		return err != nil && strings.HasSuffix(err.Error(), problem)
	})
	return first + 1
}

// explain adds to the parser's words what usually is behind them.
func explain(problem string) string {
	switch {
	case strings.Contains(problem, "mapping values are not allowed"):
		return `a second ": " on one line; put a value that holds ": " in quotes`
	case strings.Contains(problem, "could not find expected ':'"), strings.Contains(problem, "did not find expected key"):
		return "expected KEY: VALUE here, at the indentation of its neighbours (" + Safe(problem) + ")"
	case strings.Contains(problem, "found character that cannot start any token"):
		return "a value may not begin with this character; put it in quotes"
	}
	return "YAML: " + Safe(problem)
}

// tabNear finds a tab that indents a line at or just before the one at which
// the parser gave up.
func (t *Tree) tabNear(data []byte, line int) *Error {
	number := 0
	for text := range bytes.Lines(data) {
		number++
		indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
		if tab := bytes.IndexByte(indent, '\t'); tab >= 0 && number >= line-1 && len(bytes.TrimSpace(text)) > 0 {
			return &Error{Pos{t.file, number, tab + 1}, "tabs are not allowed for indentation; use spaces"}
		}
		if number > line {
			break
		}
	}
	return nil
}

// lineStart is the first character of a line that is not blank.
func (t *Tree) lineStart(data []byte, line int) Pos {
	number := 0
	for text := range bytes.Lines(data) {
		if number++; number == max(1, line) {
			return Pos{t.file, number, len(text) - len(bytes.TrimLeft(text, " \t")) + 1}
		}
	}
	return Pos{t.file, max(1, line), 1}
}
