package reports

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// isInvisible tells characters that do something to a terminal instead of
// standing on it: controls, marks of direction, private and unassigned ones.
func isInvisible(r rune) bool { return !strconv.IsPrint(r) && r != '\n' && r != utf8.RuneError }

// clean makes foreign text safe to show on one line: what cannot be printed is
// written as Go would escape it.
func clean(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) || unicode.Is(unicode.M, r) }) < 0 {
		return s
	}
	var b strings.Builder
	marks := 0
	for i, r := range s {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !strconv.IsPrint(r):
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		case marks > 2: // a tower of accents
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cleanASCII is clean for terminals that show ASCII only.
func cleanASCII(s string) string {
	quoted := strconv.QuoteToASCII(clean(s))
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(quoted[1 : len(quoted)-1])
}

// width is how many columns s takes.
func width(s string) int { return uniseg.StringWidth(s) }

// fit cuts s to so many columns. The middle goes, because generated names
// differ at their ends.
func fit(s string, columns int, ellipsis string) string {
	if width(s) <= columns {
		return s
	}
	room := columns - width(ellipsis)
	if room < 1 {
		return strings.Repeat(".", max(columns, 0))
	}
	head := takeFront(s, room-room/2)
	tail := takeBack(s, room-width(head))
	return head + ellipsis + tail
}

// takeFront is the longest front of s, in whole characters, that fits.
func takeFront(s string, columns int) string {
	end, used := 0, 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if used += g.Width(); used > columns {
			break
		}
		_, end = g.Positions()
	}
	return s[:end]
}

// takeBack is the longest back of s, in whole characters, that fits.
func takeBack(s string, columns int) string {
	excess := width(s) - columns
	start := 0
	for g := uniseg.NewGraphemes(s); excess > 0 && g.Next(); {
		excess -= g.Width()
		_, start = g.Positions()
	}
	return s[start:]
}

// padRight and padLeft fill s up to so many columns.
func padRight(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-width(s)))
}

func padLeft(s string, columns int) string {
	return strings.Repeat(" ", max(0, columns-width(s))) + s
}

// wrap breaks text between words into lines of so many columns; a word longer
// than that is broken too.
func wrap(text string, columns int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) > columns {
			lines, line = append(lines, line), ""
		}
		for width(word) > columns {
			front := takeFront(word, columns)
			if front == "" {
				break
			}
			lines, word = append(lines, front), word[len(front):]
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Printable makes foreign text safe to show on one line of a terminal: what
// would move the cursor, turn the writing or break the encoding is written as
// Go would escape it.
func Printable(s string) string { return clean(s) }

// Hanging writes text beside a head, wrapped to so many columns with its lines
// under each other, each with a newline at its end.
func Hanging(head, text string, columns int) string {
	indent := width(head)
	lines := wrap(clean(text), max(20, columns-indent))
	if len(lines) == 0 {
		lines = []string{""}
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			head = strings.Repeat(" ", indent)
		}
		b.WriteString(strings.TrimRight(head+line, " ") + "\n")
	}
	return b.String()
}
