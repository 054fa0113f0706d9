package pcap

import (
	"bytes"
	"encoding/binary"
)

// prefixed is a gRPC message with its prefix: not compressed, and the length.
func prefixed(n int) []byte {
	out := binary.BigEndian.AppendUint32([]byte{0}, uint32(n))
	return append(out, protobuf(n)...)
}

// protobuf is a message of n bytes: field 1, a text, and field 2, a number,
// where the length of the text alone does not come out.
func protobuf(n int) []byte {
	switch {
	case n == 0:
		return nil
	case n == 1:
		return []byte{0x0b} // the least there is: a group that begins
	}
	for number := 0; ; number += 2 {
		text := n - number - 2
		for text > 0 && 1+varint(text)+text+number > n {
			text--
		}
		if 1+varint(text)+text+number == n {
			out := binary.AppendUvarint([]byte{1<<3 | 2}, uint64(text))
			out = append(out, bytes.Repeat([]byte{'m'}, text)...)
			return append(out, bytes.Repeat([]byte{2 << 3, 1}, number/2)...)
		}
	}
}

func varint(n int) int { return len(binary.AppendUvarint(nil, uint64(n))) }
