package policy

import "github.com/meshdyno/meshdyno/mesh"

// settle decides after an attempt that ended in r: try again, wait for others,
// or answer with what it got (router.cc, onUpstreamHeaders and onUpstreamReset).
// One in whose place another is due or was sent is not tried again.
func (c *Call) settle(now mesh.Time, attempt int16, retried bool, r *Reply) {
	switch {
	case c.route.plan.Hedging != nil:
		c.settleHedge(now, attempt, r)
		return
	case c.limits().on == 0 && !broken(r.Outcome): // nothing is poor
		c.answer(now, r.Outcome, attempt)
		return
	}
	poor := c.judge(now, r)
	if !retried {
		c.release(c.held)
		if poor {
			refusal, again := c.again(now, r, c.route.up.lingers(r.Outcome))
			if again {
				return
			}
			if refusal != r.Outcome && !c.others() {
				c.answer(now, refusal, 0)
				return
			}
		}
	}
	c.end(now, attempt, poor, r)
}

// end answers with what an attempt got, unless that is poor and others may do
// better.
func (c *Call) end(now mesh.Time, attempt int16, poor bool, r *Reply) {
	none := broken(r.Outcome)
	switch {
	case (poor || none) && c.others():
		c.outcome = r.Outcome
	case none:
		c.flags |= flagOf(r.Outcome)
		c.answer(now, r.Outcome, 0)
	default:
		c.answer(now, r.Outcome, attempt)
	}
}

// again makes another attempt due, if one is left and the caps and the budget
// let it. Extra says that they are to count one attempt more than is on the
// books. A refusal is what the caller gets then.
func (c *Call) again(now mesh.Time, r *Reply, extra bool) (refusal mesh.Outcome, ok bool) {
	o := r.Outcome
	if _, _, never := c.route.up.pushback(r); never {
		return o, false
	}
	if c.left == 0 {
		c.flags |= UpstreamRetryLimitExceeded
		return o, false
	}
	c.left--
	if !c.route.up.capsAllow(c.route.plan.Priority, extra) {
		c.flags |= UpstreamOverflow
		return o, false
	}
	if !c.route.withdraw(now, extra) {
		return c.route.budget.Refusal(o), false
	}
	c.hold()
	c.next = now.Add(c.company().paused.next(now, c.route, r))
	return o, true
}

// hold takes a place among the retries.
func (c *Call) hold() {
	c.held++
	c.under().retries++
}

// tryTimedOut is the end of the newest attempt's time.
func (c *Call) tryTimedOut(now mesh.Time) {
	if c.limits().hedges {
		c.hedge(now)
		return
	}
	r := Reply{Outcome: mesh.Timeout}
	a := &c.try
	c.book(now, a, true, &r)
	c.todo |= toAbandon
	c.drop(a)
	c.settle(now, a.number, false, &r)
}
