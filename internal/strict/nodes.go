package strict

import "go.yaml.in/yaml/v3"

// Root is the parsed file, for readers of formats that are not ours: within the
// limits, with aliases that can be followed safely, and with what Parse noted.
// Such a reader owns the tree and decodes it itself.
func (t *Tree) Root() (*yaml.Node, Errors) { return t.root, t.errs }

// Follow is the node that an alias stands for, or n itself.
func Follow(n *yaml.Node) *yaml.Node { return follow(n) }

// IsNull reports a plain null, ~ or nothing at all.
func IsNull(n *yaml.Node) bool { return isNull(n) }

// KindName says for an error what stands at n.
func KindName(n *yaml.Node) string { return kindName(follow(n)) }
