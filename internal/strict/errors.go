package strict

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pos is a place in a file. Line and Column count from 1, columns in
// characters; a place without a line is named by File alone.
type Pos struct {
	File         string
	Line, Column int
}

// String is file:line:column, as compilers write it.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Error is one thing that is wrong, and where.
type Error struct {
	Pos  Pos
	Text string
}

// Error is one line, safe to send to a terminal whatever the file holds.
func (e *Error) Error() string { return Safe(e.Pos.String() + ": " + e.Text) }

// Errors is everything that is wrong with a file.
type Errors []*Error

// most is how many errors are shown of one file.
const most = 20

// Error gives one line for each error, the first twenty in the order of the file.
func (es Errors) Error() string {
	var b strings.Builder
	for i, e := range es {
		if i == most {
			if len(es) < enough {
				fmt.Fprintf(&b, "\n... and %d more", len(es)-most)
			} else {
				b.WriteString("\n... and many more")
			}
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// Sorted is es in the order of the file, --set last, as an error: nil when es is
// empty. The same words at the same place come once.
func (es Errors) Sorted() error {
	if len(es) == 0 {
		return nil
	}
	slices.SortStableFunc(es, func(a, b *Error) int {
		if set := cmp.Compare(min(a.Pos.Line, 1), min(b.Pos.Line, 1)); set != 0 {
			return -set
		}
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return slices.CompactFunc(es, func(a, b *Error) bool { return *a == *b })
}

// Show quotes text from a file for an error, cut to 60 characters.
func Show(s string) string {
	const limit = 60
	if utf8.RuneCountInString(s) > limit {
		s = string([]rune(s[:min(len(s), 4*limit)])[:limit]) + "..."
	}
	return strconv.Quote(s)
}

// Safe escapes whatever could move a terminal's cursor or hide text: control
// characters, direction marks, bytes that are no UTF-8. Very long text is cut.
func Safe(s string) string {
	const limit = 1000
	if len(s) > limit {
		s = s[:limit] + "..."
	}
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if hidden(r) || r == utf8.RuneError && size == 1 {
			quoted := strconv.Quote(s[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

func hidden(r rune) bool { return !unicode.IsPrint(r) }
