package main

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/scenarios"
)

const referenceHead = `# The scenario file

Every key that a scenario file may have. This page is what
` + "`meshdyno kinds --markdown`" + ` prints, made from the code that reads the file.

Units are always written: durations ` + "`250us 5ms 1.5s 2m`" + `, sizes ` + "`4KiB 1MB`" + `, bit rates
` + "`10Gbps`" + `, rates ` + "`400/s 30/m`" + `, ratios ` + "`0.1%` or `0.001`" + `. In a path, ` + "`NAME`" + ` stands for
a name that you choose and ` + "`N`" + ` for a place in a list, counted from 0;
` + "`--set PATH=VALUE`" + ` takes such paths. A section that is left out is not in force; a
key that is left out of a section has the default given here. Where a key has
keys of its own, their table follows below.
`

// referencePage is the whole reference.
func referencePage(parts []scenarios.Part) string {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, part := range parts {
		fmt.Fprintf(&b, "\n## %s\n", title(part.Name))
		for i := range part.Sections {
			pageSection(&b, &part.Sections[i])
		}
		for _, m := range part.Menus {
			pageMenu(&b, &m)
		}
	}
	return b.String()
}

// pageSection is the table of a section, and those of its kinds.
func pageSection(b *strings.Builder, s *strict.Section) {
	if s.Paths[0] != "" {
		fmt.Fprintf(b, "\n### %s\n\n%s.", codes(s.Paths), sentence(s.Doc))
		if s.Short != "" {
			fmt.Fprintf(b, " A bare value is its `%s`.", s.Short)
		}
		if s.KindKey != "" {
			fmt.Fprintf(b, " `%s` names the kind%s; just the name will do where its defaults are meant.", s.KindKey, orUsual(s.Usual))
		} else if s.What != "" {
			fmt.Fprintf(b, " One key beside these names the kind of %s and holds its settings.", s.What)
		}
		b.WriteByte('\n')
	}
	pageKnobs(b, s.Knobs)
	pageDifferences(b, lastKey(s.Paths[0]))
	for _, kind := range s.Kinds {
		fmt.Fprintf(b, "\n#### %s `%s`\n\n%s.\n", s.What, kind.Name, sentence(kind.About))
		pageKnobs(b, kind.Knobs)
		pageDifferences(b, kind.Name)
	}
}

func orUsual(kind string) string {
	if kind == "" {
		return ""
	}
	return ", `" + kind + "` when left out"
}

func pageKnobs(b *strings.Builder, knobs []strict.Knob) {
	if len(knobs) == 0 {
		return
	}
	b.WriteString("\n| key | may be | default | |\n|---|---|---|---|\n")
	for _, knob := range knobs {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", knob.Key, cell(typeOf(knob)), defaultCell(knob), cell(knob.Doc))
	}
}

func defaultCell(knob strict.Knob) string {
	switch {
	case knob.Required:
		return "required"
	case knob.Default == "":
		return ""
	}
	return "`" + knob.Default + "`"
}

func pageDifferences(b *strings.Builder, name string) {
	differences := scenarios.Differences(name)
	if len(differences) == 0 {
		return
	}
	b.WriteString("\nIn other dialects:\n\n")
	for _, d := range differences {
		fmt.Fprintf(b, "- `%s`: %s\n", d.Dialect, d.About)
	}
}

// pageMenu is the table of what can be chosen by name and has no settings; words
// that say nothing of themselves stand in the table of their key already.
func pageMenu(b *strings.Builder, m *scenarios.Menu) {
	if m.Kinds[0].About == "" {
		return
	}
	fmt.Fprintf(b, "\n### %s (%s)\n\n| name | what it is |\n|---|---|\n", m.What, m.Where)
	for _, kind := range m.Kinds {
		text := kind.About
		for _, change := range kind.Knobs {
			text += fmt.Sprintf("<br>`%s`: %s", change.Key, change.Doc)
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", kind.Name, cell(text))
	}
}

// codes are the places of a section: the first, and where else it stands.
func codes(paths []string) string {
	text := "`" + paths[0] + "`"
	for _, also := range paths[1:] {
		text += ", `" + also + "`"
	}
	return text
}

// sentence begins with a capital.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// cell makes text fit into a Markdown table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
