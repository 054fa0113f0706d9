package main

import (
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

// writeEntries aligns names and sentences; long sentences go on under themselves.
func writeEntries(b *strings.Builder, entries []entry) {
	longest := 0
	for _, e := range entries {
		longest = max(longest, len(e.name))
	}
	for _, e := range entries {
		b.WriteString(reports.Hanging("  "+e.name+strings.Repeat(" ", longest-len(e.name)+2), e.about, 80))
	}
}

// print writes to standard output.
func (a *app) print(text string) error {
	if _, err := a.stdout.Write([]byte(text)); err != nil {
		return unfinished(outputError(err))
	}
	return nil
}
