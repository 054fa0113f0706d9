package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	if root == nil || isNull(root) {
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
