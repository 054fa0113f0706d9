package policy

import "github.com/meshdyno/meshdyno/mesh"

// Await is the driver's answer to a Wait: who is to be roused, NextRoused's owner,
// when the attempt's wait is over.
func (c *Call) Await(attempt int16, owner uint64) {
	if a := c.find(attempt); a != nil && a.marks&waits != 0 {
		c.worker().pools.Await(a.place, owner)
	}
}

// Waited says since when an attempt, which is to be sent now, has waited for its
// connection, if it has.
func (c *Call) Waited(attempt int16) (since mesh.Time, ok bool) {
	a := c.find(attempt)
	return a.began, a.marks&waited != 0
}

// Conn is the connection that an attempt goes out on.
func (c *Call) Conn(attempt int16) Conn {
	return c.worker().pools.name(c.find(attempt).place)
}

// Rouse tells that the wait of one of the call's attempts is over. If those of
// others are too, NextRoused names the call again.
func (c *Call) Rouse(now mesh.Time) {
	a, how := c.over()
	if a == nil {
		return
	}
	switch a.marks &^= waits | untold; how {
	case Granted:
		c.send(now, a)
	case Overflowed:
		host := int(a.host)
		c.book(now, a, true, &Reply{Outcome: mesh.Unfinished})
		c.drop(a)
		c.overflow(now, host)
	default:
		c.finish(now, a, &Reply{Outcome: mesh.ConnectFailure})
	}
}

// over is an attempt whose wait is, and with what.
func (c *Call) over() (a *attempt, how Grant) {
	if c.also != nil {
		for i := range c.also.older {
			if a = &c.also.older[i]; c.asks(a, &how) {
				return a, how
			}
		}
	}
	if a = &c.try; c.asks(a, &how) {
		return a, how
	}
	return nil, how
}

// asks asks how the wait of an attempt ended, if it has.
func (c *Call) asks(a *attempt, how *Grant) bool {
	if !a.live || a.marks&waits == 0 {
		return false
	}
	place := int32(0)
	if place, *how = c.worker().pools.Ask(a.place); *how == Waits {
		return false
	}
	if a.place = place; *how != Granted {
		a.place = none
	}
	return true
}

// unmark takes a mark off the oldest attempt that has it, and what there is to do
// with it off the list after the last.
func (c *Call) unmark(m marks, t todo) *attempt {
	var found *attempt
	if c.also != nil {
		for i := range c.also.older {
			if a := &c.also.older[i]; a.marks&m != 0 && a.live {
				if found != nil {
					return found
				}
				found = a
				a.marks &^= m
			}
		}
	}
	if a := &c.try; a.marks&m != 0 {
		if found != nil {
			return found
		}
		found = a
		a.marks &^= m
	}
	c.todo &^= t
	return found
}

// Restless says that the upstream has deeds to do or calls to rouse.
func (c *Call) Restless() bool { return c.route.up.stirred && c.route.up.Restless() }

// worker is the one that the call is with.
func (c *Call) worker() *worker { return &c.route.up.workers[c.on] }

// under is what is under way at the priority of the call's route.
func (c *Call) under() *usage { return &c.route.up.loads[c.route.plan.Priority] }
