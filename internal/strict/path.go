package strict

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// SplitPath cuts a path such as services.web.endpoints./checkout.steps.0.call
// into its keys and indexes. A key that holds a dot is written in double
// quotes: services.web.endpoints."/v1.2/pay".errors.
func SplitPath(path string) ([]string, error) {
	var parts []string
	for rest := path; ; {
		var part string
		if strings.HasPrefix(rest, `"`) {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, fmt.Errorf("the path %s has a quote that is never closed", Show(path))
			}
			rest = rest[len(quoted):]
			part, _ = strconv.Unquote(quoted)
			if rest != "" && rest[0] != '.' {
				return nil, fmt.Errorf("the path %s must have a dot after a quoted key", Show(path))
			}
		} else {
			part = rest[:dotOrEnd(rest)]
			rest = rest[len(part):]
		}
		if part == "" {
			return nil, fmt.Errorf("the path %s has an empty key", Show(path))
		}
		parts = append(parts, part)
		if rest == "" {
			return parts, nil
		}
		rest = rest[1:]
	}
}

func dotOrEnd(s string) int {
	if i := strings.IndexByte(s, '.'); i >= 0 {
		return i
	}
	return len(s)
}

// JoinPath is the opposite of SplitPath.
func JoinPath(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, part := range parts {
		quoted[i] = part
		if part == "" || strings.ContainsAny(part, ".\"=") {
			quoted[i] = strconv.Quote(part)
		}
	}
	return strings.Join(quoted, ".")
}

// Pos is where the value at a path stands; for a mapping or list, its key. A
// path that leads through a short form, or to what is not written, gives the
// nearest place that is.
func (t *Tree) Pos(path ...string) Pos {
	place, _ := t.find(path)
	return t.pos(place)
}

// Has reports whether the file, or a --set, says anything at a path.
func (t *Tree) Has(path ...string) bool {
	_, value := t.find(path)
	return value != nil
}

// IsMapping reports whether the file is a mapping, as most formats are.
func (t *Tree) IsMapping() bool { return t.root.Kind == yaml.MappingNode }

// HasKey reports whether a mapping stands at a path, and has this key; a short
// form has none.
func (t *Tree) HasKey(key string, path ...string) bool {
	_, value := t.find(path)
	return value != nil && value.Kind == yaml.MappingNode && keyIndex(value, key) >= 0
}

// Text is the text of the scalar at a path, if there is one.
func (t *Tree) Text(path ...string) (text string, ok bool) {
	_, n := t.find(path)
	if n == nil || n.Kind != yaml.ScalarNode || isNull(n) {
		return "", false
	}
	return n.Value, true
}

// find follows a path as far as it leads: the nearest place, and the value at
// its end, nil when it ends before.
func (t *Tree) find(path []string) (place, value *yaml.Node) {
	place, value = t.root, follow(t.root)
	for _, part := range path {
		switch value.Kind {
		case yaml.MappingNode:
			i := keyIndex(value, part)
			if i < 0 {
				return place, nil
			}
			place, value = value.Content[i], follow(value.Content[i+1])
			if value.Kind == yaml.ScalarNode && !isNull(value) {
				place = value
			}
		case yaml.SequenceNode:
			i, err := strconv.Atoi(part)
			if err != nil {
				continue // a key on a list: the one that the list is short for
			}
			if i < 0 || i >= len(value.Content) {
				return place, nil
			}
			place, value = value.Content[i], follow(value.Content[i])
		default:
			return place, value // a scalar that is short for what the rest of the path names
		}
	}
	return place, value
}

// keyIndex is where in n.Content a key of a mapping stands, -1 for none.
func keyIndex(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if follow(n.Content[i]).Value == key {
			return i
		}
	}
	return -1
}

// Errorf is an error at the place of a path.
func (t *Tree) Errorf(path []string, format string, args ...any) *Error {
	return &Error{t.Pos(path...), fmt.Sprintf(format, args...)}
}
