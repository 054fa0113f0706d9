package strict

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// matches holds a text to a pattern.
func (d *decoder) matches(n *yaml.Node, text string, f *field) {
	if f.pattern != nil && !f.pattern.MatchString(text) {
		d.fail(n, "%s", badName(text, f.pattern.String()))
	}
}

func badName(text, pattern string) string {
	return fmt.Sprintf("%s is not allowed here (allowed %s)", Show(text), readable(pattern))
}

// readable puts the pattern of names into words.
func readable(pattern string) string {
	switch pattern {
	case NamePattern:
		return "a to z, 0 to 9, - and _ inside, 63 characters at most"
	case PathPattern:
		return "a path that begins with /"
	}
	return "what matches " + pattern
}

// Patterns of names, for pattern tags. Names reach file names, charts and
// terminals, so they hold nothing that needs escaping anywhere.
const (
	NamePattern = `^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$`
	PathPattern = `^/[!-~]{0,255}$`
)
