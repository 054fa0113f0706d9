package policy

import "github.com/meshdyno/meshdyno/mesh"

// breakers are those of one upstream: one for all hosts, or one for each. A host
// whose breaker lets nothing through is not eligible. When none is left the call
// is answered Unavailable at once; Linkerd would keep it for up to three seconds
// (its failfast timeout) before it answers 503 too.
type breakers struct {
	all       Breaker   // or nil
	each      []Breaker // by host; or nil
	changesAt mesh.Time // from when on a host may be in or not although nothing was told
}

func newBreakers(s BreakerSettings, hosts int) breakers {
	b := breakers{changesAt: mesh.Never}
	switch {
	case s == nil:
	case s.PerHost():
		b.each = make([]Breaker, hosts)
		for i := range b.each {
			b.each[i] = s.New()
		}
	default:
		b.all = s.New()
	}
	return b
}

// flows says whether an attempt may go out at all.
func (u *Upstream) flows(now mesh.Time) bool {
	return u.breakers.all == nil || u.breakers.all.Admits(now)
}

// admitted books an attempt with its breaker.
func (u *Upstream) admitted(now mesh.Time, host int) (ticket uint32) {
	switch {
	case u.breakers.all != nil:
		ticket = u.breakers.all.Began(now)
	case u.breakers.each != nil:
		ticket = u.breakers.each[host].Began(now)
		u.look(now, host)
	}
	return ticket
}

// learn tells its breaker how an attempt ended.
func (u *Upstream) learn(now mesh.Time, host int, ticket uint32, r *Reply) {
	switch {
	case u.breakers.all != nil:
		u.breakers.all.Ended(now, ticket, verdict(r), &u.dice)
	case u.breakers.each != nil:
		u.breakers.each[host].Ended(now, ticket, verdict(r), &u.dice)
		u.look(now, host)
	}
}

// look shuts a host or takes it back, as its breaker says.
func (u *Upstream) look(now mesh.Time, host int) {
	b, h := u.breakers.each[host], &u.set.Hosts[host]
	if shut := !b.Admits(now); shut != h.Shut {
		h.Shut = shut
		u.choose()
	}
	u.breakers.changesAt = min(u.breakers.changesAt, b.ChangesAt())
}

// lookAround does so with all hosts when the time has come.
func (u *Upstream) lookAround(now mesh.Time) {
	if now < u.breakers.changesAt {
		return
	}
	changed, next := false, mesh.Never
	for i, b := range u.breakers.each {
		h := &u.set.Hosts[i]
		shut := !b.Admits(now)
		changed = changed || shut != h.Shut
		h.Shut, next = shut, min(next, b.ChangesAt())
	}
	if u.merge.ripe(now) {
		u.merge.last, u.merge.due, changed = now, mesh.Never, true
	}
	u.breakers.changesAt = min(next, u.merge.due)
	if changed {
		u.choose()
	}
}
