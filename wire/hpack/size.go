package hpack

// Field is one line of a head. Names are in lower case.
type Field struct {
	Name, Value string
	// Never keeps it out of the tables, as for what must stay secret (RFC 7541
	// 7.1.3), and for what is another in every message.
	Never bool
}

// perEntry is what an entry counts beside its text (RFC 7541 4.1).
const perEntry = 32

// Size is what f takes of a table (RFC 7541 4.1), and of the limit that
// SETTINGS_MAX_HEADER_LIST_SIZE sets.
func (f *Field) Size() int { return len(f.Name) + len(f.Value) + perEntry }

// IntBytes is the length of a number whose first bits lie in the last prefix
// bits of a byte (RFC 7541 5.1).
func IntBytes(prefix uint, n int) int {
	most := 1<<prefix - 1
	if n < most {
		return 1
	}
	bytes := 2
	for n -= most; n >= 128; n >>= 7 {
		bytes++
	}
	return bytes
}

// HuffmanBytes is the length of text in Huffman's code, padded to a byte (RFC
// 7541 5.2).
func HuffmanBytes(text string) int {
	bits := 0
	for i := range len(text) {
		bits += int(huffmanBits[text[i]])
	}
	return (bits + 7) / 8
}

// TextBytes is the length of text on the wire, with its length before it, in the
// shorter of both writings (RFC 7541 5.2).
func TextBytes(text string) int {
	n := min(len(text), HuffmanBytes(text))
	return IntBytes(7, n) + n
}
