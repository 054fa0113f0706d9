package dns

// Sizes of RFC 1035 4.1 and RFC 6891 6.1.2.
const (
	header = 12
	fixed  = 2 + 2 + 4 + 2 // of a record: type, class, time to live, length of its data
	opt    = 1 + fixed     // the record that asks for longer answers over UDP
	// Prefix is the length that stands before a message in TCP (RFC 1035 4.2.2).
	Prefix = 2
	// Plain is the longest answer over UDP without EDNS (RFC 1035 4.2.1).
	Plain = 512
	// A and AAAA are the lengths of their data.
	A    = 4
	AAAA = 16
)

// nameBytes is a name as labels, each with its length before it, and a 0 (RFC
// 1035 3.1): two bytes more than its text.
func nameBytes(name string) int {
	if n := len(name); n > 0 && name[n-1] == '.' {
		return n + 1
	}
	return len(name) + 2
}

// Query is the length of a question.
func Query(name string, edns bool) int {
	n := header + nameBytes(name) + 2 + 2
	if edns {
		n += opt
	}
	return n
}

// Answer is the length of the answer: the question, and records whose names
// point back at it (RFC 1035 4.1.4), each with so many bytes of data.
func Answer(name string, edns bool, records, data int) int {
	return Query(name, edns) + records*(2+fixed+data)
}

// Truncated says whether an answer of n bytes is cut short over UDP, the TC bit
// set, so that it has to be asked for again over TCP (RFC 1035 4.2.1, RFC 7766
// 5).
func Truncated(n int, settings *Settings) bool { return n > settings.largest() }
