package chance

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// Stream is a source of random numbers: the generator xoroshiro128++ 1.0
// (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM
// TOMS 47(4), 2021). It is a small value; a copy draws the same numbers again.
// The zero Stream is not usable.
type Stream struct{ a, b uint64 }

// New returns the stream of one owner and purpose ("web-2", "up") in one
// replication of a run. Streams of different names share nothing, whatever the
// order in which they are made, so that adding a service moves no one's draws.
func New(seed uint64, replication int, owner, purpose string) Stream {
	sum := digest(seed, replication, owner, purpose)
	a, b := binary.LittleEndian.Uint64(sum[0:8]), binary.LittleEndian.Uint64(sum[8:16])
	if a|b == 0 {
		a = gamma // the one state that xoroshiro never leaves
	}
	return Stream{a, b}
}

// Key returns the root of a tree of keys (Mix, Keyed), named like a stream.
func Key(seed uint64, replication int, owner, purpose string) uint64 {
	sum := digest(seed, replication, owner, purpose)
	return binary.LittleEndian.Uint64(sum[16:24])
}

// digest hashes the tuple, each text after its length, so that no two tuples
// are written alike.
func digest(seed uint64, replication int, owner, purpose string) [sha256.Size]byte {
	text := make([]byte, 0, 64)
	text = binary.LittleEndian.AppendUint64(text, seed)
	text = binary.LittleEndian.AppendUint64(text, uint64(replication))
	for _, s := range []string{owner, purpose} {
		text = binary.LittleEndian.AppendUint64(text, uint64(len(s)))
		text = append(text, s...)
	}
	return sha256.Sum256(text)
}

// Keyed returns the stream of a key. It is cheap enough to make one for every
// request: Keyed(Mix(parent, n)).
func Keyed(key uint64) Stream {
	// Each half is zero for exactly one key, and not for the same one.
	return Stream{mix13(key + gamma), moremur(key ^ weyl)}
}

// Mix returns the n-th child of key. Each bit of either argument flips each bit
// of the child half of the time; for one key, different n never collide.
func Mix(key, n uint64) uint64 { return mix13(key + moremur(n+gamma)) }

// Name returns a number for a name, to use with Mix: FNV-1a, then finalised.
func Name(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return moremur(h)
}

const (
	gamma = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio
	weyl  = 0xd1342543de82ef95 // any odd constant without pattern
)

// mix13 is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, with
// Stafford's variant 13 of the constants).
func mix13(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// moremur is Evensen's finaliser with the best measured avalanche of this form
// ("Stronger, better, morer, Moremur", 2019).
func moremur(z uint64) uint64 {
	z = (z ^ z>>27) * 0x3c79ac492ba7b653
	z = (z ^ z>>33) * 0x1c69b3f74ac4ae35
	return z ^ z>>27
}

// Uint64 returns 64 random bits.
func (s *Stream) Uint64() uint64 {
	a, b := s.a, s.b
	sum := bits.RotateLeft64(a+b, 17) + a
	b ^= a
	s.a = bits.RotateLeft64(a, 49) ^ b ^ b<<21
	s.b = bits.RotateLeft64(b, 28)
	return sum
}

// Float64 returns a number in [0, 1), a multiple of 2^-53.
func (s *Stream) Float64() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// above0 returns a number in (0, 1], whose logarithm is finite.
func (s *Stream) above0() float64 { return float64(s.Uint64()>>11+1) * 0x1p-53 }

// IntN returns a number in [0, n), each equally often (Lemire, "Fast random
// integer generation in an interval", ACM TOMACS 29(1), 2019). n is above 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic("chance: IntN needs a number above 0")
	}
	return int(s.below(uint64(n)))
}

func (s *Stream) below(n uint64) uint64 {
	high, low := bits.Mul64(s.Uint64(), n)
	if low < n {
		for biased := -n % n; low < biased; {
			high, low = bits.Mul64(s.Uint64(), n)
		}
	}
	return high
}
