package policy

import "math"

// bound keeps any one host of a hashing balancer from having much more under
// way than its share: Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing
// with Bounded Loads" (arXiv 1608.01350). What a full host may not have goes to
// the first with room in an order that the hash alone decides, so that one
// full host does not fill up its neighbour ("random jumps", arXiv 1908.08762).
// Envoy's BoundedLoadHashingLoadBalancer (common/thread_aware_lb_impl.cc).
type bound struct {
	factor uint64 // percent of a fair share
	order  []int32
	shares []float64 // by host; nil: each has its share by weight
	random mersenne
}

// relieve leaves the request with the host that the table has found or, when
// that is full, gives it to another; when all are full, to the least full.
func (b *bound) relieve(set *Set, total float64, hash uint64, found int32) int32 {
	room := b.room(set)
	load := b.load(set, found, total, room)
	if load <= 1 {
		return found
	}
	b.random.seed(uint32(hash))
	copy(b.order, set.Eligible)
	best := found
	for i := range b.order {
		j := i + b.random.below(len(b.order)-i)
		b.order[i], b.order[j] = b.order[j], b.order[i]
		if b.order[i] == found || b.shares != nil && b.shares[b.order[i]] == 0 {
			continue
		}
		other := b.load(set, b.order[i], total, room)
		if other <= 1 {
			return b.order[i]
		}
		if other < load {
			best, load = b.order[i], other
		}
	}
	return best
}

// room is how much all hosts together may have, once the request is counted.
func (b *bound) room(set *Set) float64 {
	active := int64(0)
	for i := range set.Hosts {
		active += int64(set.Hosts[i].Active)
	}
	return float64((uint64(active+1)*b.factor + 99) / 100)
}

// load is what a host has, of what it may have; above 1 it is full.
func (b *bound) load(set *Set, host int32, total, room float64) float64 {
	share := set.share(host, total)
	if b.shares != nil {
		share = b.shares[host]
	}
	slots := max(math.Ceil(float64(room*share)), 1)
	return float64(set.Hosts[host].Active) / slots
}

// mersenne is the generator MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1),
// 1998), which the order of hosts has to come from to be Envoy's. Each number
// is made when it is asked for: most orders end after the first.
type mersenne struct {
	state [624]uint32
	at    int
}

func (m *mersenne) seed(s uint32) {
	m.state[0], m.at = s, 0
	for i := 1; i < len(m.state); i++ {
		s = 1812433253*(s^s>>30) + uint32(i)
		m.state[i] = s
	}
}

func (m *mersenne) next() uint32 {
	i, n := m.at, len(m.state)
	m.at = (i + 1) % n
	y := m.state[i]&(1<<31) | m.state[m.at]&(1<<31-1)
	y = m.state[(i+397)%n] ^ y>>1 ^ (y&1)*0x9908b0df
	m.state[i] = y
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// below draws from 0 to k-1.
func (m *mersenne) below(k int) int {
	width := uint64(1<<32) / uint64(k)
	for {
		if x := uint64(m.next()) / width; x < uint64(k) {
			return int(x)
		}
	}
}
