package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// Call is one request on its way through one proxy: the loop that joins every
// decision. The zero value is ready for Begin, and may be used again after the
// answer.
//
// The order of decisions, top to bottom:
//
//	Begin   the deadline of the whole call starts
//	try     breaker by failures, then caps, because a shed request must not disturb
//	        the balancer; balancer; connection; the deadline of this try starts
//	Done    retry condition, tries left, caps and budget of retries, back-off
//	Wake    whole deadline, then this try's, then the end of a back-off
type Call struct {
	up       *Upstream
	deadline mesh.Time     // of the whole call
	began    mesh.Time     // the attempt under way
	wake     mesh.Time     // of the try while waiting, of the back-off while pausing
	hash     uint64        // of what its upstream keeps requests together by
	paused   time.Duration // before the attempt under way, or the next
	host     int32
	ticket   uint32 // of the breaker, for the attempt under way
	attempt  int16  // 1, 2, ...
	era      uint16 // of the host's connections, when the attempt began
	state    state
	todo     todo
	outcome  mesh.Outcome
	retrying bool // holds a place among the upstream's retries
	connect  bool
	hashed   bool // there is a hash
}

type state uint8

const (
	idle    state = iota // not begun, or answered
	waiting              // an attempt is under way
	pausing              // between two attempts
)

// todo is the set of actions that the driver has not taken yet.
type todo uint8

const (
	toAbandon todo = 1 << iota
	toSend
	toAnswer
)

// ActionKind says what the driver has to do.
type ActionKind uint8

// The actions.
const (
	Nothing ActionKind = iota
	Send               // send attempt Attempt to host Host
	Connect            // the same, over a connection that has to be opened first
	Abandon            // give up attempt Attempt at host Host: its answer is not wanted any more
	Answer             // answer the caller with Outcome; the call is over
)

// Action is one thing for the driver to do. It is small enough to travel in
// registers.
type Action struct {
	Kind    ActionKind
	Outcome mesh.Outcome
	Attempt int16 // 1, 2, ...
	Host    int32 // index among the upstream's hosts
}

// Begin starts a call to an upstream. The request is read now and not kept; one
// of which nothing is known is nil.
func (c *Call) Begin(now mesh.Time, up *Upstream, q Request) {
	*c = Call{up: up, deadline: mesh.Never, wake: mesh.Never, host: -1}
	c.hash, c.hashed = up.hasher.hash(q)
	up.Start(now)
	if t := up.plan.Timeout; t > 0 {
		c.deadline = now.Add(t)
	}
	c.try(now)
}

// Next takes the next action off the list: first what ends an attempt, then
// what begins one, then the answer.
func (c *Call) Next() Action {
	switch {
	case c.todo == 0:
		return Action{}
	case c.todo&toAbandon != 0:
		c.todo &^= toAbandon
		return Action{Kind: Abandon, Attempt: c.attempt, Host: c.host}
	case c.todo&toSend != 0:
		c.todo &^= toSend
		if c.connect {
			return Action{Kind: Connect, Attempt: c.attempt, Host: c.host}
		}
		return Action{Kind: Send, Attempt: c.attempt, Host: c.host}
	default:
		c.todo &^= toAnswer
		return Action{Kind: Answer, Outcome: c.outcome}
	}
}

// WakeAt is when the call wants to be woken if nothing happens before.
func (c *Call) WakeAt() mesh.Time {
	if c.state == idle {
		return mesh.Never
	}
	return min(c.deadline, c.wake)
}

// UpstreamWakeAt is when the call's upstream wants to be woken. Whatever a call
// is told may have made that sooner.
func (c *Call) UpstreamWakeAt() mesh.Time { return c.up.WakeAt() }

// Over says that the call has its answer, or was never begun.
func (c *Call) Over() bool { return c.state == idle }

// Wants says whether the answer of an attempt would still be of use.
func (c *Call) Wants(attempt int16) bool { return c.state == waiting && attempt == c.attempt }

// Done tells that an attempt ended. Attempts that were given up, and answers
// after the end, are ignored.
func (c *Call) Done(now mesh.Time, attempt int16, o mesh.Outcome) {
	if !c.Wants(attempt) {
		return
	}
	c.end(now, false, o)
	c.settle(now, o)
}

// Wake tells that time has come as far as now.
func (c *Call) Wake(now mesh.Time) {
	switch {
	case c.state == idle || now < c.WakeAt():
	case now >= c.deadline:
		c.giveUp(now, mesh.Timeout)
		c.answer(mesh.Timeout)
	case c.state == waiting:
		c.giveUp(now, mesh.Timeout)
		c.settle(now, mesh.Timeout)
	default:
		c.try(now)
	}
}

// Cancel tells that the caller does not want the answer any more.
func (c *Call) Cancel(now mesh.Time) {
	c.giveUp(now, mesh.Unfinished)
	c.releaseRetry()
	c.state, c.todo = idle, c.todo&toAbandon
}

// try starts an attempt, or answers when it may not.
func (c *Call) try(now mesh.Time) {
	switch {
	case !c.up.flows(now):
		c.answer(mesh.Broken)
		return
	case !c.up.admits():
		c.up.overflowed(now, c.ask())
		c.answer(mesh.Overflow)
		return
	}
	c.up.lookAround(now)
	if len(c.up.set.Eligible) == 0 {
		c.answer(mesh.Unavailable)
		return
	}
	host := c.up.pick(now, c.ask())
	if host < 0 {
		c.answer(mesh.Unavailable)
		return
	}
	if c.connect, c.era = c.up.begin(host); !c.connect {
		c.up.connected(now, host)
	}
	c.up.asked(now, host)
	c.ticket = c.up.admitted(now, host)
	c.host, c.state, c.began = int32(host), waiting, now
	c.attempt++
	c.up.sent(now, c.attempt)
	c.todo |= toSend
	c.wake = mesh.Never
	if r := c.up.plan.Retry; r != nil && r.PerTryTimeout != nil {
		c.wake = now.Add(r.PerTryTimeout.Std())
	}
}

// ask is what the balancer may know of the next attempt.
func (c *Call) ask() Ask {
	return Ask{Hash: c.hash, Hashed: c.hashed, Attempt: c.attempt + 1, Last: c.host}
}

// settle decides after an attempt: try again, or answer with what it got.
func (c *Call) settle(now mesh.Time, o mesh.Outcome) {
	c.releaseRetry()
	again := c.up.judge(now, o)
	if !again || int(c.attempt) > c.up.plan.Retry.NumRetries {
		c.answer(o)
		return
	}
	if refusal, ok := c.up.mayRetry(now, o); !ok {
		c.answer(refusal)
		return
	}
	c.up.retries++
	c.retrying = true
	c.state = pausing
	c.paused = c.up.pause(int(c.attempt), c.paused)
	c.wake = now.Add(c.paused)
}

// giveUp ends the attempt under way, if there is one.
func (c *Call) giveUp(now mesh.Time, o mesh.Outcome) {
	if c.state == waiting {
		c.end(now, true, o)
		c.todo |= toAbandon
	}
}

// end books the end of the attempt under way.
func (c *Call) end(now mesh.Time, abandoned bool, o mesh.Outcome) {
	c.up.end(int(c.host), c.era, c.up.parts(o, abandoned))
	if c.connect && o != mesh.ConnectFailure && o != mesh.Unfinished {
		c.up.connected(now, int(c.host)) // whoever waited for an answer had made the connection
	}
	c.up.learn(now, int(c.host), c.ticket, o)
	c.up.observe(now, int(c.host), now.Sub(c.began), o)
}

func (c *Call) answer(o mesh.Outcome) {
	c.releaseRetry()
	c.state, c.outcome = idle, o
	c.todo |= toAnswer
}

func (c *Call) releaseRetry() {
	if c.retrying {
		c.up.retries--
		c.retrying = false
	}
}
