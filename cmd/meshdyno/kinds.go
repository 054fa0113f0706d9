package main

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/reports"
	"github.com/meshdyno/meshdyno/scenarios"
)

type kindsVerb struct {
	Markdown bool `help:"As Markdown tables, for a reference page."`
}

// Run lists every menu.
func (v *kindsVerb) Run(a *app) error {
	write := writeMenu
	if v.Markdown {
		write = writeMarkdown
	}
	var b strings.Builder
	for i, menu := range a.Kinds() {
		if i > 0 {
			b.WriteByte('\n')
		}
		write(&b, menu)
	}
	return a.print(b.String())
}

// writeMenu lists the rows under each other, and the settings under each row.
func writeMenu(b *strings.Builder, menu scenarios.Menu) {
	fmt.Fprintf(b, "%s (%s)\n", menu.What, menu.Where)
	column := nameColumn(len(menu.Kinds), func(i int) string { return menu.Kinds[i].Name })
	for _, kind := range menu.Kinds {
		writeEntry(b, column, entry{kind.Name, kind.About})
		for _, knob := range kind.Knobs {
			b.WriteString(reports.Hanging(fmt.Sprintf("  %*s    %s: ", column, "", knob.Key), describe(knob), 80))
		}
	}
}

// describe is one setting in a sentence: its type, its default, what it is.
func describe(knob strict.Knob) string {
	text := knob.Type
	if knob.Allowed != "" {
		text += " " + knob.Allowed
	}
	switch {
	case knob.Required:
		text += ", required"
	case knob.Default != "":
		text += ", " + knob.Default + " when left out"
	}
	if knob.Doc != "" {
		text += "; " + knob.Doc
	}
	return text
}

func writeMarkdown(b *strings.Builder, menu scenarios.Menu) {
	fmt.Fprintf(b, "### %s (`%s`)\n\n| name | setting | what it is |\n|---|---|---|\n", menu.What, menu.Where)
	for _, kind := range menu.Kinds {
		fmt.Fprintf(b, "| `%s` | | %s |\n", kind.Name, cell(kind.About))
		for _, knob := range kind.Knobs {
			fmt.Fprintf(b, "| | `%s` | %s |\n", knob.Key, cell(describe(knob)))
		}
	}
}

// cell makes text fit into a Markdown table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
