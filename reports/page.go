package reports

import (
	"bytes"
	"strings"
)

// style is how a piece of text stands out on a terminal with colours.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "1;31"
	green  style = "32"
	yellow style = "33"
)

// glyphs are the characters a page draws with, in two sets of equal meaning.
type glyphs struct {
	ellipsis, arrow, dot, plusMinus, rule string
	full, empty                           string // of a utilization bar
	levels                                []string
	bandLeft, band, bandRight, bandOne    string // a fault under the sparklines
	parts                                 [parts]string
}

var unicodeGlyphs = glyphs{
	ellipsis: "…", arrow: "→", dot: " · ", plusMinus: "±", rule: "─",
	full: "█", empty: "░",
	levels:   []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	bandLeft: "├", band: "─", bandRight: "┤", bandOne: "│",
	parts: [parts]string{app: "█", downstream: "·", queue: "▒", proxy: "▚", network: "─", tls: "═", retry: "×"},
}

var asciiGlyphs = glyphs{
	ellipsis: "..", arrow: "->", dot: ", ", plusMinus: "+-", rule: "-",
	full: "#", empty: ".",
	levels:   []string{" ", "_", ".", ":", "-", "=", "+", "*", "#"},
	bandLeft: "[", band: "-", bandRight: "]", bandOne: "|",
	parts: [parts]string{app: "#", downstream: ".", queue: "q", proxy: "p", network: "-", tls: "=", retry: "x"},
}

// page collects the lines of a terminal report.
type page struct {
	text  bytes.Buffer
	width int
	rows  int
	color bool
	ascii bool
	glyphs
}

func newPage(o TerminalOptions) *page {
	p := &page{width: 80, rows: 12, color: o.Color, ascii: o.ASCII, glyphs: unicodeGlyphs}
	if o.Width != 0 {
		p.width = min(max(o.Width, 76), 160)
	}
	if o.Rows > 0 {
		p.rows = o.Rows
	}
	if o.ASCII {
		p.glyphs = asciiGlyphs
	}
	return p
}

// name makes foreign text fit to be shown.
func (p *page) name(s string) string {
	if p.ascii {
		return cleanASCII(s)
	}
	return clean(s)
}

// paint puts s in a style, where there are colours; blanks need none.
func (p *page) paint(s string, st style) string {
	if !p.color || st == plain || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}

// in is the painter of a style.
func (p *page) in(st style) func(string) string {
	return func(s string) string { return p.paint(s, st) }
}

// line writes one line, without blanks at its end.
func (p *page) line(pieces ...string) {
	p.text.WriteString(strings.TrimRight(strings.Join(pieces, ""), " "))
	p.text.WriteByte('\n')
}

// heading opens a section: its name, and a remark at the right end of the line.
func (p *page) heading(name, remark string) {
	gap := max(2, p.width-width(name)-width(remark))
	p.line()
	p.line(p.paint(name, bold), strings.Repeat(" ", gap), p.paint(remark, dim))
}

// note writes text in a style, wrapped, under an indent of so many columns.
func (p *page) note(indent int, text string, st style) {
	for _, line := range wrap(text, p.width-indent) {
		p.line(strings.Repeat(" ", indent), p.paint(line, st))
	}
}

// label writes wrapped text beside a short label.
func (p *page) label(label string, st style, text string) {
	const indent = 12
	for i, line := range wrap(text, p.width-indent) {
		if i > 0 {
			label = ""
		}
		p.line(p.paint(padRight(label, indent), dim), p.paint(line, st))
	}
}

// marked writes wrapped text after a mark, which only the first line bears.
func (p *page) marked(mark string, st style, text string) {
	indent := width(mark) + 1
	for i, line := range wrap(text, p.width-indent) {
		if i == 0 {
			p.line(p.paint(mark, st), " ", line)
		} else {
			p.line(strings.Repeat(" ", indent), line)
		}
	}
}

// flow writes items between dots, breaking lines only between items.
func (p *page) flow(indent int, st style, items ...string) {
	line := ""
	for _, item := range items {
		if line != "" && indent+width(line)+width(p.dot)+width(item) > p.width {
			p.line(strings.Repeat(" ", indent), p.paint(line, st))
			line = ""
		}
		if line != "" {
			line += p.dot
		}
		line += item
	}
	if line != "" {
		p.line(strings.Repeat(" ", indent), p.paint(fit(line, p.width-indent, p.ellipsis), st))
	}
}

// more says how many rows were left out.
func (p *page) more(all int) { p.moreThan(p.rows, all) }

func (p *page) moreThan(shown, all int) {
	if all > shown {
		p.line(p.paint("  "+p.ellipsis+" and "+count(uint64(all-shown))+" more (--json has all)", dim))
	}
}
