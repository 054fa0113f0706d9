package policy_test

import (
	"slices"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// act takes down what the call wants done.
func (g *game) act(c *player) {
	retries := g.up.Retries()
	steps := 0
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if a.Kind == policy.Copy {
			g.copy(c, a.Host)
		} else if steps++; steps > 3 {
			g.t.Fatal("more than an abandon, a send and an answer at once")
		}
		g.take(c, a)
	}
	defer g.settleAll()
	if c.Next() != (policy.Action{}) {
		g.t.Fatal("something comes after nothing")
	}
	if g.up.Retries() > retries {
		g.t.Fatal("taking an action books a retry")
	}
	if c.Over() != (c.answers > 0 || c.cancelled) || c.Over() != (c.WakeAt() == mesh.Never) && c.bounded() {
		g.t.Fatalf("over is %v after %d answers, cancelled %v, to be woken at %v", c.Over(), c.answers, c.cancelled, c.WakeAt())
	}
	if at := c.WakeAt(); at < g.now && !c.late && at < c.deadline() {
		g.t.Fatalf("to be woken at %v, and it is %v", at, g.now)
	}
}

// settleAll does what follows beside the call.
func (g *game) settleAll() {
	g.tend()
	g.settle()
	for len(g.copies) > 0 {
		one := g.copies[0]
		g.copies = g.copies[1:]
		g.beginCopy(one)
	}
}

// take books one action.
func (g *game) take(c *player, a policy.Action) {
	if c.answers > 0 || c.cancelled && a.Kind != policy.Abandon {
		g.t.Fatalf("%+v after the end", a)
	}
	switch a.Kind {
	case policy.Wait:
		g.newcomer(c, a)
		c.waits = true
		c.Await(a.Attempt, uint64(slices.Index(g.players, c)))
	case policy.Send, policy.Connect:
		if !c.live {
			g.newcomer(c, a)
		}
		if c.conn = c.Conn(a.Attempt); c.waits {
			g.t.Fatalf("%+v, and it waits", a)
		}
		g.over(a, c.conn)
	case policy.Abandon:
		if !c.live || int(a.Attempt) != c.sent || int(a.Host) != c.host {
			g.t.Fatalf("%+v, but attempt %d is under way: %v", a, c.sent, c.live)
		}
		c.live, c.waits = false, false
		if c.cancelled {
			g.ended(c, mesh.Unfinished)
		} else {
			g.ended(c, mesh.Timeout)
		}
	case policy.Answer:
		g.answered(c, a)
	}
}

func (g *game) answered(c *player, a policy.Action) {
	c.answers++
	if status, _ := c.Injected(); status == 0 {
		g.mayAnswer(a.Outcome)
	} else if c.sent > 0 || c.fault == nil || c.fault.Abort == nil {
		g.t.Fatalf("answered with %d by the fault filter after attempt %d", status, c.sent)
	}
	if c.live || a.Outcome == mesh.Unfinished {
		g.t.Fatalf("%+v, with an attempt under way: %v", a, c.live)
	}
	if late := c.deadline(); g.now > late && !c.late {
		g.t.Fatalf("the answer comes at %v, after the deadline %v", g.now, late)
	}
}

// newcomer books an attempt that begins.
func (g *game) newcomer(c *player, a policy.Action) {
	g.mayAsk(int(a.Host), c.only)
	if c.sent++; c.live || int(a.Attempt) != c.sent {
		g.t.Fatalf("%+v with attempt %d under way: %v", a, c.sent-1, c.live)
	}
	c.live, c.host = true, int(a.Host)
	g.sent(c)
}

// copying is a copy to be begun.
type copying struct{ timeout time.Duration }

// copy books a copy: one for each mirror of the call's rule at most.
func (g *game) copy(c *player, mirror int32) {
	if i := int(mirror) - c.mirrors; i < 0 || i >= len(c.mirror) || c.copied[mirror] || c.mirror[i].RuntimeFraction == 0 {
		g.t.Fatalf("a copy to mirror %d, of %d from number %d on, after %v", mirror, len(c.mirror), c.mirrors, c.copied)
	}
	if c.copied == nil {
		c.copied = map[int32]bool{}
	}
	c.copied[mirror] = true
	g.copies = append(g.copies, copying{c.Timeout()})
}

// beginCopy lets the copy be a call to the same upstream: it is not tried again,
// nor harmed, nor copied.
func (g *game) beginCopy(one copying) {
	c := &player{knobs: knobs{timeout: one.timeout, only: g.fold(false).only}, released: g.now}
	g.players = append(g.players, c)
	c.BeginCopy(g.now, g.up, g.request(false), one.timeout)
	g.act(c)
}
