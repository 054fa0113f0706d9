package policy

// Points is the ring of a balancer of kind ring_hash.
func Points(b Balancer) (hashes []uint64, hosts []int32) {
	if g, ok := b.(*ringWalk); ok {
		b = g.consistent
	}
	r := b.(*consistent).table.(*ring)
	return r.hashes, r.hosts
}

// Places is the table of a balancer of kind maglev.
func Places(b Balancer) []int32 { return b.(*consistent).table.(*maglev).places }

// Order shuffles n hosts by a hash, as bounded load goes through them.
func Order(n int, hash uint64) []int {
	var random mersenne
	random.seed(uint32(hash))
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := range order {
		j := i + random.below(n-i)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// Mersenne returns number n, from 1, that MT19937 draws.
func Mersenne(seed uint32, n int) (x uint32) {
	var random mersenne
	random.seed(seed)
	for range n {
		x = random.next()
	}
	return x
}

// Relieve is bounded load of a factor that settings may not have.
func Relieve(set *Set, factor int, hash uint64, found int) int {
	b := &bound{factor: uint64(factor), order: make([]int32, len(set.Eligible))}
	total := 0.0
	for _, host := range set.Eligible {
		total += float64(set.weight(int(host)))
	}
	return int(b.relieve(set, total, hash, int32(found)))
}

// Hash evaluates hash policies.
func Hash(policies []HashPolicy, q Request) (uint64, bool) {
	return new(hasher).hash(policies, q)
}

// Hash functions of hosts.
var (
	XXHash64    = xxHash64
	MurmurHash2 = murmurHash2
)

// PickHash chooses a host for a hash.
func (u *Upstream) PickHash(hash uint64) int {
	u.ask = Ask{Hash: hash, Hashed: true, Attempt: 1, Last: -1, Subset: u.plan.Subset}
	return u.pick(0, &u.workers[0])
}

// TableOf tells tables apart.
func TableOf(u *Upstream) any { return u.workers[0].balancer.(*consistent).kept }

// KeptTables counts the tables that are in use where u has its own.
func KeptTables(u *Upstream) int { return len(u.workers[0].balancer.(*consistent).tables.kept) }

// Kept counts tables in use.
func Kept(t *Tables) int { return len(t.kept) }

// RingOf is the ring of an upstream.
func RingOf(u *Upstream) (hashes []uint64, hosts []int32) { return Points(u.workers[0].balancer) }

// BalancerOf is what an upstream chooses with.
func BalancerOf(u *Upstream) Balancer { return u.workers[0].balancer }

// HashedHosts are the hosts by place in the table of the first priority.
func HashedHosts(u *Upstream) []int32 {
	switch table := u.workers[0].balancer.(*spread).groups[0].balancer.(*consistent).table.(type) {
	case *ring:
		return table.hosts
	case *maglev:
		return table.places
	}
	return nil
}

// Set is what it chooses from.
func (u *Upstream) Set() *Set { return u.set }
