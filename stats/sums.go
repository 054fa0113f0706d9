package stats

import (
	"math"
	"math/big"
	"math/bits"
)

// sums holds the count, sum and sum of squares of non-negative integers
// exactly: 128 and 192 bits cannot overflow while the count fits 64. Exact sums
// do not depend on the order of adding, and lose nothing when the spread is
// small beside the level.
type sums struct {
	n  uint64
	s1 [2]uint64 // low word first
	s2 [3]uint64
}

func (s *sums) add(v uint64) {
	var c uint64
	s.n++
	s.s1[0], c = bits.Add64(s.s1[0], v, 0)
	s.s1[1] += c
	hi, lo := bits.Mul64(v, v)
	s.s2[0], c = bits.Add64(s.s2[0], lo, 0)
	s.s2[1], c = bits.Add64(s.s2[1], hi, c)
	s.s2[2] += c
}

func (s *sums) merge(o *sums) {
	var c uint64
	s.n += o.n
	s.s1[0], c = bits.Add64(s.s1[0], o.s1[0], 0)
	s.s1[1] += o.s1[1] + c
	s.s2[0], c = bits.Add64(s.s2[0], o.s2[0], 0)
	s.s2[1], c = bits.Add64(s.s2[1], o.s2[1], c)
	s.s2[2] += o.s2[2] + c
}

// mean is the sum over the count, rounded once.
func (s *sums) mean() float64 {
	if s.n == 0 {
		return 0
	}
	return quotient(wide(s.s1[:]), wide([]uint64{s.n}))
}

// variance is (n*S2 - S1^2) / (n*(n-1)), exact before the division.
func (s *sums) variance() float64 {
	if s.n < 2 {
		return 0
	}
	n, s1, s2 := wide([]uint64{s.n}), wide(s.s1[:]), wide(s.s2[:])
	over := s2.Mul(s2, n)
	over.Sub(over, s1.Mul(s1, s1))
	under := new(big.Int).Sub(n, big.NewInt(1))
	return quotient(over, under.Mul(under, n))
}

func (s *sums) stddev() float64 { return math.Sqrt(s.variance()) }

func wide(words []uint64) *big.Int {
	v := new(big.Int)
	for i := len(words) - 1; i >= 0; i-- {
		v.Lsh(v, 64)
		v.Or(v, new(big.Int).SetUint64(words[i]))
	}
	return v
}

func quotient(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}
