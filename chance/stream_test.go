package chance

import (
	"fmt"
	"math"
	"math/bits"
	"testing"
)

// TestXoroshiro holds the generator to its published vector for the state 1, 2.
func TestXoroshiro(t *testing.T) {
	s := Stream{1, 2}
	for i, want := range []uint64{393217, 669327710093319, 1732421326133921491, 11394790081659126983, 9555452776773192676,
		3586421180005889563, 1691397964866707553, 10735626796753111697, 15216282715349408991, 14247243556711267923} {
		if got := s.Uint64(); got != want {
			t.Fatalf("number %d is %d, want %d", i, got, want)
		}
	}
}

// tally counts draws in equal cells and holds the chi-square statistic to four
// and a half standard deviations around its mean.
type tally []int

func (c tally) add(u float64) { c[int(u*float64(len(c)))]++ }

func (c tally) check(t *testing.T, what string) {
	t.Helper()
	n, chi := 0, 0.0
	for _, k := range c {
		n += k
	}
	expected := float64(n) / float64(len(c))
	for _, k := range c {
		chi += (float64(k) - expected) * (float64(k) - expected) / expected
	}
	free := float64(len(c) - 1)
	if z := (chi - free) / math.Sqrt(2*free); math.Abs(z) > 4.5 {
		t.Errorf("%s: chi-square of %d draws in %d cells is %.1f, %.1f deviations from its mean", what, n, len(c), chi, z)
	}
}

// correlation of pairs of uniforms, in standard errors.
type correlation struct {
	n   int
	sum float64
}

func (c *correlation) add(u, v float64) { c.n, c.sum = c.n+1, c.sum+(u-0.5)*(v-0.5)*12 }

func (c *correlation) check(t *testing.T, what string) {
	t.Helper()
	if z := c.sum / math.Sqrt(float64(c.n)); math.Abs(z) > 4.5 {
		t.Errorf("%s: the correlation of %d pairs is %.1f standard errors from none", what, c.n, z)
	}
}

func TestAStreamIsUniform(t *testing.T) {
	s := New(1, 0, "web", "up")
	top, pairs, low := make(tally, 1000), make(tally, 32*32), make(tally, 256)
	var lags [16]correlation
	var past [16]float64
	for i := range 1_000_000 {
		u := s.Float64()
		top.add(u)
		low[s.Uint64()%256]++
		pairs.add((math.Floor(u*32) + s.Float64()) / 32)
		for lag := range past {
			if i > lag {
				lags[lag].add(u, past[(i-1-lag)%len(past)])
			}
		}
		past[i%len(past)] = u
	}
	top.check(t, "one number")
	pairs.check(t, "a pair")
	low.check(t, "the low bits, which choose a layer of a ziggurat")
	for lag := range lags {
		lags[lag].check(t, fmt.Sprintf("lag %d", 3*(lag+1)))
	}
}

func TestReplicationsAreIndependent(t *testing.T) {
	const replications, draws = 1000, 256
	u := make([][draws]float64, replications)
	first := map[uint64]int{}
	for r := range u {
		s := New(1, r, "web", "up")
		start := s
		if before, seen := first[start.Uint64()]; seen {
			t.Fatalf("replications %d and %d begin alike", before, r)
		}
		start = s
		first[start.Uint64()] = r
		for i := range u[r] {
			u[r][i] = s.Float64()
		}
	}
	for _, apart := range []int{1, 2, 3, 7, 100} {
		for _, lag := range []int{0, 1, 2, 5} {
			var c correlation
			for r := apart; r < replications; r++ {
				for i := lag; i < draws; i++ {
					c.add(u[r][i], u[r-apart][i-lag])
				}
			}
			c.check(t, fmt.Sprintf("replications %d apart at lag %d", apart, lag))
		}
	}
	across := make(tally, 100)
	for i := range 8 {
		for r := range u {
			across.add(u[r][i])
		}
	}
	across.check(t, "the first numbers across replications")
}

func TestNoTwoNamesShareAStream(t *testing.T) {
	seen := map[Stream]string{}
	for seed := range uint64(10) {
		for replication := range 10 {
			for _, name := range [][2]string{{"", ""}, {"web", "up"}, {"we", "bup"}, {"webu", "p"}, {"web", ""}, {"", "web"}, {"web-0", "up"}, {"web", "-0up"}} {
				s := New(seed, replication, name[0], name[1])
				what := fmt.Sprint(seed, replication, name)
				if before, ok := seen[s]; ok {
					t.Fatalf("%s and %s share a stream", before, what)
				}
				seen[s] = what
			}
		}
	}
}

// TestKeysInSequence: each request takes a stream of its own and one to three
// numbers from it, so it is across streams of neighbouring keys, more than along
// one, that the numbers must be independent.
func TestKeysInSequence(t *testing.T) {
	root := Key(1, 0, "web", "work")
	for name, key := range map[string]func(n uint64) uint64{
		"children of one key":    func(n uint64) uint64 { return Mix(root, n) },
		"grandchildren":          func(n uint64) uint64 { return Mix(Mix(root, n), 1) },
		"first children of many": func(n uint64) uint64 { return Mix(n, 0) },
		"raw keys":               func(n uint64) uint64 { return n },
		"keys far apart":         func(n uint64) uint64 { return n << 40 },
	} {
		t.Run(name, func(t *testing.T) { keysInSequence(t, key) })
	}
}

func keysInSequence(t *testing.T, key func(n uint64) uint64) {
	const keys = 500_000
	var uniform, along, across [3]tally
	for i := range uniform {
		uniform[i], along[i], across[i] = make(tally, 1000), make(tally, 32*32), make(tally, 32*32)
	}
	low := make(tally, 256)
	lags := make([]correlation, 20)
	cross := make([]correlation, 20)
	past := make([][3]float64, len(lags))
	sum, squares := 0.0, 0.0
	for n := range uint64(keys) {
		s := Keyed(key(n))
		e := s
		low[e.Uint64()%256]++
		e = s
		x := e.Exp()
		sum, squares = sum+x, squares+x*x
		u := [3]float64{s.Float64(), s.Float64(), s.Float64()}
		for i := range u {
			uniform[i].add(u[i])
			along[i].add((math.Floor(u[i]*32) + u[(i+1)%3]) / 32)
			if n > 0 {
				across[i].add((math.Floor(u[i]*32) + past[(n-1)%uint64(len(past))][i]) / 32)
			}
		}
		for lag := range min(uint64(len(lags)), n) {
			before := past[(n-1-lag)%uint64(len(past))]
			lags[lag].add(u[0], before[0])
			cross[lag].add(u[0], before[1])
		}
		past[n%uint64(len(past))] = u
	}
	for i := range uniform {
		uniform[i].check(t, fmt.Sprintf("number %d of each key", i))
		along[i].check(t, fmt.Sprintf("numbers %d and %d of one key", i, (i+1)%3))
		across[i].check(t, fmt.Sprintf("number %d of neighbouring keys", i))
	}
	low.check(t, "low bits of the first number")
	for lag := range lags {
		lags[lag].check(t, fmt.Sprintf("first numbers, keys %d apart", lag+1))
		cross[lag].check(t, fmt.Sprintf("first and second numbers, keys %d apart", lag+1))
	}
	if z := (sum/keys - 1) * math.Sqrt(keys); math.Abs(z) > 4 {
		t.Errorf("the mean of the first exponential is %.1f standard errors off", z)
	}
	if z := (squares/keys - 2) / math.Sqrt(20.0/keys); math.Abs(z) > 4 {
		t.Errorf("its second moment is %.1f standard errors off", z)
	}
}

// TestMixAvalanches: whichever bit of either argument flips, every bit of the
// child flips half of the time.
func TestMixAvalanches(t *testing.T) {
	const trials = 4000
	s := New(3, 0, "mix", "test")
	for bit := range 128 {
		var flips [64]int
		total := 0
		for range trials {
			key, n := s.Uint64(), s.Uint64()&0xffff // counters are small
			before := Mix(key, n)
			if bit < 64 {
				key ^= 1 << bit
			} else {
				n ^= 1 << (bit - 64)
			}
			changed := before ^ Mix(key, n)
			total += bits.OnesCount64(changed)
			for i := range flips {
				flips[i] += int(changed >> i & 1)
			}
		}
		if z := (float64(total)/trials - 32) / (4 / math.Sqrt(trials)); math.Abs(z) > 5 {
			t.Errorf("input bit %d flips %.2f bits on average, want 32", bit, float64(total)/trials)
		}
		for i, k := range flips {
			if z := (float64(k) - trials/2) / math.Sqrt(trials/4); math.Abs(z) > 5.5 {
				t.Errorf("input bit %d flips output bit %d in %d of %d", bit, i, k, trials)
			}
		}
	}
}

func TestMixOfOneKeyNeverCollides(t *testing.T) {
	seen := make(map[uint64]bool, 300_000)
	for n := range uint64(300_000) {
		child := Mix(42, n)
		if seen[child] {
			t.Fatalf("child %d of one key is a child twice", n)
		}
		seen[child] = true
	}
}

func TestIntNIsUniform(t *testing.T) {
	s := New(4, 0, "intn", "test")
	for _, n := range []int{1, 2, 3, 7, 100, 1000} {
		c := make(tally, n)
		for range 200_000 {
			c[s.IntN(n)]++
		}
		if n > 1 {
			c.check(t, fmt.Sprintf("IntN(%d)", n))
		}
	}
	// Of 3 * 2^61 a modulus would draw the lower third twice as often.
	thirds := make(tally, 3)
	for range 200_000 {
		thirds[s.IntN(3<<61)>>61]++
	}
	thirds.check(t, "IntN(3<<61)")
}

func TestIntNRefusesAnEmptyRange(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("IntN(0) returned; want a panic, there is no such number")
		}
	}()
	s := New(1, 0, "", "")
	s.IntN(0)
}

func TestFloat64StaysBelowOne(t *testing.T) {
	s := Stream{1, math.MaxUint64} // a+b wraps to 0: the first number is 1, the least there is but 0
	if got := s.Float64(); got != 0 {
		t.Errorf("of the bits 0...01 got %v, want 0: the low bits are dropped", got)
	}
	s = Stream{math.MaxUint64, 1} // and here all bits are ones
	if got := s.Float64(); got != 1-0x1p-53 {
		t.Errorf("of 64 ones got %v, want the last double below 1", got)
	}
}

func BenchmarkUint64(b *testing.B) {
	s := New(1, 0, "web", "up")
	for range b.N {
		sink += s.Uint64()
	}
}

func BenchmarkExp(b *testing.B) {
	s := New(1, 0, "web", "up")
	x := 0.0
	for range b.N {
		x += s.Exp()
	}
	sink += uint64(x)
}

func BenchmarkNormal(b *testing.B) {
	s := New(1, 0, "web", "up")
	x := 0.0
	for range b.N {
		x += s.Normal()
	}
	sink += uint64(int64(x))
}

func BenchmarkKeyed(b *testing.B) {
	for n := range uint64(b.N) {
		s := Keyed(n)
		sink += s.a ^ s.b
	}
}

func BenchmarkKeyedMixUint64(b *testing.B) {
	for n := range uint64(b.N) {
		s := Keyed(Mix(1, n))
		sink += s.Uint64()
	}
}

func BenchmarkNew(b *testing.B) {
	for range b.N {
		s := New(1, 0, "web", "up")
		sink += s.a
	}
}

var sink uint64
