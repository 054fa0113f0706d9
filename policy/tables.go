package policy

import (
	"math"
	"slices"
)

// Tables keeps what hashes are looked up in, for the upstreams of one run. A
// table follows from the settings and from which hosts may be chosen, and never
// changes once it is built; so all proxies that may choose among the same hosts
// have one between them. The zero value is ready. It is not for several
// goroutines at once.
type Tables struct {
	kept    []*kept
	spare   []*kept  // that nobody uses any more; their memory serves the next
	scratch []member // here, so that a change does not allocate
}

// kept is a table, what it was built of, and how many balancers use it.
type kept struct {
	table   table
	kind    tableKind
	members []member
	hash    uint64 // of members
	users   int
}

// of finds or builds the table of these members, which are not kept.
func (t *Tables) of(kind tableKind, members []member) *kept {
	hash := hashOf(members)
	for _, k := range t.kept {
		if k.hash == hash && k.kind == kind && slices.Equal(k.members, members) {
			k.users++
			return k
		}
	}
	k := t.blank(kind)
	k.members, k.hash, k.users = append(k.members[:0], members...), hash, 1
	if len(members) > 0 {
		k.table.build(k.members)
	}
	t.kept = append(t.kept, k)
	return k
}

// blank is a table that may be built upon: one that nobody uses, or a new one.
func (t *Tables) blank(kind tableKind) *kept {
	for i, k := range t.spare {
		if k.kind == kind {
			t.spare = slices.Delete(t.spare, i, i+1)
			return k
		}
	}
	return &kept{table: kind.newTable(), kind: kind}
}

// leave says that a balancer uses a table no more. Of the tables that nobody
// uses one is spared for each kind.
func (t *Tables) leave(k *kept) {
	if k == nil {
		return
	}
	if k.users--; k.users > 0 {
		return
	}
	t.kept = slices.DeleteFunc(t.kept, func(other *kept) bool { return other == k })
	if !slices.ContainsFunc(t.spare, func(other *kept) bool { return other.kind == k.kind }) {
		t.spare = append(t.spare, k)
	}
}

// hashOf tells most lists of members apart.
func hashOf(members []member) (hash uint64) {
	for i := range members {
		hash = (hash^uint64(uint32(members[i].host)))*0x9e3779b97f4a7c15 ^ math.Float64bits(members[i].share)
	}
	return hash
}

// sharer is a balancer that looks hashes up in a table.
type sharer interface{ share(t *Tables) }

// Share lets the upstream keep its tables with the others of its run. It comes
// before the first call.
func (u *Upstream) Share(t *Tables) {
	for i := range u.workers {
		if b, ok := u.workers[i].balancer.(sharer); ok {
			b.share(t)
		}
	}
}
