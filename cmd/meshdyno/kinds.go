package main

import (
	"fmt"
	"strings"
)

type kindsVerb struct {
	Markdown bool `help:"As Markdown tables, for a reference page."`
}

// Run lists every menu.
func (v *kindsVerb) Run(a *app) error {
	var b strings.Builder
	for i, menu := range a.Kinds() {
		if i > 0 {
			b.WriteByte('\n')
		}
		if v.Markdown {
			writeMarkdown(&b, menu)
		} else {
			b.WriteString(menu.what + "\n")
			writeEntries(&b, menu.rows)
		}
	}
	return a.print(b.String())
}

func writeMarkdown(b *strings.Builder, menu menuOf) {
	fmt.Fprintf(b, "| %s | what it is |\n|---|---|\n", menu.what)
	for _, row := range menu.rows {
		fmt.Fprintf(b, "| `%s` | %s |\n", row.name, strings.ReplaceAll(row.about, "|", `\|`))
	}
}
