package main

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/reports"
	"github.com/meshdyno/meshdyno/scenarios"
)

const kindsHead = `What a scenario may say: the keys of each section, and what they choose from by
name. More of one thing: meshdyno kinds NAME, where NAME is a menu (balancer), a
kind (least_request), a section (outlier_detection) or a knob (num_retries). All
on one page: meshdyno kinds --markdown, which is docs/reference.md.
`

// overviewOfKinds names the keys of every section and lists every menu.
func overviewOfKinds(parts []scenarios.Part) string {
	var b strings.Builder
	b.WriteString(kindsHead)
	for _, part := range parts {
		fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(title(part.Name)))
		for _, s := range part.Sections {
			writeKeys(&b, &s)
		}
		for _, m := range part.AllMenus() {
			b.WriteByte('\n')
			writeMenu(&b, m)
		}
	}
	return b.String()
}

// title is what a part is called.
func title(part string) string {
	if part == "" {
		return "the file"
	}
	return part
}

// writeKeys is a section's keys in one sentence.
func writeKeys(b *strings.Builder, s *strict.Section) {
	var keys []string
	for _, knob := range s.Knobs {
		keys = append(keys, knob.Key)
	}
	if len(keys) > 0 {
		hang(b, "  "+orTop(s.Paths[0])+": ", strings.Join(keys, ", "))
	}
}

// deepest is how far to the right text may hang; behind a longer head it begins
// on the next line.
const deepest = 28

// hang writes a head and its text, which goes on under itself.
func hang(b *strings.Builder, head, text string) {
	if len(head) > deepest {
		b.WriteString(strings.TrimRight(head, " ") + "\n")
		indent := len(head) - len(strings.TrimLeft(head, " ")) + 4
		head = strings.Repeat(" ", indent)
	}
	b.WriteString(reports.Hanging(head, text, 80))
}

func orTop(path string) string {
	if path == "" {
		return "at the top"
	}
	return path
}

// writeSection lists some keys of a section.
func writeSection(b *strings.Builder, s *strict.Section, knobs []strict.Knob) {
	b.WriteString(reports.Hanging(orTop(s.Paths[0]), "", 80))
	if len(knobs) == len(s.Knobs) {
		b.WriteString(reports.Hanging("  ", s.Doc, 80))
	}
	if s.Short != "" {
		b.WriteString(reports.Hanging("  ", "a bare value is its "+s.Short, 80))
	}
	for _, knob := range knobs {
		writeKnob(b, 2, knob)
	}
	if s.What == "" {
		writeDifferences(b, 2, lastKey(s.Paths[0]))
	}
}

// writeMenu lists the rows under each other, and the settings under each row.
func writeMenu(b *strings.Builder, menu scenarios.Menu) {
	fmt.Fprintf(b, "%s (%s)\n", menu.What, menu.Where)
	if menu.Kinds[0].About == "" {
		b.WriteString(reports.Hanging("  ", strings.Join(kindNames(menu.Kinds), ", "), 80))
		return
	}
	column := nameColumn(len(menu.Kinds), func(i int) string { return menu.Kinds[i].Name })
	for _, kind := range menu.Kinds {
		writeEntry(b, column, entry{kind.Name, kind.About})
		for _, knob := range kind.Knobs {
			writeKnob(b, 6, knob)
		}
		if menu.What != "dialect" {
			writeDifferences(b, 6, kind.Name)
		}
	}
	writeDifferences(b, 2, lastKey(menu.Where))
}

func kindNames(kinds []strict.Kind) (names []string) {
	for _, kind := range kinds {
		names = append(names, kind.Name)
	}
	return names
}

func writeKnob(b *strings.Builder, indent int, knob strict.Knob) {
	hang(b, fmt.Sprintf("%*s%s: ", indent, "", knob.Key), describe(knob))
}

// writeDifferences says what the dialects do otherwise with a kind or section.
func writeDifferences(b *strings.Builder, indent int, name string) {
	for _, d := range scenarios.Differences(name) {
		hang(b, fmt.Sprintf("%*sdialect %s: ", indent, "", d.Dialect), d.About)
	}
}

// describe is one setting in a sentence: its type, its default, what it is.
func describe(knob strict.Knob) string {
	text := typeOf(knob)
	switch {
	case knob.Required:
		text += ", required"
	case knob.Default != "":
		text += ", " + knob.Default + " when left out"
	}
	if text != "" && knob.Doc != "" {
		text += "; "
	}
	return text + knob.Doc
}

// typeOf is what a knob may be, bounds included.
func typeOf(knob strict.Knob) string {
	if knob.Allowed == "" {
		return knob.Type
	}
	return knob.Type + " " + knob.Allowed
}
