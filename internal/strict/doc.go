// Package strict reads YAML into Go structs and guesses nothing. A key that is
// not known, a number that would be rounded, a name that is really a null, a
// tag, a second document: each is an error, with its place and, where there is
// one, the name that was probably meant. All errors of a file come at once.
//
// The struct says everything through tags and small methods:
//
//	yaml:"name"       the key; a field without the tag is not in the file
//	yaml:",key"       on a field of a list's element: the list is written as a
//	                  mapping from this field to the rest, order kept
//	yaml:",value"     beside ",key": the rest is this one scalar
//	doc, min, max     the sentence of the reference; the bounds, in the file's words
//	enum:"a,b"        the words allowed; for a list, in its elements
//	pattern:"^x$"     what a text must look like
//	required:"true"   the key must be there
//
//	SetDefaults()     called before decoding
//	Short() string    a bare scalar, or list, sets this one key; where a list of
//	                  such elements stands, a bare scalar is a list of one
//	Check() error     called after decoding; its error gets the struct's place
//	UnmarshalText     reads a scalar, as it was written; an error that begins
//	                  "column 7: " is placed at that character of it
//	Refused(key) string
//	                  why a key that one might expect is not there; "" for others
//	KindKey, Kinds, SetKind
//	                  a choice from a menu: the named key chooses the row and the
//	                  other keys are the row's settings; with an empty KindKey one
//	                  key beside the fields names the row and holds its settings
//	UsualKind() string
//	                  the row that is chosen when the key is left out
//
// From the same types come the JSON Schema (Schema), the listing of kinds
// (Describe), and the paths of --set (Tree.Set).
//
// One thing is read more kindly than in plain YAML: between the parentheses of
// a call, as in {latency: normal(1ms, 100us), loss: 1%}, commas and colons
// belong to the value and need no quotes.
package strict
