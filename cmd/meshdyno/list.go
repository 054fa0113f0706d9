package main

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/reports"
)

type listVerb struct{}

// Run lists what is embedded, a line each.
func (*listVerb) Run(a *app) error {
	var b strings.Builder
	b.WriteString("Scenarios (meshdyno run NAME)\n")
	writeEntries(&b, a.Library())
	if topologies := a.Topologies(); len(topologies) > 0 {
		b.WriteString("\nTopologies (topology: NAME in a scenario)\n")
		writeEntries(&b, topologies)
	}
	return a.print(b.String())
}

// longName is where a name no longer pushes the sentences to the right, but
// stands on a line of its own.
const longName = 30

// writeEntries aligns names and sentences; long sentences go on under themselves.
func writeEntries(b *strings.Builder, entries []entry) {
	column := nameColumn(len(entries), func(i int) string { return entries[i].name })
	for _, e := range entries {
		writeEntry(b, column, e)
	}
}

// nameColumn is how wide the names are that are not long.
func nameColumn(n int, name func(i int) string) (columns int) {
	for i := range n {
		if len(name(i)) <= longName {
			columns = max(columns, len(name(i)))
		}
	}
	return columns
}

func writeEntry(b *strings.Builder, column int, e entry) {
	head := "  " + e.name
	if len(e.name) > column && e.about != "" {
		b.WriteString(head + "\n")
		head = "  "
	}
	b.WriteString(reports.Hanging(fmt.Sprintf("%-*s", column+4, head), e.about, 80))
}

// print writes to standard output.
func (a *app) print(text string) error {
	if _, err := a.stdout.Write([]byte(text)); err != nil {
		return unfinished(outputError(err))
	}
	return nil
}
