package pcap

import "sort"

// Stream is the bytes of one direction of a connection, by their position. What
// lies behind the last byte written reads as zeros. The zero Stream is empty.
type Stream struct {
	parts  [][]byte
	starts []int64
	size   int64
}

// Write appends a part, which must not be changed afterwards. The error is nil.
func (s *Stream) Write(part []byte) (int, error) {
	if len(part) > 0 {
		s.parts, s.starts = append(s.parts, part), append(s.starts, s.size)
		s.size += int64(len(part))
	}
	return len(part), nil
}

// Size is how many bytes were written.
func (s *Stream) Size() int64 { return s.size }

// read fills p with what stands from a position on, the first byte being 0.
func (s *Stream) read(p []byte, from int64) {
	i := sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > from }) - 1
	for ; len(p) > 0 && i >= 0 && i < len(s.parts); i++ {
		n := copy(p, s.parts[i][min(from-s.starts[i], int64(len(s.parts[i]))):])
		p, from = p[n:], from+int64(n)
	}
	clear(p)
}
