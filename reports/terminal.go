package reports

import (
	"io"

	"github.com/meshdyno/meshdyno/result"
)

// TerminalOptions are the settings of the report terminal. The zero value is
// good: 80 columns without colour, the bytes that belong into a log.
type TerminalOptions struct {
	Width int  // columns, 76 to 160; 80 when zero
	Color bool // ANSI colours, for a terminal that has them
	ASCII bool // no character beyond ASCII, for terminals that have no others
	Rows  int  // most rows of one table; 12 when zero
}

// Write is Terminal, as a row of the menu.
func (o *TerminalOptions) Write(w io.Writer, r *result.Result) error { return Terminal(w, r, *o) }

// Terminal writes what an engineer wants to see first, in the order of the
// questions: what was run, did it do what it should, how did it feel to the
// callers, where did the time go, who is busy, how did it change over time,
// what exactly was expected, and what to beware of. It writes in one piece.
func Terminal(w io.Writer, r *result.Result, o TerminalOptions) error {
	p := newPage(o)
	p.head(r)
	p.summary(r)
	p.latency(r)
	p.edges(r)
	p.services(r)
	p.timeline(r)
	p.expectations(r)
	p.warnings(r)
	_, err := w.Write(p.text.Bytes())
	return err
}
