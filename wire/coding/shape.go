package coding

import "math/bits"

// Kind is what a field holds.
type Kind uint8

// The kinds.
const (
	Int    Kind = iota // int64; in JSON a number
	Bool               // true
	Double             // in JSON as many characters as Length says
	Text               // Length bytes, none of which JSON escapes
	Bytes              // Length bytes, base64 in JSON
	Nested             // a message
)

// Field is one field of a message, or a list of equal values.
type Field struct {
	Number int // protobuf's
	Name   string
	Kind   Kind
	Value  int64 // of Int
	Length int   // of Double, Text, Bytes
	Of     Shape // of Nested
	List   int   // how many values a list has; 0: it is no list
}

// Shape is the fields of a message, as far as they decide its length.
type Shape []Field

// Values is how many bytes the values have in memory: eight for a number, one
// for true. It is what the writings are compared with.
func (s Shape) Values() (n int) {
	for i := range s {
		n += max(1, s[i].List) * s[i].values()
	}
	return n
}

func (f *Field) values() int {
	switch f.Kind {
	case Int, Double:
		return 8
	case Bool:
		return 1
	case Nested:
		return f.Of.Values()
	}
	return f.Length
}

// Protobuf is the length in protobuf's wire format: for each field a key, a
// varint of number and type, and its value; lists of numbers share one key. As in
// proto3 a number of 0 and empty text are left out.
func (s Shape) Protobuf() (n int) {
	for i := range s {
		n += s[i].protobuf()
	}
	return n
}

func (f *Field) protobuf() int {
	key := varint(uint64(f.Number) << 3)
	switch {
	case f.List == 0 && f.isDefault():
		return 0
	case f.List == 0:
		return key + f.valueProtobuf()
	case f.Kind == Int || f.Kind == Bool || f.Kind == Double:
		packed := f.List * f.valueProtobuf()
		return key + varint(uint64(packed)) + packed
	}
	return f.List * (key + f.valueProtobuf())
}

func (f *Field) isDefault() bool {
	return f.Kind == Int && f.Value == 0 || (f.Kind == Text || f.Kind == Bytes) && f.Length == 0
}

func (f *Field) valueProtobuf() int {
	switch f.Kind {
	case Int:
		return varint(uint64(f.Value))
	case Bool:
		return 1
	case Double:
		return 8
	case Nested:
		n := f.Of.Protobuf()
		return varint(uint64(n)) + n
	}
	return varint(uint64(f.Length)) + f.Length
}

// varint is the length of protobuf's: seven bits a byte.
func varint(v uint64) int { return (max(1, bits.Len64(v)) + 6) / 7 }

// JSON is the length without any white space: {"name":value,"list":[1,2]}.
func (s Shape) JSON() int {
	n := len("{}") + max(0, len(s)-1)
	for i := range s {
		n += len(`"":`) + len(s[i].Name) + s[i].json()
	}
	return n
}

func (f *Field) json() int {
	if f.List == 0 {
		return f.valueJSON()
	}
	return len("[]") + f.List*f.valueJSON() + f.List - 1
}

func (f *Field) valueJSON() int {
	switch f.Kind {
	case Int:
		return decimal(f.Value)
	case Bool:
		return len("true")
	case Double:
		return f.Length
	case Bytes:
		return len(`""`) + (f.Length+2)/3*4
	case Nested:
		return f.Of.JSON()
	}
	return len(`""`) + f.Length
}

// decimal is how many characters v has.
func decimal(v int64) int {
	n, u := 1, uint64(v)
	if v < 0 {
		n, u = 2, -u
	}
	for ; u >= 10; u /= 10 {
		n++
	}
	return n
}
