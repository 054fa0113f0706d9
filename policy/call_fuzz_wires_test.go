package policy_test

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// wire is one connection, as the driver knows it.
type wire struct {
	policy.Conn
	host int
	made bool
}

// wired lets something happen to a connection: it is made, it is not or no more,
// or all of a host break.
func (g *ground) wired() {
	if g.hosts == 0 {
		return
	}
	host, what := g.tape.next(g.hosts), g.tape.next(4)
	if what == 3 {
		g.up.Lost(g.now, host)
		g.wires = slices.DeleteFunc(g.wires, func(w wire) bool { return w.made && w.host == host })
		g.settle()
		return
	}
	if len(g.wires) > 0 {
		g.wire(g.tape.next(len(g.wires)), what > 0)
	}
}

// wire makes a connection, or ends it.
func (g *ground) wire(i int, make bool) {
	w := &g.wires[i]
	switch name := w.Conn; {
	case !make:
		g.wires = slices.Delete(g.wires, i, i+1)
		g.up.Closed(g.now, name)
	case !w.made:
		w.made = true
		g.up.Connected(g.now, name)
	}
	g.settle()
}

// settle does what is to be done about connections, and rouses who is to be.
func (g *ground) settle() {
	for d, ok := g.up.NextDeed(); ok; d, ok = g.up.NextDeed() {
		if d.Open {
			g.wires = append(g.wires, wire{Conn: d.Conn, host: int(d.Host)})
			continue
		}
		i := slices.IndexFunc(g.wires, func(w wire) bool { return w.Conn == d.Conn })
		if i < 0 {
			g.t.Fatalf("connection %d is closed, and is not there", d.Conn.Number())
		}
		g.wires = slices.Delete(g.wires, i, i+1)
	}
	for owner, ok := g.up.NextRoused(); ok; owner, ok = g.up.NextRoused() {
		g.roused(owner)
	}
	if g.up.Restless() {
		g.settle()
	}
}

// over holds an attempt that is sent to a connection that is made, to its host.
func (g *ground) over(a policy.Action, conn policy.Conn) {
	i := slices.IndexFunc(g.wires, func(w wire) bool { return w.Conn == conn })
	if i < 0 || !g.wires[i].made || g.wires[i].host != int(a.Host) {
		g.t.Fatalf("%+v on connection %d, which is %d of %+v", a, conn.Number(), i, g.wires)
	}
}

// carried holds connections to what one may carry at once.
func (g *ground) carried(loads map[policy.Conn]int) {
	for c, n := range loads {
		if most := g.plan.Pool.MaxConcurrentStreams; !g.plan.Multiplexed && n > 1 || g.plan.Multiplexed && most > 0 && n > most {
			g.t.Fatalf("connection %d carries %d requests", c.Number(), n)
		}
	}
}

// rouse tells a call that its wait is over, and hears how it ended.
func (g *game) rouse(c *player) {
	if !c.waits || !c.live {
		g.t.Fatal("roused, and it does not wait")
	}
	how := c.Granted()
	c.waits = false
	c.Rouse(g.now)
	switch c.live = how == policy.Granted; how {
	case policy.Overflowed:
		g.ended(c, mesh.Unfinished)
	case policy.NotMade, policy.NotInTime:
		again := g.retries(c, mesh.ConnectFailure)
		g.decided(c, mesh.ConnectFailure, again)
		g.ended(c, mesh.ConnectFailure)
	}
	g.act(c)
}
