package strict

import (
	"bytes"
	"unicode/utf8"
)

// bracket is an opening bracket of a flow list or mapping that is still open.
type bracket struct {
	char byte
	pos  Pos
}

// scanner walks the text of a file once, roughly as a YAML parser would, to say
// where a bracket or a quote was opened that is never closed: the parser itself
// knows only where it gave up. It is asked only after the parser failed.
type scanner struct {
	data    []byte
	at      int
	pos     Pos
	open    []bracket
	deepest *Pos   // where the nesting of brackets first passed MaxDepth
	quote   *Pos   // where a quote was opened that is never closed
	wrong   *Pos   // a closing bracket that does not match
	parent  int    // column of the key or dash that a block text belongs to
	fresh   bool   // a value may begin here
	closing string // what the bracket at wrong should have been
}

func scan(file string, data []byte) *scanner {
	s := &scanner{data: data, pos: Pos{file, 1, 1}, fresh: true}
	for s.at < len(s.data) && s.quote == nil && s.wrong == nil {
		s.token()
	}
	return s
}

func (s *scanner) next() byte {
	if s.at+1 < len(s.data) {
		return s.data[s.at+1]
	}
	return '\n'
}

func (s *scanner) step() {
	if s.data[s.at] == '\n' {
		s.pos.Line, s.pos.Column = s.pos.Line+1, 1
		s.fresh = true
	} else if utf8.RuneStart(s.data[s.at]) {
		s.pos.Column++
	}
	s.at++
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (s *scanner) token() {
	c, flow := s.data[s.at], len(s.open) > 0
	switch {
	case blank(c):
		s.step()
	case c == '#' && (s.at == 0 || blank(s.data[s.at-1])):
		s.toLineEnd()
	case (c == '"' || c == '\'') && s.fresh:
		s.quoted(c)
	case (c == '[' || c == '{') && (s.fresh || flow):
		s.push(c)
	case (c == ']' || c == '}') && flow:
		s.pop(c)
	case c == ',' && flow, (c == '-' || c == '?' || c == ':') && (blank(s.next()) || flow && c == ':'):
		if !flow && c != ':' {
			s.parent = s.pos.Column
		}
		s.step()
		s.fresh = true
	case (c == '|' || c == '>') && s.fresh && !flow:
		s.blockText()
	default:
		s.plain(c)
	}
}

func (s *scanner) plain(c byte) {
	if s.fresh && len(s.open) == 0 && s.startsKey() {
		s.parent = s.pos.Column
	}
	// An anchor or a tag stands before the value, which may still be quoted.
	before := c == '&' || c == '!'
	for s.fresh = s.fresh && before; s.at < len(s.data) && !blank(s.data[s.at]); s.step() {
		if c := s.data[s.at]; c == ':' && blank(s.next()) || len(s.open) > 0 && (c == ',' || c == ']' || c == '}' || c == '[' || c == '{') {
			return
		}
	}
}

// startsKey reports whether a key begins here: a colon ends a word on this line.
func (s *scanner) startsKey() bool {
	line, _, _ := bytes.Cut(s.data[s.at:], []byte("\n"))
	return bytes.Contains(line[:min(len(line), 200)], []byte(": ")) || bytes.HasSuffix(bytes.TrimRight(line, " \r"), []byte(":"))
}

func (s *scanner) push(c byte) {
	s.open = append(s.open, bracket{c, s.pos})
	if len(s.open) > MaxDepth && s.deepest == nil {
		pos := s.pos
		s.deepest = &pos
	}
	s.step()
	s.fresh = true
}

func (s *scanner) pop(c byte) {
	last := s.open[len(s.open)-1]
	if (last.char == '[') != (c == ']') {
		pos := s.pos
		s.wrong, s.closing = &pos, map[byte]string{'[': "]", '{': "}"}[last.char]
		return
	}
	s.open = s.open[:len(s.open)-1]
	s.step()
	s.fresh = false
}

func (s *scanner) toLineEnd() {
	for s.at < len(s.data) && s.data[s.at] != '\n' {
		s.step()
	}
}

func (s *scanner) quoted(quote byte) {
	opened := s.pos
	for s.step(); s.at < len(s.data); s.step() {
		switch c := s.data[s.at]; {
		case c == '\\' && quote == '"' && s.at+1 < len(s.data):
			s.step()
		case c == quote && quote == '\'' && s.next() == quote:
			s.step()
		case c == quote:
			s.step()
			s.fresh = false
			return
		}
	}
	s.quote = &opened
}

// blockText skips the lines of a | or > text: those that are blank or indented
// deeper than the key or dash that the text belongs to.
func (s *scanner) blockText() {
	s.toLineEnd()
	for s.at < len(s.data) {
		s.step()
		rest := s.data[s.at:]
		indent := 0
		for indent < len(rest) && rest[indent] == ' ' {
			indent++
		}
		if indent < len(rest) && !blank(rest[indent]) && indent+1 <= s.parent {
			return
		}
		s.toLineEnd()
	}
}
