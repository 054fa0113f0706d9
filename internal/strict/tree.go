package strict

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// extent is what a value costs once its aliases are followed.
type extent struct {
	nodes, depth int
	open         bool // its inside is still being measured: an alias to it is inside it
}

// checkTree holds the parsed tree to the limits and walks away at the first
// breach; doubled keys and tags are noted and the walk goes on.
func (t *Tree) checkTree(isMasked bool) *Error {
	if isMasked {
		t.root.Value = unmasked(t.root.Value)
	}
	err := t.walk(t.root, isMasked, 1)
	if err != nil {
		return err
	}
	_, err = t.measure(t.root)
	return err
}

func (t *Tree) walk(n *yaml.Node, isMasked bool, depth int) *Error {
	if t.count++; t.count > MaxNodes {
		return t.errorAt(n, "the file has more than 500,000 values")
	}
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		if t.names++; t.names > MaxAliases {
			return t.errorAt(n, "more than 10,000 anchors and aliases")
		}
	}
	if depth > MaxDepth {
		return t.errorAt(n, "nested deeper than 64 levels")
	}
	for _, child := range n.Content {
		if isMasked {
			child.Value = unmasked(child.Value)
		}
	}
	t.checkTag(n)
	if n.Kind == yaml.MappingNode {
		t.checkKeys(n)
	}
	for _, child := range n.Content {
		if err := t.walk(child, isMasked, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// checkTag refuses every tag but the plain ones of the JSON types.
func (t *Tree) checkTag(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle == 0 {
		return
	}
	allowed := map[yaml.Kind]string{yaml.MappingNode: "!!map", yaml.SequenceNode: "!!seq", yaml.ScalarNode: "!!str !!int !!float !!bool"}
	for _, tag := range []string{"!!str", "!!int", "!!float", "!!bool", "!!map", "!!seq"} {
		if n.Tag == tag && strings.Contains(allowed[n.Kind], tag) {
			return
		}
	}
	t.refused[n] = true
	t.note(n, "the tag %s is not allowed here; leave it out", Show(n.Tag))
}

// checkKeys notes keys that are doubled or no plain text, in linear time.
func (t *Tree) checkKeys(n *yaml.Node) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := follow(n.Content[i])
		switch {
		case key.Kind != yaml.ScalarNode:
			t.note(n.Content[i], "a key must be a word (got %s); a value that begins with [ or { and goes on needs quotes", kindName(key))
			continue
		case isNull(key):
			t.note(n.Content[i], "a key must be a word (got %s); put it in quotes if you mean the text", nullWord(key))
			continue
		case key.Value == "<<" && key.Style == 0:
			t.note(n.Content[i], "merge keys (<<) are not read; write the keys out, or use an alias for a whole value")
			continue
		}
		name := key.Value
		if first, doubled := seen[name]; doubled {
			t.note(n.Content[i], "key %s is here twice; the first is in line %d, column %d", Show(name), first.Line, first.Column)
			continue
		}
		seen[name] = n.Content[i]
	}
}

// measure counts nodes and depth with every alias followed, and finds aliases
// that lie inside what they stand for. Each node is measured once, so a bomb of
// aliases costs no more than its text.
func (t *Tree) measure(n *yaml.Node) (extent, *Error) {
	if n.Kind == yaml.AliasNode {
		e, known := t.size[n.Alias]
		if known && e.open {
			return e, t.errorAt(n, "the alias %s stands inside the value that it repeats", Show("*"+n.Value))
		}
		if !known {
			var err *Error
			if e, err = t.measure(n.Alias); err != nil {
				return e, err
			}
		}
		return e, nil
	}
	if e, known := t.size[n]; known && !e.open {
		return e, nil
	}
	if n.Anchor != "" {
		t.size[n] = extent{open: true}
	}
	sum := extent{nodes: 1, depth: 1}
	for _, child := range n.Content {
		e, err := t.measure(child)
		if err != nil {
			return e, err
		}
		sum.nodes += e.nodes
		sum.depth = max(sum.depth, e.depth+1)
		if sum.nodes > MaxNodes {
			return sum, t.errorAt(child, "with its aliases followed, the file has more than 500,000 values")
		}
		if sum.depth > MaxDepth {
			return sum, t.errorAt(child, "nested deeper than 64 levels, with aliases followed")
		}
	}
	if n.Anchor != "" {
		t.size[n] = sum
	}
	return sum, nil
}

// pos is the place of a node: of its text in the file, or the --set it came from.
func (t *Tree) pos(n *yaml.Node) Pos {
	if set, ok := t.origin[n]; ok {
		return Pos{File: set}
	}
	return Pos{t.file, n.Line, n.Column}
}

func (t *Tree) errorAt(n *yaml.Node, format string, args ...any) *Error {
	return &Error{t.pos(n), fmt.Sprintf(format, args...)}
}

func (t *Tree) note(n *yaml.Node, format string, args ...any) {
	t.errs = append(t.errs, t.errorAt(n, format, args...))
}

// isName reports a key that can be one: a scalar that is no null and no merge.
func isName(key *yaml.Node) bool {
	key = follow(key)
	return key.Kind == yaml.ScalarNode && !isNull(key) && (key.Value != "<<" || key.Style != 0)
}

// follow is the node that an alias stands for, or n itself.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// isNull reports a plain null, ~ or nothing at all.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Tag == "!!null"
}

func nullWord(n *yaml.Node) string {
	if n.Value == "" {
		return "nothing"
	}
	return n.Value
}

func kindName(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return nullWord(n)
	}
	return Show(n.Value)
}

// YAML writes the tree as a file again, every --set included.
func (t *Tree) YAML() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(t.root); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// Plain is the tree as encoding/json would give it: map[string]any, []any,
// string, float64, bool and nil, with aliases followed.
func (t *Tree) Plain() any { return plainOf(t.root) }

func plainOf(n *yaml.Node) any {
	switch n = follow(n); n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[follow(n.Content[i]).Value] = plainOf(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, child := range n.Content {
			list[i] = plainOf(child)
		}
		return list
	}
	var v any
	if n.Style == 0 && n.Tag != "!!str" && n.Tag != "!!timestamp" && n.Decode(&v) == nil {
		if x, ok := number(reflect.ValueOf(v)); ok && v != nil {
			return x
		}
		return v
	}
	return n.Value
}
