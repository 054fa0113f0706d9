package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
)

// Call is one request on its way through one proxy: the loop that joins every
// decision. The zero value is ready for Begin, and may be used again after the
// answer.
//
// The order of decisions, top to bottom, and why each stands where it does:
//
//	Begin
//	  route match           says what all that follows is to be like
//	  authorization         who may not ask costs nothing further
//	  rate limit            nor who asks too often
//	  admission             nor who comes when too much is under way
//	  fault filter          holds back or answers in place of the host, so it comes
//	                        after all that refuse
//	  deadline              the caller's own and the stream's run from the request on,
//	                        the route's from when the filters let it out; a call for
//	                        which nobody waits any more is not made
//	each attempt
//	  breaker by failures   asks nobody and takes nothing
//	  balancer              a priority, a zone, a host; a retry looks again while its
//	                        predicates reject what it finds
//	  caps                  the pool of the chosen host asks them, so what they stop
//	                        has moved the balancer
//	  pool                  the host's connection, or a wait for one
//	  a try's time          runs from the connection on, for a wait is no fault of the host
//	Done
//	  books                 counters, breaker, outlier detection and balancer learn
//	                        before anything is decided from them
//	  condition             is it worth another try? The budget hears of it in any case
//	  pushback              the server's word goes before all that the proxy would do
//	  tries left            before the caps: who has none takes no place
//	  caps, budget          the breaker's give nothing away, so they come first
//	  pause                 what the answer asks for, or back-off
//	  others                what is left poor gives way to attempts that may do better
//	Wake
//	  deadline              ends everything, so nothing else is looked at
//	  a try's time          an attempt that goes on as a hedge has none any more
//	  the next attempt      a retry whose pause is over, or a hedge
//
// Authorization, rate limit and admission are places without a decision so far.
//
// Most calls have one attempt at a time. A hedge has several: the first good
// answer is the call's, and the others are given up.
type Call struct {
	route    *course   // the knobs that hold for this request, and their upstream
	deadline mesh.Time // of the whole call
	next     mesh.Time // another attempt goes out then; Never: none is due
	hash     uint64    // of what its upstream keeps requests together by
	try      attempt   // the newest
	also     *company  // nil for most
	flags    Flags
	left     int16 // attempts that may still be added
	from     int16 // the attempt whose answer is the call's; 0: none
	held     int16 // places that it holds among the upstream's retries
	on       uint8 // the worker that it is with
	session  int32 // the host that the request was sent to before
	state    state
	todo     todo
	outcome  mesh.Outcome // the answer's; before it, what came of the attempt that ended last
	late     lateness     // what the deadline is of
	hashed   bool         // there is a hash
	copies   uint8        // the mirrors, as bits, that have no copy yet
	injected injected
}

type state uint8

const (
	idle state = iota // not begun, or answered
	busy
	delayed // by the fault filter
)

// todo is the set of actions that the driver has not taken yet.
type todo uint8

const (
	toAbandonOlder todo = 1 << iota
	toAbandon
	toWait
	toSend
	toCopy
	toAnswer
)

// ActionKind says what the driver has to do.
type ActionKind uint8

// The actions.
const (
	Nothing ActionKind = iota
	Wait               // attempt Attempt waits for a connection to host Host: say with Await who is to be roused
	Send               // send attempt Attempt to host Host
	Connect            // the same, as the first on its connection
	Copy               // send a copy to mirror Host of the plan's Mirrors, and forget it
	Abandon            // give up attempt Attempt at host Host: its answer is not wanted any more
	Answer             // answer the caller with Outcome; the call is over
)

// Action is one thing for the driver to do. It is small enough to travel in
// registers, as structs of up to four fields do. Why an answer is what it is say
// the call's Flags.
type Action struct {
	Kind    ActionKind
	Outcome mesh.Outcome
	Attempt int16 // 1, 2, ...; of Answer: whose answer to pass on, 0 when it is the proxy's own
	Host    int32 // index among the upstream's hosts; of Copy: among the plan's mirrors
}

// Next takes the next action off the list: first what ends attempts, in the
// order of their numbers, then what begins one, then the answer.
func (c *Call) Next() Action {
	switch {
	case c.todo == 0:
		if c.state == idle {
			c.giveBack()
		}
		return Action{}
	case c.todo&toAbandonOlder != 0:
		return c.abandonOlder()
	case c.todo&toAbandon != 0:
		c.todo &^= toAbandon
		return Action{Kind: Abandon, Attempt: c.try.number, Host: c.try.host}
	case c.todo&toWait != 0:
		a := c.unmark(untold, toWait)
		return Action{Kind: Wait, Attempt: a.number, Host: a.host}
	case c.todo&toSend != 0:
		a := c.unmark(due, toSend)
		if a.marks&fresh != 0 {
			return Action{Kind: Connect, Attempt: a.number, Host: a.host}
		}
		return Action{Kind: Send, Attempt: a.number, Host: a.host}
	case c.todo&toCopy != 0:
		return c.nextCopy()
	default:
		c.todo &^= toAnswer
		c.giveBack()
		return Action{Kind: Answer, Outcome: c.outcome, Attempt: c.from}
	}
}

func (c *Call) abandonOlder() Action {
	older := &c.also.older
	i := slices.IndexFunc(*older, attempt.lost)
	a := (*older)[i]
	if *older = slices.Delete(*older, i, i+1); !slices.ContainsFunc(*older, attempt.lost) {
		c.todo &^= toAbandonOlder
	}
	return Action{Kind: Abandon, Attempt: a.number, Host: a.host}
}

// WakeAt is when the call wants to be woken if nothing happens before.
func (c *Call) WakeAt() mesh.Time {
	if c.state == idle {
		return mesh.Never
	}
	return min(c.deadline, c.try.wake, c.next)
}

// UpstreamWakeAt is when the call's upstream wants to be woken. Whatever a call
// is told may have made that sooner.
func (c *Call) UpstreamWakeAt() mesh.Time { return c.route.up.WakeAt() }

// Over says that the call has its answer, or was never begun.
func (c *Call) Over() bool { return c.state == idle }

// Flags say why the answer is what it is, until the call begins anew.
func (c *Call) Flags() Flags { return c.flags }

// Wants says whether the answer of an attempt would still be of use.
func (c *Call) Wants(attempt int16) bool { return c.find(attempt) != nil }

// Done tells that an attempt ended. Attempts that were given up, and answers
// after the end, are ignored.
func (c *Call) Done(now mesh.Time, attempt int16, r Reply) {
	a := c.find(attempt)
	if a == nil {
		return
	}
	c.finish(now, a, &r)
}

// finish is the end of an attempt that was not given up.
func (c *Call) finish(now mesh.Time, a *attempt, r *Reply) {
	c.book(now, a, false, r)
	number, again := a.number, a.marks&retried != 0
	c.drop(a)
	c.settle(now, number, again, r)
}

// Wake tells that time has come as far as now.
func (c *Call) Wake(now mesh.Time) {
	switch {
	case c.state == idle || now < c.WakeAt():
	case now >= c.deadline:
		c.giveUp(now, mesh.Timeout)
		c.flags |= latenessFlags[c.late]
		c.answer(now, mesh.Timeout, 0)
	case now >= c.try.wake:
		c.tryTimedOut(now)
	case c.state == delayed:
		c.delayOver(now)
	case c.route.plan.Hedging != nil:
		c.anotherOrNone(now)
	default:
		c.start(now)
	}
}

// Cancel tells that the caller does not want the answer any more.
func (c *Call) Cancel(now mesh.Time) {
	c.letGo()
	c.giveUp(now, mesh.Unfinished)
	c.release(c.held)
	c.state, c.todo = idle, c.todo&(toAbandonOlder|toAbandon)
}

// answer ends the call. What is still under way is given up.
func (c *Call) answer(now mesh.Time, o mesh.Outcome, from int16) {
	if c.try.live || c.also != nil {
		c.letGo()
		c.giveUp(now, mesh.Unfinished)
	}
	c.release(c.held)
	c.state, c.outcome, c.from, c.next = idle, o, from, mesh.Never
	c.todo |= toAnswer
}

// release gives back places that the call holds among the retries.
func (c *Call) release(n int16) {
	c.under().retries -= int(n)
	c.held -= n
}
