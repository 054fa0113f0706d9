package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// ErrEmpty says that a file holds no value at all.
var ErrEmpty = errors.New("the file is empty")

// Tree is a parsed file: its values with their places, not yet of any type.
type Tree struct {
	file    string
	root    *yaml.Node            // nil for an empty file
	origin  map[*yaml.Node]string // nodes that came from --set, and which
	refused map[*yaml.Node]bool   // values with a tag that is not allowed
	errs    Errors
	size    map[*yaml.Node]extent // of the values that have an anchor
	count   int                   // nodes in the file
	names   int                   // anchors and aliases in the file
}

// Parse reads data, named file in errors. An error ends the reading; lesser
// faults, such as a doubled key, are kept and come with those of Decode. For a
// file without a value the error is ErrEmpty.
func Parse(file string, data []byte) (*Tree, error) {
	t := &Tree{file: file, origin: map[*yaml.Node]string{}, refused: map[*yaml.Node]bool{}, size: map[*yaml.Node]extent{}}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := t.checkText(data); err != nil {
		return nil, Errors{err}
	}
	masked, isMasked := maskCalls(data)
	root, err := t.parse(masked)
	if err != nil {
		return nil, Errors{err}
	}
	if root == nil || root.Kind == yaml.ScalarNode && root.Value == "" && root.Style == 0 {
		return nil, ErrEmpty
	}
	t.root = root
	if err := t.checkTree(isMasked); err != nil {
		return nil, Errors{err}
	}
	return t, nil
}

// checkText holds data to a size and an alphabet that the parser can be trusted with.
func (t *Tree) checkText(data []byte) *Error {
	if len(data) > MaxFile {
		return &Error{Pos{File: t.file}, "the file is larger than 16 MiB"}
	}
	if at := badRune(data); at >= 0 {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return &Error{t.posAt(data, at), fmt.Sprintf("the file is not UTF-8 text (byte 0x%02x)", data[at])}
		}
		return &Error{t.posAt(data, at), fmt.Sprintf("control character %U in the file; in a quoted text write %s", r, strings.Trim(strconv.QuoteToASCII(string(r)), `"`))}
	}
	if manyNodes(data) {
		return &Error{Pos{t.file, 1, 1}, "the file has more than 500,000 values"}
	}
	return nil
}

// badRune is where data first holds what is not UTF-8 or a control character
// that YAML forbids; -1 when it is clean.
func badRune(data []byte) int {
	for at := 0; at < len(data); {
		c := data[at]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
				return at
			}
			at++
			continue
		}
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 || r < 0xa0 && r != 0x85 || r == 0xfeff || r == 0xfffe || r == 0xffff {
			return at
		}
		at += size
	}
	return -1
}

func (t *Tree) posAt(data []byte, at int) Pos {
	line := bytes.LastIndexByte(data[:at], '\n') + 1
	return Pos{t.file, bytes.Count(data[:at], []byte("\n")) + 1, utf8.RuneCount(data[line:at]) + 1}
}

// manyNodes estimates from above how many nodes the parser would make of data,
// by the marks that separate them, before it spends a few hundred bytes on each.
func manyNodes(data []byte) bool {
	if len(data) < MaxNodes {
		return false
	}
	marks, inner := 0, []byte{}
	for i, c := range data {
		weight := 0
		switch c {
		case '[', '{':
			weight, inner = 1, append(inner, c)
		case ']', '}':
			inner = inner[:max(0, len(inner)-1)]
		case ',', ':':
			// {a,b} holds an unwritten value for each key, [a: b] an unwritten mapping.
			if weight = 1; len(inner) > 0 && (inner[len(inner)-1] == '{') == (c == ',') {
				weight = 2
			}
		case '-', '?':
			if i+1 == len(data) || blank(data[i+1]) {
				weight = 1
			}
		case '\n':
			weight = 1
		}
		if marks += weight; marks > MaxNodes*3/2 {
			return true
		}
	}
	return false
}

// parse turns text into the one document it holds, nil for none.
func (t *Tree) parse(data []byte) (*yaml.Node, *Error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if err := decoder.Decode(&first); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, t.syntax(data, err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, &Error{Pos{t.file, max(1, second.Line), max(1, second.Column)}, "a second document begins here; a file holds one (leave --- out)"}
	} else if err != io.EOF {
		return nil, t.syntax(data, err)
	}
	return first.Content[0], nil
}

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
