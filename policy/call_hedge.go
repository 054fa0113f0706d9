package policy

import "github.com/meshdyno/meshdyno/mesh"

// hedge is Envoy's hedge_on_per_try_timeout: a try whose time is up goes on, and
// another is made beside it. Its timeout is held against its host all the same,
// and it is always worth another try, whatever retry_on says (router.cc,
// onSoftPerTryTimeout).
func (c *Call) hedge(now mesh.Time) {
	a := &c.try
	a.wake = mesh.Never
	a.marks |= blamed
	c.route.up.blame(now, int(a.host), &Reply{Outcome: mesh.Timeout})
	if c.limits().retries {
		c.release(c.held)
		if _, ok := c.again(now, &Reply{Outcome: mesh.Timeout}, false); ok {
			a.marks |= retried
		}
	}
}

// settleHedge is gRPC's hedging (gRFC A6): an answer that is good, or fatal, is
// the call's. Any other lets the next attempt out at once, unless its server
// pushes back.
func (c *Call) settleHedge(now mesh.Time, attempt int16, r *Reply) {
	poor := c.route.plan.Hedging.passes(r)
	wait, told, never := c.route.up.pushback(r)
	c.route.tell(now, r, poor || never)
	switch {
	case !poor:
		c.next = mesh.Never
	case never:
		c.left, c.next = 0, mesh.Never
	case told && c.left > 0:
		c.next = now.Add(wait)
	case c.left > 0 && c.another(now):
		return
	}
	c.end(now, attempt, poor, r)
}

// Tied says whether the driver is to tell Started.
func (c *Call) Tied() bool { return c.route.plan.Hedging != nil && c.route.plan.Hedging.Tied }

// Started tells that a host has begun to work on an attempt. Where attempts are tied
// all others are given up, and no more go out. A driver that cannot hear of it leaves
// them hedges.
func (c *Call) Started(now mesh.Time, attempt int16) {
	if c.state == busy && c.Tied() && c.find(attempt) != nil {
		c.left, c.next = 0, mesh.Never
		c.giveUpBut(now, mesh.Unfinished, attempt)
	}
}

// Ties says whether calls over the edge may be tied.
func (p *Plan) Ties() bool {
	for i := range p.rules {
		if h := p.rules[i].rule.Hedging; h != nil && h.Tied {
			return true
		}
	}
	return p.Hedging != nil && p.Hedging.Tied
}

// another lets the next hedge out, unless the caps or the budget are against it:
// then there will be none any more.
func (c *Call) another(now mesh.Time) bool {
	c.left--
	if !c.route.up.capsAllow(c.route.plan.Priority, false) || !c.route.withdraw(now, false) {
		c.left, c.next = 0, mesh.Never
		return false
	}
	c.hold()
	c.start(now)
	return true
}

// anotherOrNone does so when its time has come. If none may go out, and nothing is
// under way, the call ends in what came last.
func (c *Call) anotherOrNone(now mesh.Time) {
	if !c.another(now) && !c.others() {
		if broken(c.outcome) {
			c.flags |= flagOf(c.outcome)
		}
		c.answer(now, c.outcome, 0)
	}
}
