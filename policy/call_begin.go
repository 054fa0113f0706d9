package policy

import "github.com/meshdyno/meshdyno/mesh"

// Begin starts a call to an upstream. The request is read now and not kept; one
// of which nothing is known is nil.
func (c *Call) Begin(now mesh.Time, up *Upstream, q Request) { c.BeginOn(now, up, 0, q) }

// BeginOn does so on one of the upstream's workers, 0, 1, ....
func (c *Call) BeginOn(now mesh.Time, up *Upstream, worker int, q Request) {
	c.reset(now, up, worker)
	if !up.heeds {
		c.left = up.course.limits.more
		c.limit(now, up.course.limits.whole, lateRoute)
		c.start(now)
		return
	}
	c.session = up.session(now, q)
	if up.router != nil {
		c.route, c.copies = up.routeOf(q)
	}
	c.keepTogether(q)
	c.consider(now, q)
}

// consider harms the request on purpose and sets the limits, each as its route has
// it, before the first attempt.
func (c *Call) consider(now mesh.Time, q Request) {
	sent, k := now, c.route
	c.left = k.limits.more
	if k.faults != nil {
		if sent = c.harmed(now, q); c.state == idle {
			return
		}
	}
	if idle := k.plan.IdleTimeout; idle != nil {
		c.limit(now, idle.Std(), lateIdle)
	}
	if !k.reads || q == nil {
		c.limit(sent, k.limits.whole, lateRoute)
		if m := k.plan.MaxStreamDuration; m != nil {
			c.limit(now, m.MaxStreamDuration.Std(), lateLong)
		}
	} else if !c.read(now, sent, q) {
		c.answer(now, mesh.Deadline, 0)
		return
	}
	if c.state == busy {
		c.start(now)
	}
}

func (c *Call) reset(now mesh.Time, up *Upstream, worker int) {
	*c = Call{}
	c.route, c.on, c.state = &up.course, uint8(worker), busy
	c.deadline, c.next, c.try.wake, c.try.host = mesh.Never, mesh.Never, mesh.Never, -1
	c.session = noSession
	up.Start(now)
}

// start starts an attempt, or says what becomes of the call when it may not.
func (c *Call) start(now mesh.Time) {
	c.next = mesh.Never
	if !c.route.up.flows(now) {
		c.shed(now, mesh.Broken)
		return
	}
	w, host, place, how := c.worker(), -1, none, Unpooled
	if c.route.up.lookAround(now); len(c.route.up.set.Eligible) > 0 {
		host = c.choose(now, w)
	}
	if host >= 0 {
		place, how = c.route.up.connect(now, w, host, c.route.plan.Priority)
	}
	switch how {
	case Unpooled: // to Envoy's router as if there were no host
		c.flags |= NoHealthyUpstream
		c.answer(now, mesh.Unavailable, 0)
	case Overflowed:
		c.overflow(now, host)
	default:
		c.begin(now, host, place, how)
	}
}

// overflow is an attempt that a cap stopped.
func (c *Call) overflow(now mesh.Time, host int) {
	c.route.up.overflowed(now, host)
	c.flags |= UpstreamOverflow
	c.copy()
	c.shed(now, mesh.Overflow)
}

// shed is an attempt that was not let out. It ends the call unless others are
// under way (router.cc, onUpstreamReset).
func (c *Call) shed(now mesh.Time, o mesh.Outcome) {
	c.release(min(c.held, 1))
	if c.outcome = o; !c.others() {
		c.answer(now, o, 0)
	}
}

// fill says what the balancer may know of the next attempt, field by field, which is
// quicker than to build it and copy it.
func (c *Call) fill(a *Ask) {
	a.Hash, a.Hashed = c.hash, c.hashed
	a.Attempt, a.Again = c.try.number+1, 0
	a.Last, a.Session = c.try.host, c.session
	if a.Subset != c.route.plan.Subset {
		a.Subset = c.route.plan.Subset
	}
	if a.memory != nil {
		a.memory, a.priorities = nil, nil
	}
}

// begin begins the next attempt, which has a connection or waits for one.
func (c *Call) begin(now mesh.Time, host int, place int32, how Grant) {
	if c.try.live {
		c.company().older = append(c.company().older, c.try)
	}
	a := &c.try
	a.began, a.wake, a.host, a.place, a.live, a.marks = now, mesh.Never, int32(host), place, true, 0
	a.number++
	if c.route.remembers {
		c.company().memory.asked = append(c.company().memory.asked, a.host)
	}
	if c.route.up.learns {
		c.route.up.asked(now, host)
		a.ticket = c.route.up.admitted(now, host)
	}
	c.route.sent(now, a.number)
	c.copy()
	if h := c.route.plan.Hedging; h != nil && c.left > 0 {
		c.next = now.Add(h.HedgingDelay.Std())
	}
	if how == Waits {
		a.marks = waits | untold | waited
		c.todo |= toWait
		return
	}
	c.send(now, a)
}

// send sends an attempt, which has its connection. Only now its own time starts
// (UpstreamRequest::onPoolReady).
func (c *Call) send(now mesh.Time, a *attempt) {
	if c.route.up.learns {
		c.route.up.connected(now, int(a.host))
	}
	a.marks |= due
	if c.worker().pools.first(a.place) {
		a.marks |= fresh
	}
	c.todo |= toSend
	if t := c.limits().perTry; t > 0 && a == &c.try {
		a.wake = now.Add(t)
	}
}
